//! What workers do with a ticket: claim, note, answer, hand on, close; and what follows when nobody is reached.

use super::entries::{self, Entry, Step};
use super::four_eyes::Concerned;
use super::rules::{self, Leads};
use super::terms::{self, Terms};
use super::ticket::{self, Kind, Outcome, Ticket, TicketState};
use super::{codes, place};
use crate::office::accounts::guards::Worker;
use crate::office::accounts::residents;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::people::reveals::{self, Reveal, RevealField};
use crate::office::policy::calendar;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::{Desk, Role};

/// A worker before a ticket.
pub(crate) struct Doer<'a> {
    pub office: &'a Office,
    pub worker: &'a Worker,
}

impl Doer<'_> {
    /// The ticket, if this worker may act on it now: it lies on a desk of theirs, nobody else has claimed it, and it does not
    /// concern them. Errors: 10006 out of sight, 23001 on another desk, 23002 claimed, 23004 concerned.
    fn workable(&self, c: &mut AnyConn, id: Id) -> Result<Ticket> {
        let ticket = ticket::in_sight(c, self.worker, id)?;
        if !ticket.on_desk_of(self.worker) {
            return Err(ticket.not_now());
        }
        if Concerned::of(c, &ticket)?.must_leave(c, self.office, &ticket, self.worker)? {
            return Err(Error::new(&codes::CONCERNED));
        }
        if ticket.claimed_by_another(self.worker.id, self.office.now) {
            return Err(Error::new(&codes::CLAIMED).with_current(ticket.current()));
        }
        Ok(ticket)
    }

    /// The same with the version that the worker saw, and while the office must act.
    fn workable_open(&self, c: &mut AnyConn, id: Id, version: i64) -> Result<Ticket> {
        let ticket = self.workable(c, id)?;
        ticket.seen(version)?;
        if ticket.state.waits_for_office() { Ok(ticket) } else { Err(ticket.not_now()) }
    }

    fn entry<'e>(&self, ticket: &Ticket, step: Step, words: Option<&'e str>) -> Entry<'e> {
        Entry { step, role: ticket.desk.role(), actor: Some(self.worker.id), words }
    }

    /// Takes a ticket for the county's minutes.
    pub fn claim(&self, c: &mut AnyConn, id: Id, version: i64) -> Result<Ticket> {
        let mut ticket = self.workable_open(c, id, version)?;
        let (_, terms) = terms::of(c, &ticket.county)?;
        ticket.state = TicketState::InProgress;
        ticket.claimed_by = Some(self.worker.id);
        ticket.claim_until = Some(self.office.now.saturating_add(i64::from(terms.claim_minutes).saturating_mul(60_000)));
        let entry = self.entry(&ticket, Step::Claimed, None);
        entries::store(c, self.office, &mut ticket, &entry)?;
        Ok(ticket)
    }

    /// Words for colleagues only; the ticket stays as it is, whoever has claimed it.
    pub fn note(&self, c: &mut AnyConn, id: Id, words: &str) -> Result<Ticket> {
        let mut ticket = ticket::in_sight(c, self.worker, id)?;
        let concerned = Concerned::of(c, &ticket)?;
        if !ticket.on_desk_of(self.worker) {
            return Err(ticket.not_now());
        }
        if concerned.must_leave(c, self.office, &ticket, self.worker)? {
            return Err(Error::new(&codes::CONCERNED));
        }
        let entry = self.entry(&ticket, Step::Noted, Some(words));
        entries::store(c, self.office, &mut ticket, &entry)?;
        Ok(ticket)
    }

    /// The answer that the resident reads; then it is theirs to say whether that solved it.
    pub fn answer(&self, c: &mut AnyConn, id: Id, version: i64, words: &str) -> Result<Ticket> {
        let mut ticket = self.workable_open(c, id, version)?;
        let (_, terms) = terms::of(c, &ticket.county)?;
        let entry = self.entry(&ticket, Step::Answered, Some(words));
        ticket.state = TicketState::Answered;
        run(c, self.office, &mut ticket, terms.confirm_days)?;
        ticket.claimed_by = None;
        ticket.claim_until = None;
        entries::store(c, self.office, &mut ticket, &entry)?;
        Ok(ticket)
    }

    /// To another desk of the same place, or the next above it where somebody may act. The day stays, unless it is past.
    pub fn hand_on(&self, c: &mut AnyConn, id: Id, version: i64, to: Desk, words: &str) -> Result<Ticket> {
        let mut ticket = self.workable_open(c, id, version)?;
        let concerned = Concerned::of(c, &ticket)?;
        let (desk, area) = place::from(c, self.office, &ticket.area, &concerned, to)?;
        if desk == ticket.desk {
            let mut faults = Faults::new();
            let reason = "那里现在没有人能办，或者已经在那里。";
            faults.push("/desk", "转交给", "no_desk", reason, "请选择别的窗口，或者由本窗口办理。");
            faults.settle()?;
        }
        let role = ticket.desk.role();
        let actor = Some(self.worker.id);
        ticket.desk = desk;
        ticket.desk_area = area;
        free(&mut ticket);
        if ticket.due_at.is_none_or(|due| due < self.office.now) {
            let days = terms::of(c, &ticket.county)?.1.of_kind(ticket.kind)?.days;
            run(c, self.office, &mut ticket, days)?;
        }
        let entry = Entry { step: Step::HandedOn, role, actor, words: Some(words) };
        entries::store(c, self.office, &mut ticket, &entry)?;
        Ok(ticket)
    }

    /// Ends it, or says that nobody was reached.
    pub fn close(&self, c: &mut AnyConn, id: Id, version: i64, outcome: Outcome, words: Option<&str>) -> Result<Ticket> {
        let mut ticket = self.workable(c, id)?;
        ticket.seen(version)?;
        let (_, terms) = terms::of(c, &ticket.county)?;
        let leads = rules::close(ticket.kind, ticket.state, outcome, ticket.tries, terms.tries);
        let leads = leads.ok_or_else(|| ticket.not_now())?;
        let role = ticket.desk.role();
        let actor = Some(self.worker.id);
        match leads {
            Leads::Ended => end(c, self.office, &mut ticket, outcome, &Entry { step: Step::Closed, role, actor, words })?,
            Leads::Again | Leads::BecomesVisit => {
                ticket.tries = ticket.tries.saturating_add(1);
                free(&mut ticket);
                run(c, self.office, &mut ticket, terms.retry_days)?;
                entries::store(c, self.office, &mut ticket, &Entry { step: Step::NotReached, role, actor, words })?;
                if leads == Leads::BecomesVisit {
                    become_visit(c, self.office, &mut ticket, Role::System)?;
                }
            }
        }
        Ok(ticket)
    }

    /// The phone number under which to reach the resident; who asked, when and why is written down.
    pub fn show_contact(&self, c: &mut AnyConn, id: Id, purpose: &str) -> Result<(Ticket, String)> {
        let mut ticket = self.workable(c, id)?;
        if Concerned::of(c, &ticket)?.rated(self.worker.id) {
            return Err(Error::new(&codes::CONCERNED));
        }
        let keys = &self.office.keys;
        let account = ticket.account_id.map(|a| residents::phone_of(c, keys, a)).transpose()?.flatten();
        let phone = match (account, ticket.person_id) {
            (Some(phone), _) => Some(phone),
            (None, Some(person)) => persons::open(c, keys, person)?.phone,
            (None, None) => None,
        };
        let phone = phone.ok_or_else(|| Error::new(&codes::NO_PHONE))?.reveal().to_owned();
        if let Some(person) = ticket.person_id {
            let worker = self.worker.id;
            let case = ticket.case_id;
            let purpose = purpose.to_owned();
            let id = Id::at(self.office.now);
            let at = self.office.now;
            let fields = vec![RevealField::Phone];
            reveals::record(c, &Reveal { id, at, worker, person, case, fields, purpose })?;
        }
        let entry = self.entry(&ticket, Step::ContactShown, Some(purpose));
        entries::store(c, self.office, &mut ticket, &entry)?;
        Ok((ticket, phone))
    }
}

/// A worker was there, or called: what was asked for is done, or comes again later, where the outcome says so; else the words
/// are noted. Errors: those of acting on a ticket.
pub fn seen_to(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, outcome: Option<Outcome>, words: &str) -> Result<()> {
    let ticket = ticket::in_sight(c, worker, id)?;
    let doer = Doer { office, worker };
    // A person who was visited need not be called any more.
    let outcome = match outcome {
        Some(Outcome::Visited) if ticket.kind == Kind::PhoneCall => Some(Outcome::Reached),
        other => other,
    };
    let fits = outcome.filter(|o| rules::close(ticket.kind, ticket.state, *o, ticket.tries, 1).is_some());
    match fits {
        Some(outcome) => doer.close(c, id, ticket.version, outcome, Some(words))?,
        None => doer.note(c, id, words)?,
    };
    Ok(())
}

/// Ends the claim, so that others can work on the ticket.
pub(crate) fn free(ticket: &mut Ticket) {
    ticket.state = TicketState::Open;
    ticket.claimed_by = None;
    ticket.claim_until = None;
}

/// Whoever must act in the ticket's state has so many working days from today.
pub(crate) fn run(c: &mut AnyConn, office: &Office, ticket: &mut Ticket, days: u32) -> Result<()> {
    ticket.run(&calendar::load_around(c, office.today())?, office.now, days);
    Ok(())
}

/// Moves the ticket to the first desk from `from` upwards where somebody may handle it, with the days of its kind.
pub(crate) fn move_to(c: &mut AnyConn, office: &Office, ticket: &mut Ticket, from: Desk, terms: &Terms) -> Result<()> {
    let concerned = Concerned::of(c, ticket)?;
    let (desk, area) = place::from(c, office, &ticket.area, &concerned, from)?;
    ticket.desk = desk;
    ticket.desk_area = area;
    free(ticket);
    run(c, office, ticket, terms.of_kind(ticket.kind)?.days)
}

/// Makes a visit of the call, because nobody was reached or a visit is asked for.
pub(crate) fn become_visit(c: &mut AnyConn, office: &Office, ticket: &mut Ticket, by: Role) -> Result<()> {
    let (_, terms) = terms::of(c, &ticket.county)?;
    ticket.kind = Kind::Visit;
    ticket.tries = 0;
    move_to(c, office, ticket, terms.of_kind(Kind::Visit)?.desk, &terms)?;
    let actor = ticket.account_id.filter(|_| by == Role::Applicant);
    entries::store(c, office, ticket, &Entry { step: Step::BecameVisit, role: by, actor, words: None })
}

/// Ends the ticket: outcome, no limit, no claim.
pub(crate) fn end(c: &mut AnyConn, office: &Office, ticket: &mut Ticket, outcome: Outcome, entry: &Entry<'_>) -> Result<()> {
    ticket.state = TicketState::Closed;
    ticket.outcome = Some(outcome);
    ticket.ended_at = Some(office.now);
    ticket.due_at = None;
    ticket.alarm_at = None;
    ticket.live_key = None;
    ticket.clock_from = None;
    ticket.clock_days = None;
    ticket.claimed_by = None;
    ticket.claim_until = None;
    entries::store(c, office, ticket, entry)
}
