//! The accounts of workers: made, given posts, given what they sign in with, unlocked.

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::guards::Post;
use super::passwords;
use super::staff::{Standing, assignments, workers};
use super::staff_login::build_totp;
use crate::platform::app::App;
use crate::platform::crypto::{Place, random_bytes};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

/// A worker without a way to sign in yet; the user name is the id, which nobody can type as one (36 characters).
///
/// # Errors
/// Those of the database.
pub fn insert(c: &mut AnyConn, id: Id, name: &str, person: Option<Id>, now: Moment) -> Result<()> {
    use workers::dsl as w;
    let none: &[u8] = &[];
    let row = (
        (w::id.eq(id), w::username.eq(id.to_string()), w::name.eq(name), w::password.eq("-"), w::totp.eq(none)),
        (w::totp_step.eq(0), w::failures.eq(0), w::locked_until.eq(0), w::status.eq(Standing::Invited)),
        (w::person_id.eq(person), w::created_at.eq(now), w::version.eq(1)),
    );
    diesel::insert_into(w::workers).values(row).execute(c)?;
    Ok(())
}

/// What somebody signs in with; made before the write, because hashing takes its time and a write may run twice.
pub struct Login {
    username: String,
    password: String,
    totp: Vec<u8>,
    pub otpauth_url: Zeroizing<String>,
}

impl Login {
    /// A user name, a password and a fresh secret for one-time codes.
    ///
    /// # Errors
    /// 10002 for a user name or password that breaks the rules.
    pub async fn new(app: &App, worker: Id, username: &str, password: Zeroizing<String>) -> Result<Login> {
        let username = username.trim().to_lowercase();
        check_username(&username)?;
        passwords::acceptable(&username, &password)?;
        let (totp, otpauth_url) = fresh_totp(app, worker, &username)?;
        Ok(Login { username, password: hashed(password).await?, totp, otpauth_url })
    }

    /// The user name in its normal form.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Makes the account usable within the caller's write; 10002 when the user name is taken.
    ///
    /// # Errors
    /// 10002; those of the database.
    pub fn give(&self, c: &mut AnyConn, worker: Id) -> Result<()> {
        use workers::dsl as w;
        let set = (
            w::username.eq(&self.username),
            w::password.eq(&self.password),
            w::totp.eq(&self.totp),
            w::totp_step.eq(0),
            w::status.eq(Standing::Active),
        );
        match diesel::update(w::workers.find(worker)).set(set).execute(c) {
            Ok(_) => Ok(()),
            Err(e) if is_duplicate(&e) => Err(bad_username("username_taken", "这个用户名已有人使用。", "请换一个用户名。")),
            Err(e) => Err(e.into()),
        }
    }
}

/// The text to store for a new password.
///
/// # Errors
/// 50000 when the system gives no randomness.
pub async fn hashed(password: Zeroizing<String>) -> Result<String> {
    tokio::task::spawn_blocking(move || passwords::hash(&password)).await.map_err(Error::internal)?
}

/// A fresh secret for one-time codes: sealed, and as the authenticator app takes it.
///
/// # Errors
/// 50000 when the system gives no randomness.
pub fn fresh_totp(app: &App, worker: Id, username: &str) -> Result<(Vec<u8>, Zeroizing<String>)> {
    let secret = random_bytes::<20>()?;
    let url = Zeroizing::new(build_totp(secret.to_vec(), username)?.to_url().map_err(Error::internal)?);
    Ok((app.keys.seal(&Place::new("workers", "totp", worker.as_bytes()), &secret)?, url))
}

fn check_username(username: &str) -> Result<()> {
    let plain = username.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
    if plain && (3..=32).contains(&username.len()) {
        return Ok(());
    }
    Err(bad_username("username_format", "用户名的格式不正确。", "请用 3 到 32 个小写字母、数字、点、横线或下划线。"))
}

fn bad_username(code: &str, reason: &str, suggestion: &str) -> Error {
    let mut faults = Faults::new();
    faults.push("/username", "用户名", code, reason, suggestion);
    Error::invalid(faults.into_details())
}

/// Gives a worker these posts from now on.
///
/// # Errors
/// Those of the database.
pub fn post(c: &mut AnyConn, worker: Id, posts: &[Post], now: Moment) -> Result<()> {
    for p in posts {
        use assignments::dsl as a;
        diesel::insert_into(a::assignments)
            .values((
                a::id.eq(Id::at(now)),
                a::worker_id.eq(worker),
                a::role.eq(p.role),
                a::area.eq(p.area.as_str()),
                a::point_id.eq(p.point),
                a::valid_from.eq(now),
                a::lead.eq(p.lead),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// What an account signs in with, as it is stored.
pub struct Credentials {
    pub username: String,
    /// The hash.
    pub password: String,
}

/// The credentials of an account that has this status.
///
/// # Errors
/// Those of the database.
pub fn credentials(c: &mut AnyConn, worker: Id, status: Standing) -> Result<Option<Credentials>> {
    use workers::dsl as w;
    let row = w::workers.find(worker).filter(w::status.eq(status)).select((w::username, w::password));
    let row: Option<(String, String)> = row.get_result(c).optional()?;
    Ok(row.map(|(username, password)| Credentials { username, password }))
}

/// Stores the hash of a new password.
///
/// # Errors
/// Those of the database.
pub fn set_password(c: &mut AnyConn, worker: Id, hash: &str) -> Result<()> {
    use workers::dsl as w;
    diesel::update(w::workers.find(worker)).set(w::password.eq(hash)).execute(c)?;
    Ok(())
}

/// Stores a new sealed secret for one-time codes; codes of the old one are worth nothing from now on.
///
/// # Errors
/// Those of the database.
pub fn set_totp(c: &mut AnyConn, worker: Id, sealed: &[u8]) -> Result<()> {
    use workers::dsl as w;
    diesel::update(w::workers.find(worker)).set((w::totp.eq(sealed), w::totp_step.eq(0))).execute(c)?;
    Ok(())
}

/// Sets whether the account may be used.
///
/// # Errors
/// Those of the database.
pub fn set_status(c: &mut AnyConn, worker: Id, status: Standing) -> Result<()> {
    use workers::dsl as w;
    diesel::update(w::workers.find(worker)).set(w::status.eq(status)).execute(c)?;
    Ok(())
}

/// Sets the worker's name, and which person of the register the worker is.
///
/// # Errors
/// Those of the database.
pub fn describe(c: &mut AnyConn, worker: Id, name: &str, person: Option<Id>) -> Result<()> {
    use workers::dsl as w;
    diesel::update(w::workers.find(worker)).set((w::name.eq(name), w::person_id.eq(person))).execute(c)?;
    Ok(())
}

/// Counts the version on, so that whoever saw the account before is told that it changed.
///
/// # Errors
/// Those of the database.
pub fn count_version(c: &mut AnyConn, worker: Id) -> Result<()> {
    use workers::dsl as w;
    diesel::update(w::workers.find(worker)).set(w::version.eq(w::version + 1)).execute(c)?;
    Ok(())
}

/// An active administrator exists, so that the rest can be done over the API.
///
/// # Errors
/// Those of the database.
pub fn has_administrator(c: &mut AnyConn, now: Moment) -> Result<bool> {
    use assignments::dsl as a;
    let held = a::assignments
        .inner_join(workers::table)
        .filter(workers::status.eq(Standing::Active).and(a::role.eq(Role::Administrator)))
        .filter(a::valid_from.le(now).and(a::valid_to.is_null().or(a::valid_to.gt(now))));
    Ok(held.count().get_result::<i64>(c)? > 0)
}

/// The worker of a user name.
///
/// # Errors
/// 10006 when nobody has it.
pub fn worker_named(c: &mut AnyConn, username: &str) -> Result<Id> {
    use workers::dsl as w;
    let row = w::workers.filter(w::username.eq(username.trim().to_lowercase())).select(w::id).get_result(c).optional()?;
    row.ok_or_else(Error::not_found)
}

/// Lifts the lock of failed sign-ins within the caller's write.
///
/// # Errors
/// Those of the database.
pub fn lift_lock(c: &mut AnyConn, worker: Id) -> Result<()> {
    use workers::dsl as w;
    diesel::update(w::workers.find(worker)).set((w::failures.eq(0), w::locked_until.eq(0))).execute(c)?;
    Ok(())
}

/// Lifts the lock of failed sign-ins of a user name.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn unlock(app: &App, username: &str) -> Result<()> {
    let username = username.to_owned();
    app.db
        .write(move |c| {
            let worker = worker_named(c, &username)?;
            lift_lock(c, worker)
        })
        .await
}
