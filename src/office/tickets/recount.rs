//! The calendar changed: the days of open tickets are counted anew, each with a line in its timeline.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::entries::{self, Entry, Step};
use super::ticket::{Ticket, tickets};
use crate::office::cases::service::{Office, Services};
use crate::office::policy::calendar;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

/// Kind of the outbox row that [`order`] leaves.
pub const RECOUNT: &str = "recount_tickets";

/// Tickets looked at in one write.
const CHUNK: i64 = 200;

/// Which tickets are still to be looked at.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Recount {
    after: Option<Id>,
}

/// Asks for a recount from the beginning or from where one chunk ended; the worker does it in small writes.
pub fn order(c: &mut AnyConn, keys: &Keyring, work: Recount, now: Moment) -> Result<()> {
    outbox::push(c, keys, &Effect { kind: RECOUNT, class: Class::Repeatable, lane: RECOUNT, body: &work }, now)
}

/// Counts one chunk anew and asks for the next.
pub async fn run(app: &App, services: &Services, work: Recount) -> Result<()> {
    let office = Office::of(app, services);
    app.db
        .write(move |c| {
            let mut running = tickets::table.filter(tickets::clock_from.is_not_null()).into_boxed::<MultiBackend>();
            if let Some(after) = work.after {
                running = running.filter(tickets::id.gt(after));
            }
            let rows = running.order(tickets::id).limit(CHUNK);
            let rows: Vec<Ticket> = rows.select(<Ticket as Selectable<MultiBackend>>::construct_selection()).load(c)?;
            let next = rows.last().map(|t| t.id).filter(|_| i64::try_from(rows.len()).is_ok_and(|n| n == CHUNK));
            let days = calendar::load_around(c, office.today())?;
            for mut ticket in rows {
                if ticket.recount(&days) {
                    let entry = Entry { step: Step::Recounted, role: Role::System, actor: None, words: None };
                    entries::store(c, &office, &mut ticket, &entry)?;
                }
            }
            match next {
                Some(last) => order(c, &office.keys, Recount { after: Some(last) }, office.now),
                None => Ok(()),
            }
        })
        .await
}
