//! Who must not handle a ticket: whose work was rated, and whoever it is about or whose family it is about.

use diesel::prelude::*;

use super::ticket::{Kind, Ticket};
use crate::office::accounts::guards::Worker;
use crate::office::accounts::serving::serving;
use crate::office::cases::record::history::case_events;
use crate::office::cases::service::Office;
use crate::office::people::kin;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::{Desk, Role};

/// Whom a ticket concerns too closely.
pub(crate) struct Concerned {
    /// Workers who acted on the case that was rated.
    rated: Vec<Id>,
    person: Option<Id>,
}

impl Concerned {
    /// By a ticket's facts.
    pub fn by(c: &mut AnyConn, kind: Kind, case: Option<Id>, person: Option<Id>) -> Result<Concerned> {
        let rated = match case {
            Some(case) if kind == Kind::BadRating => workers_of(c, vec![case])?.into_iter().map(|(_, worker)| worker).collect(),
            _ => Vec::new(),
        };
        Ok(Concerned { rated, person })
    }

    pub fn of(c: &mut AnyConn, ticket: &Ticket) -> Result<Concerned> {
        Concerned::by(c, ticket.kind, ticket.case_id, ticket.person_id)
    }

    /// The worker's own work was rated; they do not learn by whom.
    pub fn rated(&self, worker: Id) -> bool {
        self.rated.contains(&worker)
    }

    fn holds_off(&self, c: &mut AnyConn, office: &Office, worker: Id, own: Option<Id>) -> Result<bool> {
        match (own, self.person) {
            _ if self.rated(worker) => Ok(true),
            (Some(own), Some(person)) => Ok(own == person || kin::are_family(c, own, person, office.today())?),
            _ => Ok(false),
        }
    }

    /// Somebody serves this desk whom the ticket does not concern.
    pub fn leaves_somebody(&self, c: &mut AnyConn, office: &Office, desk: Desk, area: &AreaCode) -> Result<bool> {
        for (worker, own) in serving(c, desk.role(), area, None, office.now)? {
            if !self.holds_off(c, office, worker, own)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// This worker must leave the ticket to a colleague: it concerns them, and the desk has somebody else.
    pub fn must_leave(&self, c: &mut AnyConn, office: &Office, ticket: &Ticket, worker: &Worker) -> Result<bool> {
        Ok(self.holds_off(c, office, worker.id, worker.person)?
            && self.leaves_somebody(c, office, ticket.desk, &ticket.desk_area)?)
    }
}

/// Which workers acted on which of these cases.
pub(crate) fn workers_of(c: &mut AnyConn, cases: Vec<Id>) -> Result<Vec<(Id, Id)>> {
    use case_events::dsl as e;
    let acted = e::case_events
        .filter(e::case_id.eq_any(cases))
        .filter(e::actor.is_not_null().and(e::role.ne(Role::Applicant)).and(e::role.ne(Role::System)))
        .select((e::case_id, e::actor))
        .distinct();
    let rows: Vec<(Id, Option<Id>)> = acted.order((e::case_id, e::actor)).load(c)?;
    Ok(rows.into_iter().filter_map(|(case, worker)| Some((case, worker?))).collect())
}
