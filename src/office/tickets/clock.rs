//! What a clock does to tickets whose time is over: late ones climb to the next desk up, answered ones close when nobody objects.

use diesel::prelude::*;

use super::entries::{self, Entry, Step};
use super::ticket::{self, Outcome, Ticket, TicketState, tickets};
use super::{acts, place, terms};
use crate::office::cases::service::{Office, Services};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::lifecycle::Role;

/// Acts on the tickets whose time is over, each in a write of its own; answers how many.
pub async fn ring(app: &App, services: &Services) -> Result<usize> {
    let now = app.clock.now();
    let due = app.db.read(move |c| {
        let due = tickets::table.filter(tickets::alarm_at.lt(now)).order((tickets::alarm_at, tickets::id)).limit(100);
        Ok(due.select(tickets::id).load::<Id>(c)?)
    });
    let mut rung = 0_usize;
    for id in due.await? {
        let office = Office::of(app, services);
        match app.db.write(move |c| act_on_ticket(c, &office, id)).await {
            Ok(true) => rung = rung.saturating_add(1),
            Ok(false) => {}
            // One ticket that cannot move must not stop the others; it is tried again.
            Err(e) => tracing::error!(ticket = %id, error = ?e, "a clock could not move a ticket"),
        }
    }
    Ok(rung)
}

fn act_on_ticket(c: &mut AnyConn, office: &Office, id: Id) -> Result<bool> {
    let mut ticket = ticket::find(c, id)?;
    // Somebody may have acted since it was found.
    if ticket.alarm_at.is_none_or(|at| at >= office.now) {
        return Ok(false);
    }
    if ticket.state == TicketState::Answered {
        let entry = Entry { step: Step::Closed, role: Role::System, actor: None, words: None };
        acts::end(c, office, &mut ticket, Outcome::NoReply, &entry)?;
        return Ok(true);
    }
    climb(c, office, &mut ticket)
}

/// No desk is above the county's: the ticket stays there, overdue, and is not looked at again.
fn climb(c: &mut AnyConn, office: &Office, ticket: &mut Ticket) -> Result<bool> {
    let Some(up) = place::above(ticket.desk) else {
        let loaded = ticket.version;
        ticket.alarm_at = None;
        ticket::update(c, ticket, loaded)?;
        return Ok(true);
    };
    let (_, terms) = terms::of(c, &ticket.county)?;
    acts::move_to(c, office, ticket, up, &terms)?;
    entries::store(c, office, ticket, &Entry { step: Step::Climbed, role: Role::System, actor: None, words: None })?;
    Ok(true)
}
