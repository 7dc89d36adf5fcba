//! Lists of tickets: a worker's desks and a resident's own, each with its counts from one definition.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ticket::{Kind, Ticket, tickets};
use crate::labelled;
use crate::office::accounts::guards::Worker;
use crate::platform::db::query::Boxed;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Desk;
use crate::rules::moments::Moment;

use super::place::LADDER;

/// What of the desks to show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub kind: Option<Kind>,
    /// Only what this worker claimed.
    pub mine: bool,
    /// Only what nobody has claimed.
    pub pool: bool,
    /// Only what is past its day.
    pub overdue: bool,
}

/// Exact numbers of the queue.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketCounts {
    pub total: i64,
    /// Claimed by the caller.
    pub mine: i64,
    /// Claimed by nobody.
    pub pool: i64,
    pub overdue: i64,
    pub by_kind: Vec<TicketKindCount>,
}

/// How many of one kind.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketKindCount {
    pub kind: Labelled<Kind>,
    pub count: i64,
}

/// The one definition of the queue: what the office must act on, at the desks of this worker.
fn on_desks<'a, S, G>(
    mut query: Boxed<'a, tickets::table, S, G>,
    worker: &Worker,
    filter: &Filter,
    now: Moment,
) -> Boxed<'a, tickets::table, S, G> {
    let mut any = false;
    for (desk, first, last) in places(worker) {
        any = true;
        query = query.or_filter(tickets::desk.eq(desk).and(tickets::desk_area.between(first, last)));
    }
    if !any {
        query = query.filter(tickets::version.lt(0));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(tickets::kind.eq(kind));
    }
    if filter.mine {
        query = query.filter(tickets::claimed_by.eq(Some(worker.id)).and(tickets::claim_until.gt(Some(now))));
    }
    if filter.pool {
        query = query.filter(tickets::claim_until.is_null().or(tickets::claim_until.le(Some(now))));
    }
    if filter.overdue {
        query = query.filter(tickets::due_at.lt(Some(now)));
    }
    query.filter(tickets::due_at.is_not_null())
}

/// The desks of a worker, each with the first and last area code of the post; a post as wide as its desk is one code.
fn places(worker: &Worker) -> Vec<(Desk, AreaCode, AreaCode)> {
    let mut all = Vec::new();
    for post in &worker.posts {
        let Some((desk, level)) = LADDER.into_iter().find(|(desk, _)| desk.role() == post.role) else { continue };
        let (first, last) = post.area.bounds();
        let last = if post.area.level() == level { first } else { last };
        all.push((desk, first, last));
    }
    all
}

/// The soonest due first; one row more than `limit` when there are more.
pub(crate) fn list(
    c: &mut AnyConn,
    worker: &Worker,
    f: &Filter,
    now: Moment,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Ticket>> {
    let mut page = on_desks(tickets::table.into_boxed(), worker, f, now);
    if let Some(a) = after {
        page = page.filter(tickets::due_at.gt(Some(a.at)).or(tickets::due_at.eq(Some(a.at)).and(tickets::id.gt(a.id))));
    }
    let page = page.order((tickets::due_at, tickets::id)).limit(limit.saturating_add(1));
    Ok(page.select(<Ticket as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// How many, by the same definition.
pub(crate) fn counts(c: &mut AnyConn, worker: &Worker, f: &Filter, now: Moment) -> Result<TicketCounts> {
    let mut count = |f: &Filter| -> Result<i64> {
        let all = tickets::table.select(diesel::dsl::count_star()).into_boxed();
        Ok(on_desks(all, worker, f, now).get_result(c)?)
    };
    let total = count(f)?;
    let mine = count(&Filter { mine: true, ..f.clone() })?;
    let pool = count(&Filter { pool: true, ..f.clone() })?;
    let overdue = count(&Filter { overdue: true, ..f.clone() })?;
    let by = tickets::table.group_by(tickets::kind).select((tickets::kind, diesel::dsl::count_star()));
    let rows: Vec<(Kind, i64)> = on_desks(by.into_boxed(), worker, f, now).order(tickets::kind).load(c)?;
    let by_kind = rows.into_iter().map(|(kind, count)| TicketKindCount { kind: labelled!(kind), count }).collect();
    Ok(TicketCounts { total, mine, pool, overdue, by_kind })
}

/// The one definition of a resident's own tickets.
fn own<'a>(account: Id, live: Option<bool>) -> tickets::BoxedQuery<'a, MultiBackend> {
    let all = tickets::table.filter(tickets::account_id.eq(Some(account))).into_boxed();
    match live {
        Some(true) => all.filter(tickets::ended_at.is_null()),
        Some(false) => all.filter(tickets::ended_at.is_not_null()),
        None => all,
    }
}

/// A resident's tickets, the newest first; one row more than `limit` when there are more.
pub(crate) fn list_own(
    c: &mut AnyConn,
    account: Id,
    live: Option<bool>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Ticket>> {
    let mut page = own(account, live);
    if let Some(a) = after {
        page = page.filter(tickets::created_at.lt(a.at).or(tickets::created_at.eq(a.at).and(tickets::id.lt(a.id))));
    }
    let page = page.order((tickets::created_at.desc(), tickets::id.desc())).limit(limit.saturating_add(1));
    Ok(page.select(<Ticket as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// How many tickets of an account are not closed, by the definition of its list.
pub fn live_of(c: &mut AnyConn, account: Id) -> Result<i64> {
    Ok(own(account, Some(true)).count().get_result(c)?)
}

/// How many of those wait for the resident to say whether the answer solved it.
pub fn answered_of(c: &mut AnyConn, account: Id) -> Result<i64> {
    Ok(own(account, Some(true)).filter(tickets::due_at.is_null()).count().get_result(c)?)
}

/// A call or visit that somebody asked for.
#[derive(Clone, Debug)]
pub struct AskedContact {
    pub id: Id,
    pub kind: Kind,
    pub person: Id,
    pub due_at: Option<Moment>,
}

/// The calls and visits that the office owes people of a village, the soonest due first, at most `most`.
pub fn asked_contacts_in(c: &mut AnyConn, village: &AreaCode, most: i64) -> Result<Vec<AskedContact>> {
    let here = tickets::area.eq(village.to_string()).and(tickets::ended_at.is_null());
    let open = tickets::kind.eq_any([Kind::PhoneCall, Kind::Visit]).and(tickets::due_at.is_not_null());
    let rows: Vec<(Id, Kind, Option<Id>, Option<Moment>)> = tickets::table
        .filter(here.and(open).and(tickets::person_id.is_not_null()))
        .order((tickets::due_at, tickets::id))
        .limit(most)
        .select((tickets::id, tickets::kind, tickets::person_id, tickets::due_at))
        .load(c)?;
    let contact = |(id, kind, person, due_at): (Id, Kind, Option<Id>, Option<Moment>)| {
        Some(AskedContact { id, kind, person: person?, due_at })
    };
    Ok(rows.into_iter().filter_map(contact).collect())
}
