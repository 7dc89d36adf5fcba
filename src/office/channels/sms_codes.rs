//! Codes by text message: they prove a phone number, and so sign its holder in.
//!
//! Which account a number opens: the one bound to it (`residents::by_phone`), of several the one used last; none, or none
//! that was used in the last ninety days: a new account with that number. Who then claims the identity on record under
//! this number has it confirmed at once, as with WeChat's phone button.

use diesel::prelude::*;

use super::sms::{self, Text, To};
use crate::office::accounts::faults;
use crate::office::accounts::identity::{self, Occasion};
use crate::office::accounts::residents::{self, Account, Channel};
use crate::office::people::persons;
use crate::platform::app::App;
use crate::platform::crypto::{Keyring, random_digits};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::platform::sms::Template;
use crate::rules::identity::PhoneNumber;
use crate::rules::moments::Moment;

diesel::table! {
    sms_codes (id) {
        id -> Binary,
        phone_hash -> Binary,
        code_hash -> Binary,
        tries -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

/// Minutes for which a code is good.
pub const MINUTES: i64 = 5;
/// Seconds between two codes for one number.
pub const GAP_S: i64 = 60;
/// Wrong tries that end a code.
const TRIES: i64 = 5;
/// Codes for one number in a day.
const PER_NUMBER: i64 = 10;
const DAY_MS: i64 = 86_400_000;
/// A carrier hands a number on after some months; an account that rested longer does not follow it.
const NUMBER_HELD_MS: i64 = 90 * DAY_MS;

/// A code on its way; made before the write. The digits are stored nowhere but in the sealed effect that sends them.
#[derive(Clone)]
pub struct NewCode {
    id: Id,
    phone: PhoneNumber,
    phone_hash: [u8; 32],
    digits: String,
    now: Moment,
}

fn hash(keys: &Keyring, code: Id, digits: &str) -> [u8; 32] {
    keys.lookup_hash("sms_code", &format!("{code}:{digits}"))
}

impl NewCode {
    /// Draws six digits.
    ///
    /// # Errors
    /// 50000 when the system gives no randomness.
    pub fn draw(app: &App, phone: PhoneNumber) -> Result<NewCode> {
        let phone_hash = persons::phone_hash(&app.keys, &phone);
        Ok(NewCode { id: app.clock.id(), phone_hash, phone, digits: random_digits(6)?, now: app.clock.now() })
    }

    /// Whose idempotency keys count for this call: nobody is signed in yet, so the number stands for the caller.
    pub fn caller(&self) -> Id {
        Id::from_bytes(self.phone_hash.first_chunk().copied().unwrap_or_default())
    }

    /// Stores the code and lets it leave. An older one for the number is good no longer.
    ///
    /// # Errors
    /// 11041 within a minute of the last one, 11042 when the day's are used up; those of the database.
    pub fn send(&self, c: &mut AnyConn, keys: &Keyring, most_in_all: i64) -> Result<()> {
        self.within_limits(c, most_in_all)?;
        use sms_codes::dsl as s;
        let expires_at = self.now.saturating_add(MINUTES.saturating_mul(60_000));
        let hash = hash(keys, self.id, &self.digits);
        let row = (
            s::id.eq(self.id),
            s::phone_hash.eq(self.phone_hash.as_slice()),
            s::code_hash.eq(hash.as_slice()),
            s::tries.eq(0),
            s::created_at.eq(self.now),
            s::expires_at.eq(expires_at),
        );
        diesel::insert_into(s::sms_codes).values(row).execute(c)?;
        let text = Text {
            id: self.id,
            template: Template::SignIn,
            to: To::Number(self.phone.reveal().to_owned()),
            values: vec![self.digits.clone(), MINUTES.to_string()],
            origin: None,
            good_until: Some(expires_at),
        };
        sms::push(c, keys, &text, self.now)
    }

    fn within_limits(&self, c: &mut AnyConn, most_in_all: i64) -> Result<()> {
        use sms_codes::dsl as s;
        let day = self.now.saturating_sub(DAY_MS);
        let rows: Vec<(Moment, Option<Moment>)> = s::sms_codes
            .filter(s::phone_hash.eq(self.phone_hash.as_slice()).and(s::created_at.gt(day)))
            .order((s::created_at.desc(), s::id.desc()))
            .select((s::created_at, s::used_at))
            .load(c)?;
        // A code that was used says nothing about the next: the answer to that sign-in may have been lost.
        if let Some((at, None)) = rows.first() {
            let wait = at.saturating_add(GAP_S.saturating_mul(1000)).since(self.now);
            if wait > 0 {
                return Err(Error::new(&faults::CODE_SENT).retry_after(u64::try_from(wait / 1000 + 1).unwrap_or(60)));
            }
        }
        let in_all: i64 = s::sms_codes.filter(s::created_at.gt(day)).count().get_result(c)?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= PER_NUMBER || in_all >= most_in_all {
            return Err(Error::new(&faults::CODES_SPENT).retry_after(3600));
        }
        Ok(())
    }
}

/// What somebody typed.
#[derive(Clone)]
pub struct Typed {
    pub phone: PhoneNumber,
    pub digits: String,
}

/// Uses a code up: the account that its number opens, and whether it is new. `None` for a wrong try, which is counted,
/// so it is no error inside the write.
///
/// # Errors
/// 11009 when the account is banned; those of the database.
pub fn redeem(c: &mut AnyConn, keys: &Keyring, typed: &Typed, new: Id, at: Occasion) -> Result<Option<(Account, bool)>> {
    use sms_codes::dsl as s;
    let phone_hash = persons::phone_hash(keys, &typed.phone);
    let latest = s::sms_codes
        .filter(s::phone_hash.eq(phone_hash.as_slice()).and(s::expires_at.gt(at.now)))
        .order((s::created_at.desc(), s::id.desc()))
        .select((s::id, s::code_hash, s::tries, s::used_at));
    let found: Vec<(Id, Vec<u8>, i64, Option<Moment>)> = latest.load(c)?;
    let Some((id, wanted, tries, None)) = found.into_iter().next() else { return Ok(None) };
    if tries >= TRIES {
        return Ok(None);
    }
    let row = diesel::update(s::sms_codes.find(id));
    if wanted != hash(keys, id, typed.digits.trim()) {
        row.set(s::tries.eq(tries.saturating_add(1))).execute(c)?;
        return Ok(None);
    }
    row.set(s::used_at.eq(at.now)).execute(c)?;
    let since = at.now.saturating_sub(NUMBER_HELD_MS);
    if let Some(account) = residents::by_phone(c, &phone_hash, since)? {
        return Ok(Some((account, false)));
    }
    residents::open_account(c, new, Channel::Sms, at.now)?;
    Ok(Some((identity::set_phone(c, keys, new, &typed.phone, at)?, true)))
}

/// Forgets codes whose day of counting is over.
///
/// # Errors
/// Those of the database.
pub fn tidy(c: &mut AnyConn, now: Moment) -> Result<usize> {
    use sms_codes::dsl as s;
    Ok(diesel::delete(s::sms_codes.filter(s::created_at.lt(now.saturating_sub(2 * DAY_MS)))).execute(c)?)
}
