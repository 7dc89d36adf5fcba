//! Beginning a draft, and accepting an offer in one step.

use diesel::prelude::*;

use super::sections::{self, Choice, Contact, RentalSection};
use super::terms::Terms;
use super::waitlist::{self, Wait};
use super::{CODE, DeviceRental, KIND, codes};
use crate::office::accounts::guards::Filer;
use crate::office::cases::access::{consents, mandates};
use crate::office::cases::filing::check::check;
use crate::office::cases::filing::drafts::{self, NewDraft};
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::policy::county;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::State;

/// Begins a draft. The case's period is the lowest free number from 1 to the loans that a person may have, so the unique
/// index of live cases also keeps the limit of units per person (20006 when all are taken).
pub fn draft(c: &mut AnyConn, office: &Office, id: Id, filer: &Filer, person: Id) -> Result<Case> {
    mandates::relation(c, filer, person, office.now)?;
    let at = persons::find(c, person)?.ok_or_else(Error::not_found)?;
    let policy = county::current(c, &at.county, CODE, office.today())?.ok_or_else(|| Error::new(&case_codes::NO_POLICY))?;
    let most = policy.service::<Terms>()?.units_per_person;
    let taken = taken_places(c, person)?;
    let place = (1..=most).map(|n| n.to_string()).find(|n| !taken.contains(n)).unwrap_or_else(|| "1".to_owned());
    let filer = filer.clone();
    let kind = KIND.to_owned();
    drafts::begin(c, office, &DeviceRental, id, &NewDraft { filer, person, kind, period: place })
}

/// The numbers that a person's live cases have as their period.
pub fn taken_places(c: &mut AnyConn, person: Id) -> Result<Vec<String>> {
    let live = cases::table.filter(cases::person_id.eq(person).and(cases::service.eq(CODE)));
    Ok(live.filter(cases::live_key.is_not_null()).order(cases::id).select(cases::period).load(c)?)
}

/// What it takes to turn an offer into a reservation.
#[derive(Clone)]
pub struct Acceptance {
    /// Id for the case, should one have to be begun.
    pub case: Id,
    pub choice: Choice,
    pub contact: Contact,
    /// Version of the privacy text that was agreed to.
    pub consent: Option<String>,
}

/// Accepts an offer: a draft that asks for the same device, or a new one, is filled in, checked and submitted; the offered
/// unit becomes its reservation. Errors: 10002, 130xx, 30011 the offer is over.
pub fn accept(c: &mut AnyConn, office: &Office, wait: &Wait, with: &Acceptance) -> Result<Case> {
    if !waitlist::open_offer(wait, office.now) {
        return Err(Error::new(&codes::OFFER_OVER));
    }
    let filer = Filer::Resident(wait.account_id);
    let case = match asked_for(c, office, wait)? {
        Some(draft) => draft,
        None => draft(c, office, with.case, &filer, wait.person_id)?,
    };
    let seen = sections::choice(c, office, &case)?.map_or(0, |s| s.version);
    drafts::save(c, office, &case, RentalSection::Choice.code(), seen, &with.choice)?;
    let seen = sections::contact(c, office, &case)?.map_or(0, |s| s.version);
    drafts::save(c, office, &case, RentalSection::Contact.code(), seen, &with.contact)?;
    consents::of_text(with.consent.as_deref())?;
    let missing = check(c, office, &case)?;
    if !missing.is_empty() {
        return Err(Error::invalid(missing));
    }
    let submit = Act::new(Actor::from(&filer), Deed::Submit { consent: with.consent.clone() }).seeing(case.version);
    act(c, office, case.id, submit)
}

/// The account's draft for this person that asks for this model at this point.
fn asked_for(c: &mut AnyConn, office: &Office, wait: &Wait) -> Result<Option<Case>> {
    let own = cases::table
        .filter(cases::applicant_id.eq(Some(wait.account_id)).and(cases::person_id.eq(wait.person_id)))
        .filter(cases::service.eq(CODE).and(cases::state.eq(State::Draft)))
        .order((cases::created_at, cases::id))
        .select(<Case as Selectable<MultiBackend>>::construct_selection());
    let own: Vec<Case> = own.load(c)?;
    for case in own {
        let choice = sections::choice(c, office, &case)?.map(|s| s.body);
        if choice.is_some_and(|ch| ch.point_id == wait.point_id && ch.model_id == wait.model_id) {
            return Ok(Some(case));
        }
    }
    Ok(None)
}
