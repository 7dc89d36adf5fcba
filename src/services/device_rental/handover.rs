//! Hand-out, extension, damage report, return and loss of a device.

use diesel::prelude::*;

use super::desk::AT_POINT;
use super::loans::{self, Loan, system_step};
use super::placing;
use super::states::{Condition, EndWhy, LoanState, Reminded, Trouble, UnitState, UnitStep};
use super::store::{self, device_damage_reports, device_loans};
use super::units::{self, Taken, Unit};
use super::{CODE, codes, reservations, rules, terms};
use crate::office::accounts::guards::{Filer, Worker};
use crate::office::cases::access::loading;
use crate::office::cases::moving::act::{Step, act, step};
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::service::Office;
use crate::platform::crypto::Place;
use crate::platform::db::columns::StoredDay;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;
use crate::rules::versions::Version;

/// Hands a unit out to whoever shows the pickup code; from now on the loan is for this unit. Errors: 30005 no such code at
/// the keeper's points, 30002 the unit is not of this model, not at this point, or not available.
pub fn hand_out(c: &mut AnyConn, office: &Office, worker: &Worker, code: &str, tag: &str) -> Result<Loan> {
    let found = device_loans::table.filter(device_loans::pickup_code_hash.eq(Some(loans::code_hash(office, code))));
    let loan: Option<Loan> = found.select(<Loan as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?;
    let here = |l: &Loan| l.state == LoanState::Reserved && units::keeps(worker, l.point_id);
    let mut loan = loan.filter(here).ok_or_else(|| Error::new(&codes::CODE_UNKNOWN))?;
    let fits = |u: &Unit| u.model_id == loan.model_id && u.point_id == loan.point_id && u.state == UnitState::Available;
    let unit = units::tagged(c, tag)?.filter(fits).ok_or_else(|| Error::new(&codes::UNIT_NOT_READY))?;
    let promise = reservations::of_case(c, loan.case_id)?.ok_or_else(|| Error::internal("a reservation without a unit"))?;
    reservations::bind(c, &promise, unit.id)?;
    let case = case::find(c, loan.case_id)?;
    let terms = terms::of(c, &case)?;
    let today = office.today();
    let due_on = rules::first_due(office.today(), &terms);
    loan.state = LoanState::Out;
    loan.unit_id = Some(unit.id);
    loan.open_unit = Some(unit.id);
    loan.pickup_code_hash = None;
    loan.out_on = Some(today.into());
    loan.due_on = Some(due_on.into());
    loan.remind_on = rules::next_reminder(due_on, today, &terms.reminder_days_before_due).map(StoredDay::from);
    loan.save(c)?;
    units::take_step(c, office, unit, Taken { case: Some(case.id), ..Taken::by(worker.id, UnitStep::HandOut) })?;
    let handed = Step { actor: Actor::Worker(worker.clone()), ..system_step("handed_out", Some(due_on)) };
    step(c, office, case.id, handed)?;
    Ok(loan)
}

/// Extends the applicant's own loan. Errors: 30004 somebody waits, 30009 no longer possible, 30012 not out, 10030 stale.
pub fn extend(c: &mut AnyConn, office: &Office, who: &Filer, id: Id, version: Version) -> Result<Case> {
    let case = loading::owned_of(c, who, id, CODE, office.now)?;
    case.seen(version)?;
    let (mut loan, _) = loan_out(c, &case)?;
    let (Some(out_on), Some(due_on)) = (loan.out_on, loan.due_on) else {
        return Err(Error::internal("a loan that is out has its days"));
    };
    if placing::somebody_waits(c, loan.point_id, loan.model_id)? {
        return Err(Error::new(&codes::SOMEBODY_WAITS).with_current(case.current()));
    }
    let terms = terms::of(c, &case)?;
    let today = office.today();
    let later = rules::extended_due(*out_on, *due_on, today, &terms);
    let later = later.ok_or_else(|| Error::new(&codes::NO_EXTENSION).with_current(case.current()))?;
    loan.due_on = Some(later.into());
    loan.extensions = loan.extensions.saturating_add(1);
    loan.reminded = Reminded::Nothing;
    loan.remind_on = rules::next_reminder(later, today, &terms.reminder_days_before_due).map(StoredDay::from);
    loan.save(c)?;
    step(c, office, case.id, system_step("extended_on_request", Some(later)))
}

fn loan_out(c: &mut AnyConn, case: &Case) -> Result<(Loan, Id)> {
    let loan = Loan::of_case(c, case.id)?.filter(|l| l.state == LoanState::Out);
    let unit = loan.as_ref().and_then(|l| l.open_unit);
    loan.zip(unit).ok_or_else(|| Error::new(&codes::NOT_OUT).with_current(case.current()))
}

/// Takes a report of the borrower; the keepers of the point see it. Errors: 30012 not out, 10030 stale.
pub fn report(
    c: &mut AnyConn,
    office: &Office,
    account: Id,
    id: Id,
    version: Version,
    kind: Trouble,
    words: &str,
) -> Result<Case> {
    use device_damage_reports::dsl as d;
    let case = loading::owned_of(c, &Filer::Resident(account), id, CODE, office.now)?;
    case.seen(version)?;
    let (loan, unit) = loan_out(c, &case)?;
    let id = Id::at(office.now);
    let row = (
        d::id.eq(id),
        d::loan_id.eq(loan.id),
        d::unit_id.eq(unit),
        d::account_id.eq(account),
        d::at.eq(office.now),
        d::kind.eq(kind),
        d::words.eq(case.key(&office.keys)?.seal(&words_place(&id), words.as_bytes())?),
    );
    diesel::insert_into(d::device_damage_reports).values(row).execute(c)?;
    step(c, office, case.id, Step { due: case.limit.due_at.into(), ..system_step("trouble_reported", None) })
}

fn words_place(id: &Id) -> Place<'_> {
    Place::new("device_damage_reports", "words", id.as_bytes())
}

/// A report as stored: its words are sealed.
#[derive(Queryable)]
struct SealedReport {
    id: Id,
    at: Moment,
    kind: Trouble,
    words: Vec<u8>,
}

/// What a borrower said about a device.
#[derive(Clone, Debug)]
pub struct DamageReport {
    pub at: Moment,
    pub kind: Trouble,
    pub words: String,
}

/// The reports about a loan, the oldest first.
pub fn reports(c: &mut AnyConn, office: &Office, case: &Case, loan: Id) -> Result<Vec<DamageReport>> {
    use device_damage_reports::dsl as d;
    let rows =
        d::device_damage_reports.filter(d::loan_id.eq(loan)).order((d::at, d::id)).select((d::id, d::at, d::kind, d::words));
    let rows: Vec<SealedReport> = rows.load(c)?;
    let key = case.key(&office.keys)?;
    let open = |row: SealedReport| -> Result<DamageReport> {
        let words = String::from_utf8(key.open(&words_place(&row.id), &row.words)?).map_err(Error::internal)?;
        Ok(DamageReport { at: row.at, kind: row.kind, words })
    };
    rows.into_iter().map(open).collect()
}

/// What the keeper enters when a device comes back.
#[derive(Clone, Debug)]
pub struct Back {
    /// The version of the case that was seen.
    pub version: Version,
    pub condition: Condition,
    pub asset_tag: String,
    /// One of the keeper's points, any of the county.
    pub point: Id,
}

/// Takes a device back at any point of the county: the case is done, the unit waits for inspection there. Errors: 10006,
/// 10030, 30007 another item, 30012 not out.
pub fn take_back(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, back: &Back) -> Result<Loan> {
    let loan = Loan::find(c, id)?;
    let case = case::find(c, loan.case_id)?;
    let here = units::keeps(worker, back.point) && store::point(c, back.point)?.county == case.county;
    if !here {
        return Err(Error::not_found());
    }
    case.seen(back.version)?;
    let (mut loan, unit) = loan_out(c, &case)?;
    let unit = units::find(c, unit)?;
    if unit.asset_tag != back.asset_tag.trim() {
        return Err(Error::new(&codes::OTHER_UNIT));
    }
    reservations::release(c, unit.id)?;
    loan.end(EndWhy::Returned);
    loan.returned_at = Some(office.now);
    loan.return_point = Some(back.point);
    loan.condition = Some(back.condition);
    loan.save(c)?;
    let taken = Taken { case: Some(case.id), to_point: Some(back.point), ..Taken::by(worker.id, UnitStep::TakeBack) };
    units::take_step(c, office, unit, taken)?;
    if case.place.desk_point != Some(back.point) {
        let elsewhere = Step { desk: Some(AT_POINT), point: Some(back.point), ..system_step("brought_elsewhere", None) };
        step(c, office, case.id, elsewhere)?;
    }
    let done = Act::new(Actor::Worker(worker.clone()), Deed::Complete).naming("returned");
    act(c, office, case.id, done)?;
    Ok(loan)
}

/// Records that a unit is missing; if it is out, the loan ends and its case with it.
pub fn report_missing(c: &mut AnyConn, office: &Office, worker: &Worker, unit: Unit) -> Result<Unit> {
    let open = device_loans::table.filter(device_loans::open_unit.eq(Some(unit.id)));
    let open: Option<Loan> = open.select(<Loan as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?;
    let case = open.as_ref().map(|l| l.case_id);
    if let Some(mut loan) = open {
        reservations::release(c, unit.id)?;
        loan.end(EndWhy::Lost);
        loan.save(c)?;
    }
    let unit = units::take_step(c, office, unit, Taken { case, ..Taken::by(worker.id, UnitStep::ReportMissing) })?;
    if let Some(case) = case {
        act(c, office, case, Act::system(Deed::Complete, "unit_lost"))?;
    }
    Ok(unit)
}
