//! Codes that a worker hands to somebody in person, for those whom WeChat blocks or who have neither WeChat nor a phone.
//!
//! Twelve digits: the first six find the row, the last six prove it, so that wrong tries can be counted against a code.

use diesel::prelude::*;

use super::faults;
use super::guards::Worker;
use super::identity::{self, Occasion};
use super::residents::{self, Account, Channel};
use crate::office::people::persons;
use crate::office::people::reveals::{self, Reveal};
use crate::platform::app::App;
use crate::platform::crypto::{Keyring, random_digits};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::moments::Moment;

diesel::table! {
    counter_codes (id) {
        id -> Binary,
        person_id -> Binary,
        slot -> Text,
        code_hash -> Binary,
        tries -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        account_id -> Nullable<Binary>,
    }
}

/// How long a code is good.
const LIFE_MS: i64 = 24 * 3_600_000;
/// Wrong tries that end a code.
const TRIES: i64 = 5;

/// A code that is about to be issued; made before the write. Only its hash is stored.
#[derive(Clone)]
pub struct NewCode {
    id: Id,
    slot: String,
    proof: String,
    now: Moment,
}

fn hash(keys: &Keyring, code: Id, proof: &str) -> [u8; 32] {
    keys.lookup_hash("counter_code", &format!("{code}:{proof}"))
}

impl NewCode {
    /// Draws twelve digits.
    ///
    /// # Errors
    /// 50000 when the system gives no randomness.
    pub fn draw(app: &App) -> Result<NewCode> {
        Ok(NewCode { id: app.clock.id(), slot: random_digits(6)?, proof: random_digits(6)?, now: app.clock.now() })
    }

    /// As it is read out and typed: three groups of four.
    pub fn text(&self) -> String {
        let digits: Vec<char> = self.slot.chars().chain(self.proof.chars()).collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// Stores the code with the line that says who issued it and why; an older one for the person ends. Answers until
    /// when it is good, epoch milliseconds.
    ///
    /// # Errors
    /// 10006 out of scope, 12005 oneself, 11044 under fourteen; those of the database.
    pub fn issue(&self, c: &mut AnyConn, keys: &Keyring, worker: &Worker, person: Id, purpose: &str) -> Result<Moment> {
        let known = persons::find(c, person)?.filter(|p| worker.knows_residents_of(&p.area));
        known.ok_or_else(Error::not_found)?;
        if worker.person == Some(person) {
            return Err(Error::new(&faults::OWN_AFFAIR));
        }
        if !persons::open(c, keys, person)?.id_number.may_agree_on(beijing_date(self.now)) {
            return Err(Error::new(&faults::TOO_YOUNG));
        }
        use counter_codes::dsl as k;
        let live = k::counter_codes.filter(k::person_id.eq(person).and(k::expires_at.gt(self.now)).and(k::used_at.is_null()));
        diesel::update(live).set(k::expires_at.eq(self.now)).execute(c)?;
        let expires_at = self.now.saturating_add(LIFE_MS);
        let hash = hash(keys, self.id, &self.proof);
        let row = (
            k::id.eq(self.id),
            k::person_id.eq(person),
            k::slot.eq(&self.slot),
            k::code_hash.eq(hash.as_slice()),
            k::tries.eq(0),
            k::created_at.eq(self.now),
            k::expires_at.eq(expires_at),
        );
        diesel::insert_into(k::counter_codes).values(row).execute(c)?;
        let purpose = format!("发放登录码：{purpose}");
        let worker = worker.id;
        let at = self.now;
        reveals::record(c, &Reveal { id: self.id, at, worker, person, case: None, fields: Vec::new(), purpose })?;
        Ok(expires_at)
    }
}

/// Uses a code up: the person's account, made when there is none, with the identity that the worker saw in person; and
/// whether it is new. `None` for a wrong try, which is counted, so it is no error inside the write.
///
/// # Errors
/// 11009 when the person's account is banned; those of the database.
pub fn redeem(c: &mut AnyConn, keys: &Keyring, typed: &str, new: Id, at: Occasion) -> Result<Option<(Account, bool)>> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let Some((slot, proof)) = digits.split_at_checked(6) else { return Ok(None) };
    use counter_codes::dsl as k;
    // Two live codes may share their first half; each counts its own wrong tries.
    let live: Vec<(Id, Id, Vec<u8>)> = k::counter_codes
        .filter(k::slot.eq(slot).and(k::expires_at.gt(at.now)))
        .filter(k::used_at.is_null().and(k::tries.lt(TRIES)))
        .order(k::id)
        .select((k::id, k::person_id, k::code_hash))
        .load(c)?;
    let Some((id, person, _)) = live.iter().find(|(id, _, wanted)| *wanted == hash(keys, *id, proof)) else {
        let ids: Vec<Id> = live.iter().map(|(id, _, _)| *id).collect();
        diesel::update(k::counter_codes.filter(k::id.eq_any(ids))).set(k::tries.eq(k::tries + 1)).execute(c)?;
        return Ok(None);
    };
    let (account, is_new) = match residents::by_person(c, *person)? {
        Some(account) => (account, false),
        None => {
            residents::open_account(c, new, Channel::Sms, at.now)?;
            let blank = residents::find(c, new)?;
            let known = persons::open(c, keys, *person)?;
            (identity::seen_in_person(c, keys, &blank, &known, at)?, true)
        }
    };
    diesel::update(k::counter_codes.find(*id)).set((k::used_at.eq(at.now), k::account_id.eq(account.id))).execute(c)?;
    Ok(Some((account, is_new)))
}
