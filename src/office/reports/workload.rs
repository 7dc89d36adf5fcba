//! Who has claimed and decided how much, and how often the next desk gave it back.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{report_lines, report_moves};
use crate::office::accounts::staff;
use crate::office::cases::moving::undo::DECISIONS;
use crate::office::cases::record::case::cases;
use crate::office::cases::record::history::case_events;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{Period, Scope};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::sheets::{Cell, Table};
use crate::rules::lifecycle::Action;
use crate::rules::moments::Moment;

/// Work by worker.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Workload {
    pub period: Period,
    /// One for each worker who has claimed or decided something, whoever decided most first.
    pub rows: Vec<WorkerRow>,
}

/// The work of one worker.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkerRow {
    /// Who it is, for leaders and administrators of all that is asked; null for others.
    pub worker: Option<WorkerName>,
    /// Cases that the worker has claimed now.
    pub open_claims: i64,
    /// Decisions in the period: forwarded, sent back, escalated, correction asked for, approved, refused.
    pub decided: i64,
    /// Of what the worker passed on, how often the next desk sent it back in the period.
    pub returned: i64,
}

/// A worker by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkerName {
    pub id: Id,
    #[schema(example = "王芳")]
    pub name: String,
}

#[derive(Clone, Copy, Default)]
struct Work {
    open: i64,
    decided: i64,
    returned: i64,
}

/// Counts it: two grouped queries, and an ordered read of the cases that were sent back in the period.
pub fn count(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Workload> {
    let mut found: BTreeMap<Id, Work> = BTreeMap::new();
    for (worker, n) in claims(c, office, scope)? {
        found.entry(worker).or_default().open = n;
    }
    for (worker, n) in decisions(c, scope)? {
        found.entry(worker).or_default().decided = n;
    }
    for (worker, n) in sent_back(c, scope)? {
        found.entry(worker).or_default().returned = n;
    }
    let names: BTreeMap<Id, String> = match scope.names {
        true => staff::names(c, found.keys().copied().collect())?.into_iter().collect(),
        false => BTreeMap::new(),
    };
    let row = |(id, work): (Id, Work)| {
        let worker = names.get(&id).map(|name| WorkerName { id, name: name.clone() });
        WorkerRow { worker, open_claims: work.open, decided: work.decided, returned: work.returned }
    };
    let mut rows: Vec<WorkerRow> = found.into_iter().map(row).collect();
    // Sorted by the figures only: an order by name or id would tell who is who.
    rows.sort_by_key(|r| std::cmp::Reverse((r.decided, r.open_claims, r.returned)));
    Ok(Workload { period: scope.period, rows })
}

/// As the queue's "mine" counts them.
fn claims(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Vec<(Id, i64)>> {
    let held = cases::table.group_by(cases::claimed_by).select((cases::claimed_by, diesel::dsl::count_star()));
    let held = within!(held, cases, scope).filter(cases::claim_until.gt(Some(office.now))).filter(cases::ended_at.is_null());
    let held: Vec<(Option<Id>, i64)> = held.order(cases::claimed_by).load(c)?;
    Ok(held.into_iter().filter_map(|(worker, n)| Some((worker?, n))).collect())
}

fn decisions(c: &mut AnyConn, scope: &Scope) -> Result<Vec<(Id, i64)>> {
    use report_lines as l;
    let (from, to) = scope.moments();
    let lines = l::table.group_by(l::actor).select((l::actor, diesel::dsl::count_star()));
    let lines = within!(lines, l, scope).filter(l::action.eq_any(DECISIONS)).filter(l::at.between(from, to));
    let lines: Vec<(Option<Id>, i64)> = lines.order(l::actor).load(c)?;
    Ok(lines.into_iter().filter_map(|(worker, n)| Some((worker?, n))).collect())
}

/// Who passed on what came back.
fn sent_back(c: &mut AnyConn, scope: &Scope) -> Result<BTreeMap<Id, i64>> {
    use report_moves as l;
    let (from, to) = scope.moments();
    let back = case_events::table.filter(case_events::action.eq(Action::SendBack)).filter(case_events::at.between(from, to));
    let lines = l::table.select((l::case_id, l::at, l::action, l::actor));
    let lines = within!(lines, l, scope).filter(l::case_id.eq_any(back.select(case_events::case_id)));
    let moves = [DECISIONS, &[Action::Climb, Action::TakeBack]].concat();
    let lines = lines.filter(l::action.eq_any(moves)).filter(l::at.le(to)).order((l::case_id, l::seq));
    let lines: Vec<(Id, Moment, Action, Option<Id>)> = lines.load(c)?;
    let mut returned = BTreeMap::new();
    for lines in lines.chunk_by(|a, b| a.0 == b.0) {
        for worker in passed_on(lines.iter().map(|(_, at, action, actor)| (*at >= from, *action, *actor))) {
            let count: &mut i64 = returned.entry(worker).or_default();
            *count = count.saturating_add(1);
        }
    }
    Ok(returned)
}

/// What the last line did to the pile of those who passed the case on.
enum Last {
    Passed,
    /// Who had passed it on, and whether the return was counted.
    Returned(Option<Id>, bool),
    Else,
}

/// Of one case, in order: those whose passing on was sent back while `counts`, and not taken back again.
fn passed_on(lines: impl Iterator<Item = (bool, Action, Option<Id>)>) -> Vec<Id> {
    let mut pile = Vec::new();
    let mut returned = Vec::new();
    let mut last = Last::Else;
    for (counts, action, actor) in lines {
        last = match (action, last) {
            (Action::Forward | Action::Escalate | Action::Climb, _) => {
                pile.push(actor);
                Last::Passed
            }
            (Action::SendBack, _) => {
                let who: Option<Id> = pile.pop().flatten();
                returned.extend(who.filter(|_| counts));
                Last::Returned(who, counts && who.is_some())
            }
            (Action::TakeBack, Last::Passed) => {
                pile.pop();
                Last::Else
            }
            (Action::TakeBack, Last::Returned(who, counted)) => {
                pile.push(who);
                if counted {
                    returned.pop();
                }
                Last::Else
            }
            _ => Last::Else,
        };
    }
    returned
}

impl Workload {
    pub fn tables(&self) -> Vec<Table> {
        let line = |r: &WorkerRow| {
            let name = r.worker.as_ref().map_or("（不显示）", |w| w.name.as_str());
            std::iter::once(Cell::text(name)).chain([r.open_claims, r.decided, r.returned].map(Cell::Number)).collect()
        };
        let head = vec!["工作人员", "手上在办件数", "期间办理件次", "被下一环节退回次数"];
        vec![Table { name: "工作量", head, rows: self.rows.iter().map(line).collect() }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_of_whoever_passed_it_on_level_by_level_unless_it_was_taken_back() {
        use Action::*;
        let [village, town, county] = [1, 2, 3].map(|ms| Id::at(Moment::of_ms(ms)));
        let up = [(true, Forward, Some(village)), (true, Forward, Some(town))];
        let back = |who| (true, SendBack, Some(who));
        let of = |more: &[(bool, Action, Option<Id>)]| passed_on(up.iter().chain(more).copied());
        assert_eq!(of(&[back(county), back(town)]), [town, village]);
        assert_eq!(of(&[back(county), (true, TakeBack, Some(county))]), []);
        assert_eq!(of(&[back(county), (true, TakeBack, Some(county)), back(county)]), [town]);
        assert_eq!(of(&[(true, TakeBack, Some(town)), back(town)]), [village]);
        assert_eq!(of(&[(true, Reject, Some(county)), (true, TakeBack, Some(county)), back(county)]), [town]);
        assert_eq!(of(&[(false, SendBack, Some(county))]), []);
        assert_eq!(of(&[(true, Climb, None), back(county)]), []);
    }
}
