//! Workers: who they are, which posts they hold now, and how their sign-in fails and locks.

use diesel::prelude::*;

pub use super::tables::{Standing, assignments, workers};
use super::worker::{Post, Worker};
use super::{absences, faults, sessions};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

/// The worker of a session with the posts held now, from the database, so that a ban or a move counts at once.
///
/// # Errors
/// 11003 when the session or the worker's time is over, or nothing was done for half an hour.
pub async fn on_duty(app: &App, worker: Id, session: Id) -> Result<Worker> {
    let now = app.clock.now();
    let (found, stale) = app
        .db
        .read(move |c| {
            let stale = sessions::staff_session_at(c, session, worker, now)?;
            Ok((load(c, worker, session, now)?, stale))
        })
        .await?;
    if stale {
        app.db.write(move |c| sessions::touch(c, session, now)).await?;
    }
    found.ok_or_else(|| Error::new(&faults::SESSION_ENDED))
}

fn load(c: &mut AnyConn, worker: Id, session: Id, now: Moment) -> Result<Option<Worker>> {
    Ok(find(c, worker, now)?.map(|found| Worker { session, ..found }))
}

/// A worker whose account may be used, with all posts that count now; in no session (`session` is the worker).
///
/// # Errors
/// Those of the database.
pub fn find(c: &mut AnyConn, worker: Id, now: Moment) -> Result<Option<Worker>> {
    use workers::dsl as w;
    let row: Option<(String, Standing, Option<Id>)> =
        w::workers.find(worker).select((w::name, w::status, w::person_id)).get_result(c).optional()?;
    let Some((name, Standing::Active, person)) = row else { return Ok(None) };
    let mut posts = posts_at(c, worker, now)?;
    for absent in absences::stood_in_for(c, worker, now)? {
        // A deputy gets the posts at desks only: administrators and auditors cannot be stood in for.
        let lent = posts_at(c, absent, now)?.into_iter().filter(|p| p.role.desk().is_some());
        let new: Vec<Post> = lent.filter(|p| !posts.contains(p)).collect();
        posts.extend(new);
    }
    Ok(Some(Worker { id: worker, name, session: worker, person, posts }))
}

/// The posts that a worker holds at this moment, without those of somebody who is away.
///
/// # Errors
/// Those of the database.
pub fn posts_at(c: &mut AnyConn, worker: Id, now: Moment) -> Result<Vec<Post>> {
    use assignments::dsl as a;
    let rows: Vec<(Role, String, Option<Id>, bool)> = a::assignments
        .filter(a::worker_id.eq(worker))
        .filter(a::valid_from.le(now))
        .filter(a::valid_to.is_null().or(a::valid_to.gt(now)))
        .order((a::valid_from, a::id))
        .select((a::role, a::area, a::point_id, a::lead))
        .load(c)?;
    rows.into_iter()
        .map(|(role, area, point, lead)| Ok(Post { role, area: area.parse::<AreaCode>().map_err(Error::internal)?, point, lead }))
        .collect()
}

/// The person that a worker is, if known.
///
/// # Errors
/// Those of the database.
pub fn person_of(c: &mut AnyConn, worker: Id) -> Result<Option<Id>> {
    use workers::dsl as w;
    let row: Option<Option<Id>> = w::workers.find(worker).select(w::person_id).get_result(c).optional()?;
    Ok(row.flatten())
}

/// The names of these workers, in one query.
///
/// # Errors
/// Those of the database.
pub fn names(c: &mut AnyConn, ids: Vec<Id>) -> Result<Vec<(Id, String)>> {
    use workers::dsl as w;
    Ok(w::workers.filter(w::id.eq_any(ids)).order(w::id).select((w::id, w::name)).load(c)?)
}
