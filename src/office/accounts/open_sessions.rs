//! The sign-ins of an account that run now: where somebody's account is open.

use diesel::prelude::*;

use super::tables::sessions;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// A sign-in that runs.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct OpenSession {
    pub id: Id,
    pub began_at: Moment,
    pub used_at: Moment,
    pub expires_at: Moment,
}

/// The sign-ins of an account that run, the latest first; one row more than `limit`.
///
/// # Errors
/// Those of the database.
pub fn of(c: &mut AnyConn, account: Id, now: Moment, after: Option<After>, limit: i64) -> Result<Vec<OpenSession>> {
    use sessions::dsl as s;
    let mut page = s::sessions.into_boxed::<MultiBackend>();
    page = page.filter(s::account_id.eq(account)).filter(s::ended_at.is_null()).filter(s::expires_at.gt(now));
    if let Some(last) = after {
        page = page.filter(s::created_at.lt(last.at).or(s::created_at.eq(last.at).and(s::id.lt(last.id))));
    }
    let columns = (s::id, s::created_at, s::used_at, s::expires_at);
    Ok(page.order((s::created_at.desc(), s::id.desc())).limit(limit.saturating_add(1)).select(columns).load(c)?)
}
