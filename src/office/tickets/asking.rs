//! What residents do: report or ask, add words, say that it is solved or that it is not.

use super::entries::{self, Entry, Step};
use super::open::NewTicket;
use super::ticket::{self, Kind, Outcome, Ticket, TicketState};
use super::{acts, codes, place, queue, terms};
use crate::office::accounts::guards::Filer;
use crate::office::accounts::{links, residents};
use crate::office::cases::access::loading;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::policy::areas;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::lifecycle::Role;

/// What a resident sent.
pub(crate) struct Wish<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub case: Option<Id>,
    pub person: Option<Id>,
    pub area: Option<AreaCode>,
}

/// The ticket that a resident asks for. A case must be theirs, a person one for whom they may act; without both it is
/// about themselves, also when nobody has confirmed yet who they are. Errors: 10002 no area, 10006, 23005.
pub(crate) fn wished(c: &mut AnyConn, office: &Office, account: Id, wish: &Wish<'_>) -> Result<NewTicket> {
    let case = wish.case.map(|id| loading::owned(c, &Filer::Resident(account), id, office.now)).transpose()?;
    let named = case.as_ref().map(|case| case.person_id).or(wish.person);
    if let Some(person) = named {
        links::may_act(c, account, person, office.today())?.ok_or_else(Error::not_found)?;
    }
    let person = match named {
        Some(person) => Some(person),
        None => residents::find(c, account)?.person_id,
    };
    let area = match (&case, wish.area, person) {
        (Some(case), _, _) => case.area,
        (None, Some(area), _) => known_area(c, area)?,
        (None, None, Some(person)) => persons::find(c, person)?.ok_or_else(Error::not_found)?.area,
        (None, None, None) => return Err(bad_area("required", "没有选择所在的村（社区）或镇（街道）。")),
    };
    let (_, terms) = terms::of(c, &persons::county_of(&area))?;
    if queue::live_of(c, account)? >= i64::from(terms.most_open) {
        return Err(Error::new(&codes::TOO_MANY));
    }
    let kind = wish.kind;
    let case = case.map(|c| c.id);
    let account = Some(account);
    Ok(NewTicket { kind, area, person, case, account, by: Role::Applicant, text: wish.text.trim().to_owned() })
}

fn known_area(c: &mut AnyConn, area: AreaCode) -> Result<AreaCode> {
    if area.level() >= AreaLevel::County && areas::find(c, &area)?.is_some() {
        return Ok(area);
    }
    Err(bad_area("unknown_area", "没有这个地方。"))
}

fn bad_area(code: &str, reason: &str) -> Error {
    let mut faults = Faults::new();
    faults.push("/area", "所在地", code, reason, "请从地区列表中选择所在的村（社区）或镇（街道）。");
    Error::invalid(faults.into_details())
}

/// More words to a ticket that is not closed.
pub(crate) fn add(c: &mut AnyConn, office: &Office, account: Id, id: Id, words: &str) -> Result<Ticket> {
    let mut ticket = ticket::owned(c, account, id)?;
    if ticket.state == TicketState::Closed {
        return Err(ticket.not_now());
    }
    entries::store(c, office, &mut ticket, &said(account, Step::Added, Some(words)))?;
    Ok(ticket)
}

/// The answer solved it.
pub(crate) fn confirm(c: &mut AnyConn, office: &Office, account: Id, id: Id, version: i64) -> Result<Ticket> {
    let mut ticket = answered(c, account, id, version)?;
    acts::end(c, office, &mut ticket, Outcome::Solved, &said(account, Step::Confirmed, None))?;
    Ok(ticket)
}

/// The answer did not solve it: once, it goes to the desk above with fresh days, so that somebody else looks at it.
pub(crate) fn reopen(c: &mut AnyConn, office: &Office, account: Id, id: Id, version: i64, words: &str) -> Result<Ticket> {
    let mut ticket = answered(c, account, id, version)?;
    if ticket.reopened {
        return Err(Error::new(&codes::REOPENED).with_current(ticket.current()));
    }
    ticket.reopened = true;
    let (_, terms) = terms::of(c, &ticket.county)?;
    let up = place::above(ticket.desk).unwrap_or(ticket.desk);
    acts::move_to(c, office, &mut ticket, up, &terms)?;
    entries::store(c, office, &mut ticket, &said(account, Step::Reopened, Some(words)))?;
    Ok(ticket)
}

fn answered(c: &mut AnyConn, account: Id, id: Id, version: i64) -> Result<Ticket> {
    let ticket = ticket::owned(c, account, id)?;
    ticket.seen(version)?;
    if ticket.state == TicketState::Answered { Ok(ticket) } else { Err(ticket.not_now()) }
}

fn said(account: Id, step: Step, words: Option<&str>) -> Entry<'_> {
    Entry { step, role: Role::Applicant, actor: Some(account), words }
}
