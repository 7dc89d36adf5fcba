//! Second thoughts: where a case was before its last decision, so that whoever took it can take it back.

use crate::office::cases::record::actor::{Act, Actor};
use crate::office::cases::record::case::Case;
use crate::platform::error::{Error, Result};
use crate::rules::lifecycle::Action;

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
    let action = act.deed.action();
    match &act.actor {
        _ if silent(action) => Ok(()),
        Actor::Worker(worker) if DECISIONS.contains(&action) => case.decision.remember(worker.id, before.before()),
        _ => {
            case.decision.settle();
            Ok(())
        }
    }
}

/// Puts the case back to where it was; a case that had ended lives again.
pub(in crate::office) fn restore(case: &mut Case) -> Result<()> {
    let prior = case.decision.prior.take().ok_or_else(|| Error::internal("nothing to take back"))?;
    case.put_back(prior.into_before());
    case.decision.settle();
    Ok(())
}
