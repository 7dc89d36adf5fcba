//! What workers decide about links, and which links wait for them.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::faults;
use super::guards::Worker;
use super::links::{Link, LinkState, find, links};
use super::residents::{self, Identity};
use crate::office::people::persons;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::dates::Day;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

/// What a worker does about a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Confirm,
    Refuse,
    End,
}

impl Verdict {
    /// From which state it leads where.
    fn leads(self) -> (LinkState, LinkState) {
        match self {
            Verdict::Confirm => (LinkState::Claimed, LinkState::Confirmed),
            Verdict::Refuse => (LinkState::Claimed, LinkState::Refused),
            Verdict::End => (LinkState::Confirmed, LinkState::Ended),
        }
    }
}

/// A decision: the version that the worker saw, when, and the last day of a confirmed link, `YYYY-MM-DD`.
#[derive(Clone)]
pub struct Decision {
    pub verdict: Verdict,
    pub version: i64,
    pub last_day: Option<String>,
    pub today: String,
    pub now: Moment,
}

/// A decision as a worker sends it.
pub struct Asked {
    pub verdict: Verdict,
    /// The version that the worker saw.
    pub version: i64,
    /// The last day of a right to act that ends; open when it is left out.
    pub last_day: Option<Day>,
}

impl Decision {
    /// The decision at this moment.
    ///
    /// # Errors
    /// 10002 for a last day that is over.
    pub fn new(asked: Asked, today: NaiveDate, now: Moment) -> Result<Decision> {
        let mut faults = Faults::new();
        if asked.last_day.is_some_and(|day| *day < today) {
            faults.push("/valid_to", "有效期至", "date_past", "有效期已经过去。", "请填写今天或以后的日期，长期有效的不用填。");
        }
        faults.settle()?;
        Ok(Decision {
            verdict: asked.verdict,
            version: asked.version,
            last_day: asked.last_day.map(|day| day.to_string()),
            today: today.to_string(),
            now,
        })
    }
}

/// Decides about a link in the worker's area.
///
/// # Errors
/// 10006 out of scope; 10030 on an older version or in another state; 12005 when it concerns the worker; 11023 when the
/// register does not know the person; 11024 when the resident's own identity is not confirmed.
pub fn decide(c: &mut AnyConn, worker: &Worker, id: Id, what: &Decision) -> Result<Link> {
    let link = find(c, id)?;
    if !worker.knows_residents_of(&link.area) {
        return Err(Error::not_found());
    }
    let (from, to) = what.verdict.leads();
    if link.version != what.version || link.state != from {
        return Err(Error::stale(link.current()));
    }
    let account = residents::find(c, link.account_id)?;
    let person = match link.person_id {
        Some(id) => Some(id),
        None => persons::find_by_id_hash(c, &link.id_hash)?.map(|p| p.id),
    };
    if worker.person.is_some_and(|me| person == Some(me) || account.person_id == Some(me)) {
        return Err(Error::new(&faults::OWN_AFFAIR));
    }
    use links::dsl as l;
    let row = diesel::update(l::links.find(id));
    let next = (l::state.eq(to), l::version.eq(l::version + 1));
    match what.verdict {
        Verdict::Confirm => {
            if account.identity != Identity::Confirmed {
                return Err(Error::new(&faults::IDENTITY_UNCONFIRMED));
            }
            let person = person.ok_or_else(|| Error::new(&faults::PERSON_UNREGISTERED))?;
            // The resident chose the link's area; the register's word counts once it knows the person.
            if !persons::find(c, person)?.is_some_and(|p| worker.knows_residents_of(&p.area)) {
                return Err(Error::not_found());
            }
            let by = (l::confirmed_by.eq(worker.id), l::confirmed_at.eq(what.now), l::person_id.eq(person));
            row.set((next, by, l::valid_from.eq(&what.today), l::valid_to.eq(&what.last_day))).execute(c)?;
        }
        Verdict::Refuse => {
            row.set((next, l::confirmed_by.eq(worker.id), l::confirmed_at.eq(what.now))).execute(c)?;
        }
        Verdict::End => {
            row.set((next, l::valid_to.eq(&what.today))).execute(c)?;
        }
    }
    find(c, id)
}

/// Links of a state in the worker's areas, the oldest first, one more than a page.
///
/// # Errors
/// Those of the database.
pub fn in_state(c: &mut AnyConn, worker: &Worker, state: LinkState, after: Option<After>, limit: i64) -> Result<Vec<Link>> {
    use links::dsl as l;
    type Scope = Box<dyn BoxableExpression<links::table, MultiBackend, SqlType = Bool>>;
    let posts = worker.posts.iter().filter(|p| matches!(p.role, Role::Commissioner | Role::TownOfficer | Role::CountyOfficer));
    let scope = posts.fold(None, |scope: Option<Scope>, post| {
        let prefix = post.area.prefix();
        let here = l::area.between(format!("{prefix:0<12}"), format!("{prefix:9<12}"));
        Some(match scope {
            Some(scope) => Box::new(scope.or(here)),
            None => Box::new(here),
        })
    });
    let Some(scope) = scope else { return Ok(Vec::new()) };
    let mut rows = l::links.filter(l::state.eq(state)).filter(scope).into_boxed::<MultiBackend>();
    if let Some(After { at, id }) = after {
        rows = rows.filter(l::created_at.gt(at).or(l::created_at.eq(at).and(l::id.gt(id))));
    }
    let rows = rows.order((l::created_at, l::id)).limit(limit.saturating_add(1)).select(Link::as_select());
    Ok(rows.load(c)?)
}
