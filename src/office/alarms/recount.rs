//! The calendar changed: the limits of running cases are counted anew, each with a line in its history. Tickets follow in
//! `tickets/recount.rs`.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::office::cases::moving::act::act;
use crate::office::cases::moving::clocks::Counting;
use crate::office::cases::record::actor::{Act, Deed};
use crate::office::cases::record::case::{self, Case, cases};
use crate::office::cases::record::reason::OfficeReason;
use crate::office::cases::service::{Office, Services};
use crate::office::policy::county;
use crate::office::tickets;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::moments::Moment;

/// Kind of the outbox row that [`order`] leaves.
pub const RECOUNT: &str = "recount_limits";

/// Cases looked at in one write.
const CHUNK: i64 = 200;

/// Which cases are still to be looked at.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Recount {
    after: Option<Id>,
}

/// Asks for a recount, in the write that changes the calendar; the worker does it in small writes.
pub fn order(c: &mut AnyConn, keys: &Keyring, now: Moment) -> Result<()> {
    push(c, keys, Recount { after: None }, now)?;
    tickets::recount::order(c, keys, tickets::recount::Recount::default(), now)
}

fn push(c: &mut AnyConn, keys: &Keyring, work: Recount, now: Moment) -> Result<()> {
    outbox::push(c, keys, &Effect { kind: RECOUNT, class: Class::Repeatable, lane: RECOUNT, body: &work }, now)
}

/// Counts one chunk anew and asks for the next.
pub async fn run(app: &App, services: &Services, work: Recount) -> Result<()> {
    let office = Office::of(app, services);
    app.db
        .write(move |c| {
            let running = cases::clock_from.is_not_null().or(cases::total_from.is_not_null());
            let mut live = cases::table.filter(cases::ended_at.is_null().and(running)).into_boxed::<MultiBackend>();
            if let Some(after) = work.after {
                live = live.filter(cases::id.gt(after));
            }
            let rows = live.order(cases::id).limit(CHUNK).select(<Case as Selectable<MultiBackend>>::construct_selection());
            let rows: Vec<Case> = rows.load(c)?;
            let next = rows.last().map(|case| case.id).filter(|_| i64::try_from(rows.len()).is_ok_and(|n| n == CHUNK));
            for case in rows {
                recount_case(c, &office, &case)?;
            }
            match next {
                Some(last) => push(c, &office.keys, Recount { after: Some(last) }, office.now),
                None => Ok(()),
            }
        })
        .await
}

/// Counts one case anew. When its days stay the same it gets no line of history; only the moments of the reminder, of the risk
/// and of the climb are stored.
fn recount_case(c: &mut AnyConn, office: &Office, case: &Case) -> Result<()> {
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let mut counted = case.clone();
    Counting::new(c, office, &policy)?.recount(&mut counted);
    if (counted.limit.due_at, counted.total.due_at) == (case.limit.due_at, case.total.due_at) {
        let same = (counted.limit.risk_at, counted.limit.alarm_at) == (case.limit.risk_at, case.limit.alarm_at);
        return if same { Ok(()) } else { case::update(c, &counted, case.version) };
    }
    act(c, office, case.id, Act::system(Deed::Recount, OfficeReason::CalendarChanged.code())).map(|_| ())
}
