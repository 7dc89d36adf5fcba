//! One-time codes by which workers make or mend their own accounts, so that no administrator ever knows a password.

use diesel::prelude::*;

use super::codes;
use crate::office::accounts::staff::Standing;
use crate::platform::crypto::{Keyring, random_bytes};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    invitations (id) {
        id -> Binary,
        worker_id -> Binary,
        purpose -> Text,
        code_hash -> Binary,
        tries -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

coded_enum! {
    /// What a code is good for.
    pub enum Purpose {
        Enrol = "enrol", "启用账号";
        Password = "password", "重设密码";
        Totp = "totp", "更换动态码";
    }
}

crate::text_columns!(Purpose);

impl Purpose {
    /// The status of an account for which such a code is issued, and redeemed.
    pub fn asks(self) -> Standing {
        match self {
            Purpose::Enrol => Standing::Invited,
            Purpose::Password | Purpose::Totp => Standing::Active,
        }
    }
}

/// A code holds for a day.
const LIFE_MS: i64 = 24 * 3_600_000;
/// Wrong passwords beside a code before it is worn out.
const TRIES: i64 = 5;
/// Letters and digits that nobody confuses on paper or on the phone; 32 of them, five bits each.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKMNPQRSTUVWXYZ123456789";

/// A fresh code, drawn before the write because a write may run twice.
#[derive(Clone)]
pub struct Code {
    /// Sixteen letters in four groups (80 bits); shown once.
    pub text: String,
    hash: [u8; 32],
}

impl Code {
    /// Draws a code.
    ///
    /// # Errors
    /// 50000 when the system gives no randomness.
    pub fn draw(keys: &Keyring) -> Result<Code> {
        let letter = |byte: &u8| LETTERS.get(usize::from(*byte % 32)).copied().map_or('A', char::from);
        let letters: Vec<char> = random_bytes::<16>()?.iter().map(letter).collect();
        let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
        let text = groups.join("-");
        Ok(Code { hash: hash(keys, &text), text })
    }

    /// Stores the code within the caller's write, in place of what the worker had for this purpose; answers until when it holds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn issue(&self, c: &mut AnyConn, worker: Id, purpose: Purpose, now: Moment) -> Result<Moment> {
        use invitations::dsl as i;
        let earlier = i::invitations.filter(i::worker_id.eq(worker).and(i::purpose.eq(purpose)).and(i::used_at.is_null()));
        diesel::delete(earlier).execute(c)?;
        let expires_at = now.saturating_add(LIFE_MS);
        let row = (
            i::id.eq(Id::at(now)),
            i::worker_id.eq(worker),
            i::purpose.eq(purpose),
            i::code_hash.eq(self.hash.as_slice()),
            i::tries.eq(0),
            i::created_at.eq(now),
            i::expires_at.eq(expires_at),
        );
        diesel::insert_into(i::invitations).values(row).execute(c)?;
        Ok(expires_at)
    }
}

/// The hash of what somebody typed: small letters, blanks and hyphens do not matter.
pub fn hash(keys: &Keyring, typed: &str) -> [u8; 32] {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    keys.lookup_hash("invitation", &plain.to_ascii_uppercase())
}

/// The worker of a code that is good for this now.
///
/// # Errors
/// 27001.
pub fn holder(c: &mut AnyConn, hash: &[u8; 32], purpose: Purpose, now: Moment) -> Result<Id> {
    use invitations::dsl as i;
    let good = i::invitations
        .filter(i::code_hash.eq(hash.as_slice()).and(i::purpose.eq(purpose)))
        .filter(i::used_at.is_null().and(i::expires_at.gt(now)).and(i::tries.lt(TRIES)));
    good.select(i::worker_id).get_result(c).optional()?.ok_or_else(|| Error::new(&codes::CODE_OVER))
}

/// Uses a code up within the caller's write; answers its worker.
///
/// # Errors
/// 27001, also for the second of two that come at once.
pub fn redeem(c: &mut AnyConn, hash: &[u8; 32], purpose: Purpose, now: Moment) -> Result<Id> {
    use invitations::dsl as i;
    let worker = holder(c, hash, purpose, now)?;
    diesel::update(i::invitations.filter(i::code_hash.eq(hash.as_slice()))).set(i::used_at.eq(now)).execute(c)?;
    Ok(worker)
}

/// Counts a wrong password beside a code.
///
/// # Errors
/// Those of the database.
pub fn miss(c: &mut AnyConn, hash: &[u8; 32]) -> Result<()> {
    use invitations::dsl as i;
    diesel::update(i::invitations.filter(i::code_hash.eq(hash.as_slice()))).set(i::tries.eq(i::tries + 1)).execute(c)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed_and_is_never_the_same_twice() {
        let keys = Keyring::generate().unwrap();
        let code = Code::draw(&keys).unwrap();
        assert_eq!(code.text.len(), 19);
        for typed in [code.text.clone(), code.text.to_lowercase(), code.text.replace('-', " "), format!(" {}\n", code.text)] {
            assert_eq!(hash(&keys, &typed), code.hash);
        }
        assert_ne!(code.text, Code::draw(&keys).unwrap().text);
        assert!(["0", "O", "I", "L"].iter().all(|unclear| !code.text.contains(unclear)));
    }
}
