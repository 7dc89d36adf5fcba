//! Workers come, move and go: what each change does to the desks that they serve.

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::events::{Change, Event};
use super::scope;
use crate::office::accounts::RevocationWatch;
use crate::office::accounts::guards::Post;
use crate::office::accounts::sessions::{self, Ending};
use crate::office::accounts::staff::{Standing, assignments};
use crate::office::accounts::staff_admin::{Login, insert, post, set_status, worker_named};
use crate::office::cases::record::reason::OfficeReason;
use crate::office::cases::service::{Office, Services};
use crate::office::desks::claims;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
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

/// Adds a worker with a fresh secret for one-time codes; from the command line or for a demo.
///
/// # Errors
/// 10002 for a user name or password that breaks the rules, or a user name that is taken.
pub async fn add(app: &App, new: NewWorker) -> Result<Enrolment> {
    let id = app.clock.id();
    let login = Login::new(app, id, &new.username, new.password).await?;
    let otpauth_url = login.otpauth_url.clone();
    let name = new.name;
    let posts = new.posts;
    let person = new.person;
    let now = app.clock.now();
    app.db
        .write(move |c| {
            insert(c, id, &name, person, now)?;
            login.give(c, id)?;
            post(c, id, &posts, now)?;
            let area = scope::around(posts.iter().map(|p| &p.area));
            Event::new(now, None, Change::WorkerAdded, id, area).record(c)
        })
        .await?;
    Ok(Enrolment { worker: id, otpauth_url })
}

/// Ends the posts that a worker holds and gives these instead; the next request of the worker has them. What they hold on
/// desks that are not theirs any more goes back to the pool.
///
/// # Errors
/// Those of the database.
pub fn replace_posts(c: &mut AnyConn, office: &Office, worker: Id, posts: &[Post]) -> Result<()> {
    use assignments::dsl as a;
    let old = a::assignments.filter(a::worker_id.eq(worker)).filter(a::valid_to.is_null());
    diesel::update(old).set(a::valid_to.eq(office.now)).execute(c)?;
    post(c, worker, posts, office.now)?;
    claims::release_lost(c, office, worker, OfficeReason::WorkerMoved).map(|_| ())
}

/// Gives the worker of a user name other posts; for tests and demos, the administrator's way is `office/administration`.
/// The next request of the worker has them.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn assign(app: &App, services: &Services, username: &str, posts: Vec<Post>) -> Result<()> {
    let username = username.to_owned();
    let office = Office::of(app, services);
    app.db
        .write(move |c| {
            let worker = worker_named(c, &username)?;
            replace_posts(c, &office, worker, &posts)
        })
        .await
}

/// Bans a worker within the caller's write: what they hold goes back to the pool. Answers the sessions that ended, to be
/// noted after the commit.
///
/// # Errors
/// Those of the database.
pub fn shut_out(c: &mut AnyConn, office: &Office, worker: Id) -> Result<Vec<Id>> {
    set_status(c, worker, Standing::Banned)?;
    claims::release_lost(c, office, worker, OfficeReason::WorkerMoved)?;
    sessions::end_all(c, worker, Ending::Banned, office.now)
}

/// Bans the worker of a user name: sessions end within a second everywhere, and signing in is refused.
///
/// # Errors
/// 10006 when nobody has this user name.
pub async fn ban(app: &App, services: &Services, watch: &RevocationWatch, username: &str) -> Result<()> {
    let username = username.to_owned();
    let office = Office::of(app, services);
    let now = office.now;
    let ended = app
        .db
        .write(move |c| {
            let worker = worker_named(c, &username)?;
            shut_out(c, &office, worker)
        })
        .await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(())
}
