//! The queue of a worker's desks: one definition for the list, its counts and get-next.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::guards::Worker;
use crate::office::cases::access::four_eyes::conflicted;
use crate::office::cases::moving::act::act;
use crate::office::cases::moving::clocks;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::record::codes;
use crate::office::cases::service::Office;
use crate::office::cases::showing::mine::summaries;
use crate::office::cases::showing::views::CaseSummary;
use crate::office::policy::county;
use crate::platform::db::query::Boxed;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Desk, State};
use crate::rules::moments::Moment;

coded_enum! {
    /// A part of what lies on a worker's desks.
    pub enum View {
        All = "all", "全部待办";
        Mine = "mine", "我领取的";
        Pool = "pool", "还没有人领取的";
        AtRisk = "at_risk", "临近期限的";
        Overdue = "overdue", "已超期的";
        Urged = "urged", "申请人催办的";
        Held = "held", "暂缓办理的";
        Waiting = "waiting", "等待申请人补正的";
    }
}

/// What of the desks to show.
#[derive(Clone, Debug)]
pub struct Filter {
    pub service: Option<String>,
    pub state: Option<State>,
    pub view: View,
}

/// Exact numbers of the queue, each of one view.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueCounts {
    pub total: i64,
    /// Claimed by the caller.
    pub mine: i64,
    /// Claimed by nobody.
    pub pool: i64,
    pub at_risk: i64,
    pub overdue: i64,
    /// The applicant asked to hurry.
    pub urged: i64,
    /// Put off with a reason.
    pub held: i64,
    /// Waiting for the applicant's correction; not in the total.
    pub waiting: i64,
    pub by_service: Vec<ServiceCount>,
}

/// How many of one service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceCount {
    pub service: Labelled,
    pub count: i64,
}

/// The one definition: applied to the list and to each count alike.
fn on_desks<'a, S, G>(
    mut query: Boxed<'a, cases::table, S, G>,
    worker: &Worker,
    filter: &Filter,
    now: Moment,
) -> Boxed<'a, cases::table, S, G> {
    let mut any = false;
    for (desk, area, point) in places(worker) {
        any = true;
        let desk = cases::desk.eq(Some(desk));
        query = match (area, point) {
            (_, Some(point)) => query.or_filter(desk.and(cases::desk_point.eq(Some(point)))),
            (Place::Exactly(code), None) => query.or_filter(desk.and(cases::desk_area.eq(Some(code)))),
            (Place::Within(from, to), None) => query.or_filter(desk.and(cases::desk_area.between(Some(from), Some(to)))),
        };
    }
    if !any {
        query = query.filter(cases::version.lt(0));
    }
    if let Some(service) = &filter.service {
        query = query.filter(cases::service.eq(service.clone()));
    }
    if let Some(state) = filter.state {
        query = query.filter(cases::state.eq(state));
    }
    // What waits for the applicant or for a notice to end lies on the desk, but is nobody's work now.
    if filter.view == View::Waiting {
        query = query.filter(cases::state.eq(State::CorrectionRequested));
    } else {
        query = query.filter(cases::state.ne(State::CorrectionRequested)).filter(cases::state.ne(State::PublicNotice));
    }
    match filter.view {
        View::All | View::Waiting => query,
        View::Mine => query.filter(cases::claimed_by.eq(Some(worker.id)).and(cases::claim_until.gt(Some(now)))),
        View::Pool => {
            let free = cases::claim_until.is_null().or(cases::claim_until.le(Some(now)));
            query.filter(free).filter(cases::held_at.is_null())
        }
        View::AtRisk => query.filter(cases::risk_at.le(Some(now)).and(cases::due_at.ge(Some(now)))),
        View::Overdue => query.filter(cases::due_at.lt(Some(now))),
        View::Urged => query.filter(cases::urged_at.ge(cases::state_since.nullable())),
        View::Held => query.filter(cases::held_at.is_not_null()),
    }
}

enum Place {
    Exactly(AreaCode),
    Within(AreaCode, AreaCode),
}

/// Where a worker's posts let them act.
fn places(worker: &Worker) -> Vec<(Desk, Place, Option<Id>)> {
    let place = |desk: Desk, area: &AreaCode| {
        // The usual post is as wide as its desk: one value of the index.
        if area.level() == desk.level() {
            return Place::Exactly(*area);
        }
        let (from, to) = area.bounds();
        Place::Within(from, to)
    };
    let posts = worker.posts.iter().filter_map(|p| Some((p.role.desk()?, p)));
    let usable = posts.filter(|(desk, p)| !desk.at_points() || p.point.is_some());
    usable.map(|(desk, p)| (desk, place(desk, &p.area), p.point.filter(|_| desk.at_points()))).collect()
}

/// Oldest first; one row more than `limit` when there are more.
pub fn list(
    c: &mut AnyConn,
    office: &Office,
    worker: &Worker,
    f: &Filter,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<(After, CaseSummary)>> {
    let rows = rows(c, office, worker, f, after, limit.saturating_add(1))?;
    summaries(c, office, rows, |case| case.course.submitted_at.map_or(0, Moment::ms))
}

fn rows(c: &mut AnyConn, office: &Office, worker: &Worker, f: &Filter, after: Option<After>, most: i64) -> Result<Vec<Case>> {
    let mut page = on_desks(cases::table.into_boxed(), worker, f, office.now);
    if let Some(a) = after {
        let later = cases::submitted_at.gt(Some(a.at));
        page = page.filter(later.or(cases::submitted_at.eq(Some(a.at)).and(cases::id.gt(a.id))));
    }
    let page = page.order((cases::submitted_at, cases::id)).limit(most);
    Ok(page.select(<Case as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// How many, by the same definition.
pub fn counts(c: &mut AnyConn, office: &Office, worker: &Worker, f: &Filter) -> Result<QueueCounts> {
    let mut count = |view: View| -> Result<i64> {
        let f = Filter { view, ..f.clone() };
        let all = cases::table.select(diesel::dsl::count_star()).into_boxed();
        Ok(on_desks(all, worker, &f, office.now).get_result(c)?)
    };
    let total = count(View::All)?;
    let mine = count(View::Mine)?;
    let pool = count(View::Pool)?;
    let at_risk = count(View::AtRisk)?;
    let overdue = count(View::Overdue)?;
    let urged = count(View::Urged)?;
    let held = count(View::Held)?;
    let waiting = count(View::Waiting)?;
    let f = Filter { view: View::All, ..f.clone() };
    let by = cases::table.group_by(cases::service).select((cases::service, diesel::dsl::count_star()));
    let rows: Vec<(String, i64)> = on_desks(by.into_boxed(), worker, &f, office.now).order(cases::service).load(c)?;
    let mut by_service = Vec::new();
    for (code, count) in rows {
        let service = office.services.get(&code)?;
        by_service.push(ServiceCount { service: Labelled::new(service.code(), service.label()), count });
    }
    Ok(QueueCounts { total, mine, pool, at_risk, overdue, urged, held, waiting, by_service })
}

/// Claims the oldest case that this worker may work on; 20010 when there is none.
pub fn next(c: &mut AnyConn, office: &Office, worker: &Worker, f: &Filter) -> Result<Case> {
    let pool = Filter { view: View::Pool, ..f.clone() };
    for case in rows(c, office, worker, &pool, None, 50)? {
        let policy = county::pinned(c, case.policy_id)?;
        let may_be_undone = case.state == State::Submitted && office.now <= clocks::undo_until(&case, &policy.common);
        if may_be_undone || conflicted(c, office, &case, worker.id, worker.person)? {
            continue;
        }
        let claim = Act::new(Actor::Worker(worker.clone()), Deed::Claim).seeing(case.version);
        match act(c, office, case.id, claim) {
            // This case cannot be claimed now; nothing was written, so the next one is tried.
            Err(e) if e.code() == &codes::NOT_NOW => {}
            taken => return taken,
        }
    }
    Err(Error::new(&codes::QUEUE_EMPTY))
}
