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

/// Acts on the cases whose time is over, each in a write of its own; answers how many. A limit's last millisecond is still
/// part of it.
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
        let done = app.db.write(move |c| one(c, &office, id));
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
fn one(c: &mut AnyConn, office: &Office, id: Id) -> Result<bool> {
    let mut case = case::find(c, id)?;
    // Somebody may have acted since it was found.
    if case.limit.alarm_at.is_none_or(|at| at >= office.now) {
        return Ok(false);
    }
    let stranded = case.state == State::CorrectionRequested && loading::left_behind(c, office, &case)?;
    let call = calls_for(&case, office.now, stranded);
    // What a worker carries is waited for; who is stranded is looked after once a day.
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

/// What is done when the time of a case is over. Nobody's silence ends a case that they may not act in: its days stand
/// until somebody may.
fn calls_for(case: &Case, now: Moment, stranded: bool) -> Option<(Deed, OfficeReason)> {
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
