//! A worker signs in with user name, password and a one-time code; five failures lock for half an hour.

use diesel::prelude::*;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use super::faults;
use super::sessions::{Beginning, Pair};
use super::sign_in::SignIn;
use super::staff::{Standing, workers};
use super::tokens::Holder;
use crate::platform::app::App;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// Failures that lock (GB/T 22239 level 3, 8.1.4.1: handling of failed sign-ins).
const FAILURES: i64 = 5;
/// How long a lock holds.
pub(crate) const LOCK_MS: i64 = 30 * 60 * 1000;

/// What a worker typed.
pub struct Attempt {
    pub username: String,
    pub password: Zeroizing<String>,
    /// Six digits.
    pub code: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = workers)]
struct Credentials {
    id: Id,
    password: String,
    totp: Vec<u8>,
    locked_until: Moment,
    status: Standing,
}

/// Begins a worker's session.
///
/// # Errors
/// 11010 for any wrong or used part, 11011 while locked, 50003 when too many sign in at once.
pub async fn sign_in(app: &App, gate: &SignIn, attempt: Attempt) -> Result<(Pair, Id)> {
    let username = attempt.username.trim().to_lowercase();
    let now = app.clock.now();
    let wanted = username.clone();
    let found = app.db.read(move |c| credentials(c, &wanted)).await?;
    let Some(found) = found.filter(|w| w.status == Standing::Active) else {
        let name = app.keys.lookup_hash("username", &username);
        gate.nobody.check(&name).map_err(|_| locked(LOCK_MS))?;
        gate.passwords.fits(attempt.password, None).await?;
        return Err(Error::new(&faults::STAFF_REFUSED));
    };
    if found.locked_until > now {
        return Err(locked(found.locked_until.since(now)));
    }
    let fits = gate.passwords.fits(attempt.password, Some(found.password)).await?;
    let step = totp(&app.keys, found.id, &found.totp)?.check(attempt.code.trim(), seconds(app));
    let step = step.filter(|_| fits).map(|s| i64::try_from(s).unwrap_or(i64::MAX));
    let beginning = Beginning::new(app, Holder::Staff)?;
    let stored = beginning.clone();
    let worker = found.id;
    // A failure must be committed, so it is no error inside the write.
    let outcome = app.db.write(move |c| settle(c, worker, step, now, &stored)).await?;
    match outcome {
        Outcome::In => Ok((beginning.pair(app, worker)?, worker)),
        Outcome::Refused => Err(Error::new(&faults::STAFF_REFUSED)),
        Outcome::Locked(until) => Err(locked(until.since(now))),
    }
}

enum Outcome {
    In,
    Refused,
    Locked(Moment),
}

/// Counts a failure, or begins the session and uses the code up. A lock that was set meanwhile refuses the right
/// password too, so that many guesses at the same time gain nothing.
fn settle(c: &mut AnyConn, worker: Id, step: Option<i64>, now: Moment, beginning: &Beginning) -> Result<Outcome> {
    use workers::dsl as w;
    let row = w::workers.find(worker).select((w::failures, w::locked_until, w::totp_step)).get_result(c).optional()?;
    let (failures, locked_until, used): (i64, Moment, i64) = row.ok_or_else(|| Error::new(&faults::STAFF_REFUSED))?;
    if locked_until > now {
        return Ok(Outcome::Locked(locked_until));
    }
    if let Some(step) = step.filter(|s| *s > used) {
        diesel::update(w::workers.find(worker)).set((w::failures.eq(0), w::totp_step.eq(step))).execute(c)?;
        beginning.store(c, worker)?;
        return Ok(Outcome::In);
    }
    let failures = failures.saturating_add(1);
    let (failures, until) = if failures >= FAILURES { (0, now.saturating_add(LOCK_MS)) } else { (failures, locked_until) };
    diesel::update(w::workers.find(worker)).set((w::failures.eq(failures), w::locked_until.eq(until))).execute(c)?;
    Ok(Outcome::Refused)
}

fn credentials(c: &mut AnyConn, username: &str) -> Result<Option<Credentials>> {
    let row = workers::table.filter(workers::username.eq(username)).select(Credentials::as_select());
    Ok(row.get_result(c).optional()?)
}

fn locked(ms: i64) -> Error {
    Error::new(&faults::LOCKED).retry_after(u64::try_from(ms.div_euclid(1000)).unwrap_or(0).saturating_add(1))
}

fn seconds(app: &App) -> u64 {
    u64::try_from(app.clock.now_ms().div_euclid(1000)).unwrap_or(0)
}

/// The generator of a worker's one-time codes: SHA-1, six digits, 30 s, one step of leeway (RFC 6238).
fn totp(keys: &Keyring, worker: Id, sealed: &[u8]) -> Result<Totp> {
    build_totp(keys.open(&Place::new("workers", "totp", worker.as_bytes()), sealed)?, "")
}

/// See [`totp`]; with the user name it can also be told to an authenticator app.
pub(crate) fn build_totp(secret: Vec<u8>, username: &str) -> Result<Totp> {
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(30);
    totp.with_secret(secret).with_issuer(Some("助残")).with_account_name(username).build().map_err(Error::internal)
}

/// The one-time code of this moment, for a demo or a test.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn totp_code(app: &App, username: &str) -> Result<String> {
    let username = username.trim().to_lowercase();
    let found = app.db.read(move |c| credentials(c, &username)).await?.ok_or_else(Error::not_found)?;
    Ok(totp(&app.keys, found.id, &found.totp)?.generate(seconds(app)).to_string())
}

#[cfg(test)]
#[path = "staff_login_tests.rs"]
mod tests;
