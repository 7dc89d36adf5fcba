//! The clocks of a case: working days by the calendar, standing still while the office cannot act.

use super::case::Case;
use super::service::Spine;
use crate::office::policy::calendar;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::State;

/// Until when the applicant may take a submission back, epoch milliseconds.
pub fn undo_until(case: &Case, policy: &CommonPolicy) -> i64 {
    let minutes = i64::from(policy.undo_minutes).saturating_mul(60_000);
    case.submitted_at.map_or(0, |at| at.saturating_add(minutes))
}

/// A draft that nobody submits is kept for sixty days, so that it does not stand in the way of a new one for ever.
pub fn draft_until(begun_at: i64) -> i64 {
    begun_at.saturating_add(60 * 24 * 3_600_000)
}

/// Before a move: stops the clock when the new state stands still.
pub(super) fn before(c: &mut AnyConn, spine: &Spine, case: &mut Case, from: State) -> Result<()> {
    if case.state == from {
        return Ok(());
    }
    if case.state == State::CorrectionRequested {
        case.resume_state = Some(from);
        if let Some(due) = case.due_at {
            let days = calendar::load_around(c, spine.today())?;
            case.days_left = Some(days.working_days_between(spine.today(), beijing_date(due)).max(1));
        }
    }
    Ok(())
}

/// After a move: what is due when, and when the system must look.
pub(super) fn after(c: &mut AnyConn, spine: &Spine, case: &mut Case, policy: &CommonPolicy, from: State) -> Result<()> {
    let resumed = (from == State::CorrectionRequested).then_some(case.days_left).flatten();
    let days = match (case.state, resumed) {
        (_, Some(left)) => u32::try_from(left).ok(),
        (State::Submitted, None) => Some(policy.accept_days),
        (State::InReview, None) => Some(policy.review_days),
        (State::CorrectionRequested, None) => Some(policy.correction_days),
        (State::PublicNotice, None) => Some(policy.notice_days),
        _ => None,
    };
    if resumed.is_some() {
        (case.resume_state, case.days_left) = (None, None);
    }
    case.due_at = match days {
        Some(days) => Some(calendar::load_around(c, spine.today())?.due_at(spine.now, days)),
        None => None,
    };
    // Deemed accepted, lapsed, or the end of a public notice.
    if case.state == State::Draft {
        case.alarm_at = Some(draft_until(spine.now));
        return Ok(());
    }
    let watched = matches!(case.state, State::Submitted | State::CorrectionRequested | State::PublicNotice);
    case.alarm_at = if watched { case.due_at } else { None };
    Ok(())
}
