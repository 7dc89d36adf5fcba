//! A reservation from its submission to its end, and the reminders of the day of return.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::desk::AT_POINT;
use super::loans::{Loan, code_hash, code_place, system_step};
use super::reservations::{self, Promise};
use super::states::{EndWhy, LoanState, PromiseKind, Reminded};
use super::store::{self, device_loans, once};
use super::waitlist;
use super::{codes, placing, rules, sections, terms};
use crate::office::cases::moving::act::{Step, act, step};
use crate::office::cases::record::actor::{Act, Deed};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::service::Office;
use crate::office::people::register;
use crate::platform::crypto::random_digits;
use crate::platform::db::columns::StoredDay;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;

/// Reserves what a submitted case asks for: a unit is promised, the case is approved by rule and goes to the desk of the
/// point. Errors: 30001 when nothing is free.
pub fn reserve(c: &mut AnyConn, office: &Office, case: &Case) -> Result<()> {
    let terms = terms::of(c, case)?;
    let choice = sections::choice(c, office, case)?.ok_or_else(|| Error::internal("submitted without a choice"))?.body;
    let point_id = choice.point_id;
    let model_id = choice.model_id;
    let offer = waitlist::offer_to(c, office, case.person_id, point_id, model_id)?;
    if let Some(wait) = offer {
        let slot = reservations::of_wait(c, wait.id)?.ok_or_else(|| Error::internal("an offer without a unit"))?;
        reservations::accept_offer(c, &slot, case.id)?;
        waitlist::end_accepted(c, wait)?;
    } else {
        let unit_id = reservations::free_unit(c, point_id, model_id)?.ok_or_else(|| Error::new(&codes::NONE_FREE))?;
        let kind = PromiseKind::Reservation;
        let made_at = office.now;
        let slot = Promise { unit_id, point_id, model_id, kind, case_id: Some(case.id), wait_id: None, made_at };
        reservations::hold(c, &slot)?;
    }
    let until = rules::pickup_until(office.today(), &terms, &store::point(c, point_id)?.open_days()?);
    let severe = register::valid_certificate(c, case.person_id, office.today())?.map(|card| card.level.severe());
    let id = Id::at(office.now);
    let (hash, code) = fresh_code(c, office)?;
    let loan = Loan {
        id,
        case_id: case.id,
        person_id: case.person_id,
        point_id,
        model_id,
        state: LoanState::Reserved,
        unit_id: None,
        open_unit: None,
        pickup_code_hash: Some(hash),
        pickup_code: office.keys.seal_text(&code_place(&id), &code)?,
        pickup_on: choice.pickup_on.into(),
        pickup_until: until.into(),
        deposit_fen: rules::deposit_fen(&terms.deposit, severe),
        reserved_at: office.now,
        out_on: None,
        due_on: None,
        extensions: 0,
        remind_on: None,
        reminded: Reminded::Nothing,
        returned_at: None,
        return_point: None,
        condition: None,
        ended_why: None,
    };
    once(diesel::insert_into(device_loans::table).values(loan).execute(c))?;
    act(c, office, case.id, Act::system(Deed::ApprovedByRule, "reserved"))?;
    let at_point = Step { desk: Some(AT_POINT), point: Some(point_id), ..system_step("to_be_picked_up", Some(until)) };
    step(c, office, case.id, at_point)?;
    Ok(())
}

/// Six digits that no other waiting reservation has.
fn fresh_code(c: &mut AnyConn, office: &Office) -> Result<(Vec<u8>, String)> {
    use device_loans::dsl as l;
    for _ in 0..20 {
        let code = random_digits(6)?;
        let hash = code_hash(office, &code);
        let used: i64 = l::device_loans.filter(l::pickup_code_hash.eq(Some(hash.clone()))).count().get_result(c)?;
        if used == 0 {
            return Ok((hash, code));
        }
    }
    Err(Error::internal("no pickup code is free"))
}

/// The applicant withdraws: before hand-out only (30003). A draft has no loan, so nothing happens.
pub(super) fn withdraw(c: &mut AnyConn, office: &Office, case: &Case) -> Result<()> {
    match Loan::of_case(c, case.id)? {
        Some(loan) if loan.state != LoanState::Ended => give_up(c, office, loan, EndWhy::Withdrawn),
        _ => Ok(()),
    }
}

/// Ends a reservation; its unit goes to the next who waits.
fn give_up(c: &mut AnyConn, office: &Office, mut loan: Loan, why: EndWhy) -> Result<()> {
    loan.end(why);
    loan.save(c)?;
    if let Some(promise) = reservations::of_case(c, loan.case_id)? {
        reservations::release(c, promise.unit_id)?;
    }
    placing::place_next(c, office, loan.point_id, loan.model_id)
}

/// Ends reservations that nobody fetched in their window; returns how many.
pub(super) fn end_no_shows(c: &mut AnyConn, office: &Office) -> Result<usize> {
    use device_loans::dsl as l;
    let over = l::device_loans
        .filter(l::state.eq(LoanState::Reserved).and(l::pickup_until.lt(office.today().to_string())))
        .order((l::pickup_until, l::id))
        .limit(super::AT_ONCE)
        .select(<Loan as Selectable<MultiBackend>>::construct_selection());
    let over: Vec<Loan> = over.load(c)?;
    let many = over.len();
    for loan in over {
        let case = loan.case_id;
        give_up(c, office, loan, EndWhy::NotPickedUp)?;
        act(c, office, case, Act::system(Deed::Complete, "not_picked_up"))?;
    }
    Ok(many)
}

/// Reminds borrowers whose day of return is near or over; each day of the policy once. Returns how many.
pub(super) fn remind(c: &mut AnyConn, office: &Office) -> Result<usize> {
    use device_loans::dsl as l;
    let today = office.today();
    let due = l::device_loans
        .filter(l::state.eq(LoanState::Out).and(l::remind_on.le(Some(today.to_string()))))
        .order((l::remind_on, l::id))
        .limit(super::AT_ONCE)
        .select(<Loan as Selectable<MultiBackend>>::construct_selection());
    let due: Vec<Loan> = due.load(c)?;
    let many = due.len();
    for mut loan in due {
        let Some(due_on) = loan.due_on.map(NaiveDate::from) else { continue };
        let case = case::find(c, loan.case_id)?;
        let terms = terms::of(c, &case)?;
        loan.reminded = if today > due_on { Reminded::Overdue } else { Reminded::DueSoon };
        loan.remind_on = rules::next_reminder(due_on, today, &terms.reminder_days_before_due).map(StoredDay::from);
        loan.save(c)?;
        step(c, office, loan.case_id, system_step(loan.reminded.code(), Some(due_on)))?;
    }
    Ok(many)
}
