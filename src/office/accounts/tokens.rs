//! Access tokens: short-lived JWT whose algorithm, issuer, audience and keys are pinned.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::faults;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;

/// An access token lives 20 minutes.
pub const ACCESS_LIFE_S: i64 = 20 * 60;
/// Clocks of two machines may differ by this much.
pub const LEEWAY_S: i64 = 5;
/// No token of ours is longer; a longer one is refused unread.
const MOST_BYTES: usize = 4096;
/// Whom the tokens are for.
const AUDIENCE: &str = "zhucan-api";

coded_enum! {
    /// Who holds a session.
    pub enum Holder as "TokenHolder" {
        Resident = "resident", "居民";
        Staff = "staff", "工作人员";
    }
}

crate::text_columns!(Holder);

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account of a resident, or the worker.
    pub sub: Id,
    /// The session.
    pub sid: Id,
    pub role: Holder,
    /// Epoch seconds.
    pub iat: i64,
    /// Epoch seconds.
    pub exp: i64,
}

/// Signs an access token for a session.
///
/// # Errors
/// 50000 when the key ring has no signing key.
pub fn issue(app: &App, role: Holder, account: Id, session: Id) -> Result<String> {
    let now = app.clock.now_ms().div_euclid(1000);
    let claims = Claims {
        iss: app.settings.public_url.clone(),
        aud: AUDIENCE.to_owned(),
        sub: account,
        sid: session,
        role,
        iat: now,
        exp: now.saturating_add(ACCESS_LIFE_S),
    };
    sign(&app.keys, &claims)
}

fn sign(keys: &Keyring, claims: &Claims) -> Result<String> {
    let (kid, key) = keys.token_key()?;
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key.bytes())).map_err(Error::internal)
}

/// Reads an access token. Whether its session still lives is the watch's to say.
///
/// # Errors
/// 11002 when it is over; 11001 for anything that we did not sign for this service.
pub fn read(app: &App, token: &str) -> Result<Claims> {
    let refused = |why: &str| Error::new(&faults::SIGN_IN).because(why);
    if token.len() > MOST_BYTES {
        return Err(refused("the token is too long"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|e| refused(&e.to_string()))?;
    let kid = header.kid.ok_or_else(|| refused("the token names no key"))?;
    let (_, key) = app.keys.token_keys().find(|(id, _)| *id == kid).ok_or_else(|| refused("the token names an unknown key"))?;
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_audience(&[AUDIENCE]);
    rules.set_issuer(&[app.settings.public_url.as_str()]);
    // The library would ask the machine's clock; ours is asked below.
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(key.bytes()), &rules)
        .map_err(|e| refused(&e.to_string()))?
        .claims;
    let now = app.clock.now_ms().div_euclid(1000);
    if now >= claims.exp.saturating_add(LEEWAY_S) {
        return Err(Error::new(&faults::EXPIRED));
    }
    Ok(claims)
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
