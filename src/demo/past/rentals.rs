//! The loans of a report year: reserved, fetched by code, some extended, brought back, cleaned.

use chrono::{Days, NaiveDate};

use super::applicants::{Applicant, MemberOf};
use super::pages::Pages;
use super::scene::{Scene, Setting};
use super::way::Way;
use crate::demo::province::people::Family;
use crate::demo::shop::keeper_of;
use zhucan::office::accounts::guards::Filer;
use zhucan::office::accounts::guards::Worker;
use zhucan::office::cases::filing::drafts;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::id::Id;
use zhucan::services::device_rental::handover::{self, Back};
use zhucan::services::device_rental::loans::Loan;
use zhucan::services::device_rental::sections::{Choice, Contact, RentalSection};
use zhucan::services::device_rental::states::{Condition, Delivery, UnitStep};
use zhucan::services::device_rental::units::{self, Taken, Unit};
use zhucan::services::device_rental::{begin, reservations, store};

/// A loan that is to come.
pub struct Borrower {
    applicant: Applicant,
    applied_on: NaiveDate,
    /// Which point and model, by their places in the county's lists.
    place: usize,
}

/// Somebody of a family who borrows what stands at that place.
pub fn borrower(setting: &Setting, member: MemberOf<'_>, applied_on: NaiveDate, place: usize) -> Result<Borrower> {
    Ok(Borrower { applicant: Applicant::of(setting, member, applied_on)?, applied_on, place })
}

/// Who has a card and is no student borrows; each once.
pub fn borrowers(families: &[Family]) -> impl Iterator<Item = MemberOf<'_>> {
    let holder = |f: &&Family| f.members.first().is_some_and(|m| m.card.is_some() && m.study.is_none());
    families.iter().filter(holder).map(|family| MemberOf { family, at: 0 })
}

/// Writes the year of a county, in one page.
pub async fn write(pages: &mut Pages<'_>, setting: &Setting, families: &[Family], year: i32, people: usize) -> Result<()> {
    if people == 0 {
        return Ok(());
    }
    let first = NaiveDate::from_ymd_opt(year, 2, 6).unwrap_or_default();
    let mut all = Vec::new();
    for (n, who) in borrowers(families).take(people).enumerate() {
        let day = first.checked_add_days(Days::new((n as u64).saturating_mul(12))).unwrap_or(first);
        all.push(borrower(setting, who, setting.days.add_working_days(day, 1), n)?);
    }
    let at = setting.scene.clone();
    pages.write(move |c| all.iter().try_for_each(|b| brought_back(c, &at, b))).await
}

/// Reserved on the phone.
pub fn reserved<'a>(c: &'a mut AnyConn, scene: &'a Scene, who: &Borrower) -> Result<Way<'a>> {
    let office = scene.office(who.applied_on, 9 * 60 + 20);
    let (account, person) = who.applicant.sign_in(c, &office, &scene.staff.town)?;
    let points = store::points(c, &scene.area)?;
    let models = store::models(c, &scene.area)?;
    let point = points.get(who.place.checked_rem(points.len()).unwrap_or(0)).map(|p| p.id);
    let model = models.get(who.place.checked_rem(models.len()).unwrap_or(0)).map(|m| m.id);
    let (point_id, model_id) = point.zip(model).ok_or_else(|| Error::internal("the county lends nothing"))?;
    let draft = begin::draft(c, &office, Id::at(office.now), &Filer::Resident(account), person)?;
    let mut way = Way::of(c, scene, office, draft, who.place as u64);
    let choice = Choice { point_id, model_id, pickup_on: way.today() };
    drafts::save(way.c, &way.office, &way.case, RentalSection::Choice.code(), 0, &choice)?;
    let name = who.applicant.person.name.reveal().to_owned();
    let contact = Contact { name, phone: "13800000000".to_owned(), delivery: Delivery::Pickup, note: None };
    drafts::save(way.c, &way.office, &way.case, RentalSection::Contact.code(), 0, &contact)?;
    way.submit()?;
    Ok(way)
}

/// A device that is out: who handed it out, the loan, and the item.
pub struct Lent {
    keeper: Worker,
    loan: Loan,
    unit: Unit,
}

/// Handed out to whoever shows the code.
pub fn handed_out(way: &mut Way<'_>) -> Result<Lent> {
    let missing = || Error::internal("a reservation without a loan");
    let loan = Loan::of_case(way.c, way.case.id)?.ok_or_else(missing)?;
    let slot = reservations::of_case(way.c, way.case.id)?.ok_or_else(missing)?;
    let keeper = keeper_of(way.c, loan.point_id)?;
    let unit = units::find(way.c, slot.unit_id)?;
    way.soon();
    let code = loan.code(&way.scene.keys)?;
    let loan = handover::hand_out(way.c, &way.office, &keeper, &code, &unit.asset_tag)?;
    way.look_again()?;
    let unit = units::find(way.c, slot.unit_id)?;
    Ok(Lent { keeper, loan, unit })
}

fn brought_back(c: &mut AnyConn, scene: &Scene, who: &Borrower) -> Result<()> {
    let mut way = reserved(c, scene, who)?;
    let lent = handed_out(&mut way)?;
    way.later(25);
    if who.place.is_multiple_of(4) {
        let account = way.account()?;
        way.case = handover::extend(way.c, &way.office, &Filer::Resident(account), way.case.id, way.case.version)?;
        way.later(10);
    }
    taken_back(&mut way, who, &lent)?;
    let Lent { keeper, unit, .. } = lent;
    for step in [UnitStep::Inspect, UnitStep::Disinfect] {
        way.soon();
        let unit = units::find(way.c, unit.id)?;
        units::take_step(way.c, &way.office, unit, Taken::by(keeper.id, step))?;
    }
    way.look_again()?;
    way.perhaps_rate()
}

/// Brought back to the point; the unit is still to be inspected and disinfected.
pub fn taken_back(way: &mut Way<'_>, who: &Borrower, lent: &Lent) -> Result<()> {
    let condition = if who.place.is_multiple_of(3) { Condition::Worn } else { Condition::Good };
    let back = Back { version: way.case.version, condition, asset_tag: lent.unit.asset_tag.clone(), point: lent.loan.point_id };
    handover::take_back(way.c, &way.office, &lent.keeper, lent.loan.id, &back)?;
    Ok(())
}
