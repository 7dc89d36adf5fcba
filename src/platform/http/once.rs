//! Idempotency: the answer of a successful call is stored in the same transaction as its effect, and replayed.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Object, SchemaFormat, Type};
use uuid::Uuid;

use super::faults::PROGRAM;
use super::operation::{Description, Takes};
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

diesel::table! {
    idempotency_keys (scope) {
        scope -> Binary,
        fingerprint -> Binary,
        answer -> Binary,
        expires_at -> BigInt,
    }
}

/// Stored answers are kept this long.
pub const KEPT_MS: i64 = 72 * 3600 * 1000;

/// The key of a call that must not happen twice, from the header `Idempotency-Key`.
#[derive(Clone)]
pub struct Once {
    key: Uuid,
    method: String,
    path: String,
}

/// What was done, and whether it had been done before.
pub struct Done<T> {
    pub value: T,
    pub replayed: bool,
}

impl FromRequest for Once {
    type Error = Error;
    type Future = Ready<Result<Once>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = req.headers().get("Idempotency-Key");
        let key = sent.and_then(|v| v.to_str().ok()).and_then(|s| Uuid::parse_str(s.trim()).ok());
        ready(key.ok_or_else(|| no_key(sent.is_some())).map(|key| Once {
            key,
            method: req.method().to_string(),
            path: req.path().to_owned(),
        }))
    }
}

/// The header is missing, or holds something else than a UUID.
fn no_key(sent: bool) -> Error {
    let (code, reason) =
        if sent { ("malformed", "防重复标识不是 UUID。") } else { ("missing", "没有送来防重复标识。") };
    let detail = Detail::new("Idempotency-Key", "防重复标识", code, reason, PROGRAM);
    Error::new(&code::KEY_MISSING).with_details(vec![detail])
}

impl Takes for Once {
    fn describe(to: &mut Description) {
        let schema = Object::builder()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .examples(["5f0c9b0e-6a51-4b3f-9d52-0c7e5b8f4a11"]);
        let key = Parameter::builder()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("防重复标识（UUID）：同一件事重试时用同一个，72 小时内重复调用得到第一次的结果。"))
            .schema(Some(schema));
        to.parameter(key.build());
        // With a body, a key that came with another one is refused too: see `Description::complete`.
        to.refuses("Once", &[&code::KEY_MISSING]);
    }
}

impl Once {
    fn scope(&self, caller: Id) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in [caller.as_bytes().as_slice(), self.method.as_bytes(), self.path.as_bytes(), self.key.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().to_vec()
    }

    /// The answer that this caller got with this key before; for a call that looks at more than its own write first.
    pub async fn replay<T>(&self, app: &App, caller: Id, fingerprint: [u8; 32]) -> Result<Option<T>>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let (scope, keys) = (self.scope(caller), app.keys.clone());
        app.db.read(move |c| stored(c, &keys, &scope, fingerprint)).await
    }

    /// Runs `f` in one write, unless this caller did it with this key before; then gives the stored answer.
    pub async fn write<T, F>(&self, app: &App, caller: Id, fingerprint: [u8; 32], f: F) -> Result<Done<T>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut AnyConn) -> Result<T> + Send + 'static,
    {
        let scope = self.scope(caller);
        let keys = app.keys.clone();
        let expires_at = app.clock.now().saturating_add(KEPT_MS);
        app.db
            .write(move |c| {
                let place = Place::new("idempotency_keys", "answer", &scope);
                if let Some(value) = stored(c, &keys, &scope, fingerprint)? {
                    return Ok(Done { value, replayed: true });
                }
                let value = f(c)?;
                let answer = keys.seal(&place, &serde_json::to_vec(&value).map_err(Error::internal)?)?;
                use idempotency_keys::dsl as k;
                let row = (
                    k::scope.eq(&scope),
                    k::fingerprint.eq(fingerprint.as_slice()),
                    k::answer.eq(answer),
                    k::expires_at.eq(expires_at),
                );
                match diesel::insert_into(k::idempotency_keys).values(row).execute(c) {
                    Ok(_) => Ok(Done { value, replayed: false }),
                    // Another instance stored it first: run again and find its answer.
                    Err(e) if is_duplicate(&e) => Err(Error::from(e).run_again()),
                    Err(e) => Err(e.into()),
                }
            })
            .await
    }
}

fn stored<T: DeserializeOwned>(c: &mut AnyConn, keys: &Keyring, scope: &[u8], fingerprint: [u8; 32]) -> Result<Option<T>> {
    use idempotency_keys::dsl as k;
    let found: Option<(Vec<u8>, Vec<u8>)> =
        k::idempotency_keys.find(scope).select((k::fingerprint, k::answer)).get_result(c).optional()?;
    let Some((print, answer)) = found else { return Ok(None) };
    if print != fingerprint {
        return Err(Error::new(&code::KEY_REUSED));
    }
    let plain = keys.open(&Place::new("idempotency_keys", "answer", scope), &answer)?;
    serde_json::from_slice(&plain).map(Some).map_err(Error::internal)
}

/// Forgets keys that have expired; answers how many.
pub fn forget_expired(c: &mut AnyConn, now: Moment) -> Result<usize> {
    use idempotency_keys::dsl as k;
    Ok(diesel::delete(k::idempotency_keys.filter(k::expires_at.lt(now))).execute(c)?)
}
