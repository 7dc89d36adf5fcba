//! The new card after approval: made, then handed out or posted. Each step happens once, in one write.

use chrono::Days;

use super::rules::{self, CardContent, CardStep};
use super::sections::{CertificateSection, Delivery};
use super::store::{self, CardCase};
use super::terms::{self, DeliveryWay, PickupPlace};
use super::{codes, holding};
use crate::office::accounts::guards::Worker;
use crate::office::accounts::serving::serving;
use crate::office::cases::access::four_eyes::conflicted;
use crate::office::cases::filing::drafts;
use crate::office::cases::moving::act::{Step, act, step};
use crate::office::cases::record::actor::{Act, Actor, Deed, Due};
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::people::register::{self, Certificate, NewCertificate};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaLevel;
use crate::rules::calendar::end_of_day;
use crate::rules::certificate::{CertificateNumber, expires_on};
use crate::rules::lifecycle::{Desk, Role, State};
use crate::rules::versions::Version;

/// The delivery section, which every submitted case has.
pub fn delivery(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<Delivery>> {
    let key = case.key(&office.keys)?;
    Ok(drafts::read::<Delivery>(c, &key, case.id, CertificateSection::Delivery.code())?.map(|s| s.body))
}

fn not_due(case: &Case) -> Error {
    Error::new(&codes::NO_CARD_DUE).with_current(case.current())
}

/// Makes the card: it stands in the register from today, and the old one is superseded, in the same write. The case
/// goes on to the desk where the card is handed out. Errors: those of a step; 32006 when none is due.
pub fn make(c: &mut AnyConn, office: &Office, worker: &Worker, case: &Case, version: Version) -> Result<Id> {
    let mut row = store::find(c, case.id)?;
    let town = delivery(c, office, case)?.is_some_and(|d| d.place == Some(PickupPlace::Town));
    let desk = if town && town_serves(c, office, case)? { Desk::Town } else { Desk::County };
    let actor = Actor::Worker(worker.clone());
    let taken = Step { actor, version: Some(version), step: "card_made", desk: Some(desk), point: None, due: Due::Open };
    let moved = step(c, office, case.id, taken)?;
    if row.card != CardStep::ToBeMade {
        return Err(not_due(&moved));
    }
    let new = new_card(c, office, case, &row)?;
    let id = new.id;
    register::issue(c, &office.keys, &new)?;
    row.card = CardStep::Made;
    row.new_certificate_id = Some(id);
    row.made_at = Some(office.now);
    store::advance(c, &row, CardStep::ToBeMade)?;
    Ok(id)
}

/// Whether some officer of the town may handle the case (no conflict of interest); if none may, the county hands the card
/// out.
fn town_serves(c: &mut AnyConn, office: &Office, case: &Case) -> Result<bool> {
    let mut around = std::iter::once(case.area).chain(case.area.ancestors());
    let Some(town) = around.find(|a| a.level() == AreaLevel::Town) else { return Ok(false) };
    for (worker, person) in serving(c, Role::TownOfficer, &town, None, office.now)? {
        if !conflicted(c, office, case, worker, person)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn new_card(c: &mut AnyConn, office: &Office, case: &Case, row: &CardCase) -> Result<NewCertificate> {
    let terms = terms::of(c, case)?;
    let person = persons::open(c, &office.keys, case.person_id)?;
    let old = old_card(c, office, row, case.person_id)?;
    let content = content(c, case, old.as_ref())?;
    // A number that stays the same keeps its re-issue count, so that it never equals the number of an earlier, lost card.
    let reissue = old.filter(|_| content.same_number).and_then(|o| o.number.reissue());
    let number = CertificateNumber::compose(person.id_number, content.category, content.level, reissue);
    Ok(NewCertificate {
        id: Id::at(office.now),
        person: person.id,
        county: person.county,
        number: number.ok_or_else(|| Error::internal("a re-issue count out of range"))?,
        components: content.components,
        issued_on: office.today(),
        expires_on: expires_on(office.today(), &terms.renewal),
        granted_by: content.granted_by,
        irreversible: content.irreversible,
        case_id: Some(case.id),
        at: office.now,
    })
}

/// What the card of an approved case says.
pub fn content(c: &mut AnyConn, case: &Case, old: Option<&Certificate>) -> Result<CardContent> {
    let finding = store::result_of(c, case.id)?.map(|r| r.finding);
    let content = rules::card_content(old.map(|o| holding::held(&o.card)).as_ref(), finding.as_ref());
    content.ok_or_else(|| Error::internal("an approved case says no level"))
}

/// The card that the new one replaces.
pub fn old_card(c: &mut AnyConn, office: &Office, row: &CardCase, person: Id) -> Result<Option<Certificate>> {
    let Some(old) = row.old_certificate_id else { return Ok(None) };
    Ok(register::certificates_of(c, &office.keys, person)?.into_iter().find(|k| k.card.id == old))
}

/// Posts the made card; a policy may say after how many days it counts as received.
pub fn post(c: &mut AnyConn, office: &Office, worker: &Worker, case: &Case, version: Version, tracking: &str) -> Result<()> {
    let mut row = store::find(c, case.id)?;
    let by_post = delivery(c, office, case)?.is_some_and(|d| d.way == DeliveryWay::Post);
    let days = terms::of(c, case)?.receipt_days;
    let arrives = days.and_then(|n| office.today().checked_add_days(Days::new(n.into()))).map(end_of_day);
    let actor = Actor::Worker(worker.clone());
    let taken = Step { actor, version: Some(version), step: "card_posted", desk: None, point: None, due: arrives.into() };
    let moved = step(c, office, case.id, taken)?;
    if row.card != CardStep::Made || !by_post {
        return Err(not_due(&moved));
    }
    row.tracking_no = Some(row.seal(&case.key(&office.keys)?, "tracking_no", tracking)?);
    row.card = CardStep::Posted;
    row.receipt_due_at = arrives;
    store::advance(c, &row, CardStep::Made)
}

/// Stores to whom the card was given, at a desk or at home, and completes the case. A posted card that came back is
/// handed out in the same way.
pub fn hand_out(c: &mut AnyConn, office: &Office, worker: &Worker, case: &Case, version: Version, receiver: &str) -> Result<()> {
    let mut row = store::find(c, case.id)?;
    case.seen(version)?;
    let from = row.card;
    if !matches!(from, CardStep::Made | CardStep::Posted) {
        return Err(not_due(case));
    }
    row.receiver = Some(row.seal(&case.key(&office.keys)?, "receiver", receiver)?);
    row.card = CardStep::HandedOut;
    store_arrival(c, office, row, from)?;
    let actor = Actor::Worker(worker.clone());
    let done = Act::new(actor, Deed::Complete).seeing(version).naming("card_handed_out");
    act(c, office, case.id, done)?;
    Ok(())
}

/// Completes the case of a posted card, when the applicant confirms the receipt or the days of the policy are over.
pub fn complete_received(c: &mut AnyConn, office: &Office, case: &Case, why: &str) -> Result<()> {
    let mut row = store::find(c, case.id)?;
    if row.card != CardStep::Posted || case.state != State::Approved {
        return Err(not_due(case));
    }
    row.card = CardStep::Received;
    store_arrival(c, office, row, CardStep::Posted)?;
    act(c, office, case.id, Act::system(Deed::Complete, why))?;
    Ok(())
}

fn store_arrival(c: &mut AnyConn, office: &Office, mut row: CardCase, from: CardStep) -> Result<()> {
    row.handed_at = Some(office.now);
    row.receipt_due_at = None;
    store::advance(c, &row, from)
}
