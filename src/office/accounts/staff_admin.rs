//! What an administrator does about workers: add, assign, ban, unlock.

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::guards::Post;
use super::passwords;
use super::sessions::{self, Ending};
use super::staff::{Standing, assignments, workers};
use super::staff_login::build_totp;
use super::watch::RevocationWatch;
use crate::platform::app::App;
use crate::platform::crypto::{Place, random_bytes};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result, is_duplicate};
use crate::platform::id::Id;

/// A worker to be added.
pub struct NewWorker {
    /// 3 to 32 small letters, digits, dots, hyphens and underscores.
    pub username: String,
    pub name: String,
    pub password: Zeroizing<String>,
    pub posts: Vec<Post>,
    /// The worker as a person of the register, so that nobody decides about themselves.
    pub person: Option<Id>,
}

/// What the new worker needs to sign in.
pub struct Enrolment {
    pub worker: Id,
    /// For the authenticator app (otpauth://…); shown once, a secret.
    pub otpauth_url: Zeroizing<String>,
}

/// Adds a worker with a fresh secret for one-time codes.
///
/// # Errors
/// 10002 for a user name or password that breaks the rules, or a user name that is taken.
pub async fn add(app: &App, new: NewWorker) -> Result<Enrolment> {
    let username = new.username.trim().to_lowercase();
    check_username(&username)?;
    passwords::acceptable(&username, &new.password)?;
    let (id, now) = (app.clock.id(), app.clock.now_ms());
    let secret = random_bytes::<20>()?;
    let otpauth_url = Zeroizing::new(build_totp(secret.to_vec(), &username)?.to_url().map_err(Error::internal)?);
    let sealed = app.keys.seal(&Place::new("workers", "totp", id.as_bytes()), &secret)?;
    let password = new.password;
    let password = tokio::task::spawn_blocking(move || passwords::hash(&password)).await.map_err(Error::internal)??;
    let (name, posts, person) = (new.name, new.posts, new.person);
    app.db
        .write(move |c| {
            use workers::dsl as w;
            let row = (
                (w::id.eq(id), w::username.eq(&username), w::name.eq(&name), w::password.eq(&password), w::totp.eq(&sealed)),
                (w::totp_step.eq(0), w::failures.eq(0), w::locked_until.eq(0), w::status.eq(Standing::Active)),
                (w::person_id.eq(person), w::created_at.eq(now), w::version.eq(1)),
            );
            match diesel::insert_into(w::workers).values(row).execute(c) {
                Ok(_) => post(c, id, &posts, now),
                Err(e) if is_duplicate(&e) => Err(bad_username("username_taken", "这个用户名已有人使用。", "请换一个用户名。")),
                Err(e) => Err(e.into()),
            }
        })
        .await?;
    Ok(Enrolment { worker: id, otpauth_url })
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

fn post(c: &mut AnyConn, worker: Id, posts: &[Post], now: i64) -> Result<()> {
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

/// The worker of a user name.
///
/// # Errors
/// 10006 when nobody has it.
pub fn worker_named(c: &mut AnyConn, username: &str) -> Result<Id> {
    use workers::dsl as w;
    let row = w::workers.filter(w::username.eq(username.trim().to_lowercase())).select(w::id).get_result(c).optional()?;
    row.ok_or_else(Error::not_found)
}

/// Gives a worker other posts from now on; the next request of the worker has them.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn assign(app: &App, username: &str, posts: Vec<Post>) -> Result<()> {
    let (username, now) = (username.to_owned(), app.clock.now_ms());
    app.db
        .write(move |c| {
            let worker = worker_named(c, &username)?;
            use assignments::dsl as a;
            diesel::update(a::assignments.filter(a::worker_id.eq(worker)).filter(a::valid_to.is_null()))
                .set(a::valid_to.eq(now))
                .execute(c)?;
            post(c, worker, &posts, now)
        })
        .await
}

/// Bans a worker: sessions end within a second everywhere, and signing in is refused.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn ban(app: &App, watch: &RevocationWatch, username: &str) -> Result<()> {
    let (username, now) = (username.to_owned(), app.clock.now_ms());
    let ended = app
        .db
        .write(move |c| {
            let worker = worker_named(c, &username)?;
            use workers::dsl as w;
            diesel::update(w::workers.find(worker))
                .set((w::status.eq(Standing::Banned), w::version.eq(w::version + 1)))
                .execute(c)?;
            sessions::end_all(c, worker, Ending::Banned, now)
        })
        .await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(())
}

/// Lifts the lock of failed sign-ins.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn unlock(app: &App, username: &str) -> Result<()> {
    let username = username.to_owned();
    app.db
        .write(move |c| {
            let worker = worker_named(c, &username)?;
            use workers::dsl as w;
            diesel::update(w::workers.find(worker)).set((w::failures.eq(0), w::locked_until.eq(0))).execute(c)?;
            Ok(())
        })
        .await
}
