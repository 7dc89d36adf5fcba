//! Second thoughts: where a case was before its last decision, so that whoever took it can take it back.

use serde::{Deserialize, Serialize};

use crate::office::cases::record::actor::{Act, Actor};
use crate::office::cases::record::case::Case;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::{Action, Desk, State};
use crate::rules::moments::Moment;

/// What a decision changes of a case.
#[derive(Serialize, Deserialize)]
struct Prior {
    state: State,
    chain_at: i64,
    desk: Option<Desk>,
    desk_area: Option<AreaCode>,
    desk_point: Option<Id>,
    resume_state: Option<State>,
    state_since: Moment,
    due_at: Option<Moment>,
    risk_at: Option<Moment>,
    clock_from: Option<Moment>,
    clock_days: Option<i64>,
    days_left: Option<i64>,
    total_from: Option<Moment>,
    total_days: Option<i64>,
    total_left: Option<i64>,
    total_due_at: Option<Moment>,
    alarm_at: Option<Moment>,
}

/// Decisions that can be taken back until somebody acts on them.
pub const DECISIONS: &[Action] = &[
    Action::Decline,
    Action::Forward,
    Action::SendBack,
    Action::Escalate,
    Action::RequestCorrection,
    Action::Approve,
    Action::Reject,
];

/// What leaves the memory of the last decision alone: nobody has acted on it.
fn silent(action: Action) -> bool {
    use Action::*;
    matches!(action, Remark | Urge | Remind | Recount)
}

/// Keeps in mind where the case was when a worker decides, and forgets it when somebody acts on the decision.
pub(in crate::office) fn note(case: &mut Case, before: &Case, act: &Act) -> Result<()> {
    if silent(act.action) {
        return Ok(());
    }
    (case.decided_by, case.prior) = match &act.actor {
        Actor::Worker(worker) if DECISIONS.contains(&act.action) => (Some(worker.id), Some(of(before)?)),
        _ => (None, None),
    };
    Ok(())
}

fn of(case: &Case) -> Result<String> {
    let prior = Prior {
        state: case.state,
        chain_at: case.chain_at,
        desk: case.desk,
        desk_area: case.desk_area,
        desk_point: case.desk_point,
        resume_state: case.resume_state,
        state_since: case.state_since,
        due_at: case.due_at,
        risk_at: case.risk_at,
        clock_from: case.clock_from,
        clock_days: case.clock_days,
        days_left: case.days_left,
        total_from: case.total_from,
        total_days: case.total_days,
        total_left: case.total_left,
        total_due_at: case.total_due_at,
        alarm_at: case.alarm_at,
    };
    serde_json::to_string(&prior).map_err(Error::internal)
}

/// Puts the case back to where it was; a case that had ended lives again.
pub(in crate::office) fn restore(case: &mut Case) -> Result<()> {
    let text = case.prior.take().ok_or_else(|| Error::internal("nothing to take back"))?;
    let was: Prior = serde_json::from_str(&text).map_err(Error::internal)?;
    (case.state, case.chain_at, case.resume_state, case.state_since) =
        (was.state, was.chain_at, was.resume_state, was.state_since);
    (case.desk, case.desk_area, case.desk_point) = (was.desk, was.desk_area, was.desk_point);
    (case.due_at, case.risk_at, case.alarm_at) = (was.due_at, was.risk_at, was.alarm_at);
    (case.clock_from, case.clock_days, case.days_left) = (was.clock_from, was.clock_days, was.days_left);
    (case.total_from, case.total_days) = (was.total_from, was.total_days);
    (case.total_left, case.total_due_at) = (was.total_left, was.total_due_at);
    case.decided_by = None;
    Ok(())
}
