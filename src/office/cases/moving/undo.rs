//! Taking a decision back: the case keeps where it was before its last decision, until somebody acts on that decision.

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

/// Actions after which the last decision can still be taken back, because nobody has acted on it.
fn leaves_decision_open(action: Action) -> bool {
    use Action::*;
    matches!(action, Remark | Urge | Extend | Remind | Recount)
}

/// Keeps where the case was when a worker decides, and drops it when somebody acts on the decision.
pub(in crate::office) fn note(case: &mut Case, before: &Case, act: &Act) -> Result<()> {
    let action = act.deed.action();
    match &act.actor {
        _ if leaves_decision_open(action) => Ok(()),
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
