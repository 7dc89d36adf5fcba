//! Opening a ticket: by a resident, by a bad rating, or because no channel reaches somebody.

use super::entries::{self, Entry, Step};
use super::four_eyes::Concerned;
use super::ticket::{self, Kind, Ticket, TicketState, key_place};
use super::{acts, place, terms};
use crate::office::cases::filing::drafts;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;

/// A ticket to be opened.
#[derive(Clone, Debug)]
pub struct NewTicket {
    pub kind: Kind,
    /// Village, town or county where the matter is; it decides the desk.
    pub area: AreaCode,
    /// Whom it is about.
    pub person: Option<Id>,
    pub case: Option<Id>,
    /// Who reads the answer.
    pub account: Option<Id>,
    /// [`Role::Applicant`] when the account asked for it, [`Role::System`] otherwise.
    pub by: Role,
    /// What it is about, in plain words; sealed at rest.
    pub text: String,
}

impl NewTicket {
    /// One call or visit lives for a person (or account) and case.
    fn live_key(&self) -> Option<String> {
        let whom = self.person.or(self.account).filter(|_| self.kind.reaches())?;
        Some(format!("{whom}:{}", self.case.map(|c| c.to_string()).unwrap_or_default()))
    }
}

/// Opens a ticket at the desk of its kind and answers its id. A call or visit for a person and case for whom one lives
/// is not opened again: the living one gets the new words (the same words only once), and a wish for a visit makes it one.
pub fn open(c: &mut AnyConn, office: &Office, new: &NewTicket) -> Result<Id> {
    if let Some(key) = new.live_key()
        && let Some(living) = ticket::live(c, &key)?
    {
        return join(c, office, living, new);
    }
    let county = persons::county_of(&new.area);
    let (_, terms) = terms::of(c, &county)?;
    let of_kind = terms.of_kind(new.kind)?;
    let concerned = Concerned::by(c, new.kind, new.case, new.person)?;
    let (desk, desk_area) = place::from(c, office, &new.area, &concerned, of_kind.desk)?;
    let id = Id::at(office.now);
    let (_, data_key) = office.keys.new_data_key(&key_place(&id))?;
    let mut ticket = Ticket {
        id,
        number: drafts::number("FY", office, id, |number| ticket::number_taken(c, number))?,
        kind: new.kind,
        county,
        area: new.area,
        desk,
        desk_area,
        person_id: new.person,
        case_id: new.case,
        account_id: new.account,
        state: TicketState::Open,
        version: 1,
        claimed_by: None,
        claim_until: None,
        due_at: None,
        alarm_at: None,
        tries: 0,
        reopened: false,
        outcome: None,
        live_key: new.live_key(),
        data_key,
        entries: 0,
        created_at: office.now,
        ended_at: None,
        clock_from: None,
        clock_days: None,
    };
    acts::run(c, office, &mut ticket, of_kind.days)?;
    ticket::insert(c, &ticket)?;
    let actor = new.account.filter(|_| new.by == Role::Applicant);
    entries::append(c, office, &mut ticket, &Entry { step: Step::Opened, role: new.by, actor, words: Some(&new.text) })?;
    ticket::update(c, &ticket, 1)?;
    Ok(id)
}

fn join(c: &mut AnyConn, office: &Office, mut ticket: Ticket, new: &NewTicket) -> Result<Id> {
    let key = ticket.key(&office.keys)?;
    let mut known = false;
    for line in entries::of(c, ticket.id)? {
        known |= line.words(&key)?.as_deref() == Some(new.text.as_str());
    }
    if !known {
        let actor = new.account.filter(|_| new.by == Role::Applicant);
        ticket.account_id = ticket.account_id.or(new.account);
        let entry = Entry { step: Step::Added, role: new.by, actor, words: Some(&new.text) };
        entries::store(c, office, &mut ticket, &entry)?;
    }
    if new.kind == Kind::Visit && ticket.kind == Kind::PhoneCall {
        acts::become_visit(c, office, &mut ticket, new.by)?;
    }
    Ok(ticket.id)
}
