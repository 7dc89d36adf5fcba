//! What a clock does to cases: deemed accepted, reminded, lapsed, taken up again, climbed, or the public notice ends.

use diesel::prelude::*;

use crate::office::cases::access::loading;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Deed};
use crate::office::cases::record::case;
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::record::reason::OfficeReason;
use crate::office::cases::service::{Office, Services};
use crate::office::day_sheets;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;

/// How long a case that waits for somebody to take it on is left before it is looked at again.
const A_DAY_MS: i64 = 24 * 3_600_000;

/// Acts on the cases whose limit is over, each in a write of its own; answers how many. A limit includes its last
/// millisecond.
pub async fn ring(app: &App, services: &Services) -> Result<usize> {
    let now = app.clock.now();
    let due: Vec<Id> = app
        .db
        .read(move |c| {
            let due = cases::table.filter(cases::alarm_at.lt(now)).order((cases::alarm_at, cases::id)).limit(100);
            Ok(due.select(cases::id).load(c)?)
        })
        .await?;
    let mut rung = 0_usize;
    for id in due {
        let office = Office::of(app, services);
        let done = app.db.write(move |c| act_on_case(c, &office, id));
        match done.await {
            Ok(true) => rung = rung.saturating_add(1),
            Ok(false) => {}
            // One case that cannot move must not stop the others; it is tried again.
            Err(e) => tracing::error!(case = %id, error = ?e, "a clock could not move a case"),
        }
    }
    Ok(rung)
}

/// Acts on one case, if its time has come; answers whether it did.
fn act_on_case(c: &mut AnyConn, office: &Office, id: Id) -> Result<bool> {
    let mut case = case::find(c, id)?;
    // Somebody may have acted since it was found.
    if case.limit.alarm_at.is_none_or(|at| at >= office.now) {
        return Ok(false);
    }
    let stranded = case.state == State::CorrectionRequested && loading::left_behind(c, office, &case)?;
    let call = deed_when_over(&case, office.now, stranded);
    // Papers that a worker has taken along are waited for; a case that nobody may act in is looked at again once a day.
    let later = match (&call, case.limit.due_at) {
        (Some((Deed::Lapse, _)), Some(due)) => day_sheets::carried_until(c, id, due, office.now)?,
        (None, _) if stranded => Some(office.now.saturating_add(A_DAY_MS)),
        _ => None,
    };
    match call {
        Some((deed, reason)) if later.is_none() => act(c, office, id, Act::system(deed, reason.code())).map(|_| true),
        _ => {
            case.limit.alarm_at = later;
            case::update(c, &case, case.version).map(|()| false)
        }
    }
}

/// What is done when the limit of a case is over. A correction that nobody may answer at present (`stranded`: the applicant's
/// right to act has ended) does not lapse: the case is put on hold until somebody may answer, and then goes on.
fn deed_when_over(case: &Case, now: Moment, stranded: bool) -> Option<(Deed, OfficeReason)> {
    Some(match case.state {
        State::Submitted => (Deed::DeemAccepted, OfficeReason::NotAnsweredInTime),
        State::Draft => (Deed::Expire, OfficeReason::DraftExpired),
        State::CorrectionRequested if stranded && case.hold.is_on() => return None,
        State::CorrectionRequested if stranded => (Deed::Hold { reason: None }, OfficeReason::NobodyMends),
        State::CorrectionRequested if case.hold.is_on() => (Deed::Resume, OfficeReason::MayMendAgain),
        State::CorrectionRequested if case.limit.due_at.is_some_and(|due| due >= now) => {
            (Deed::Remind, OfficeReason::CorrectionDueSoon)
        }
        State::CorrectionRequested => (Deed::Lapse, OfficeReason::NotCorrectedInTime),
        State::PublicNotice => (Deed::EndNotice, OfficeReason::NoticeEnded),
        State::InReview if case.hold.is_on() => (Deed::Resume, OfficeReason::HeldLongEnough),
        State::InReview => (Deed::Climb, OfficeReason::NotDecidedInTime),
        _ => return None,
    })
}
