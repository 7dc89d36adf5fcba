//! Loans: the row of a loan from reservation to its end, who may have one, and reservations that lost their unit.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::states::{Condition, EndWhy, InUse, LoanState, Reminded};
use super::store::{self, Model, device_loans, device_models, once};
use super::{rules, terms};
use crate::office::cases::moving::act::{Step, step};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::columns::StoredDay;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::calendar::end_of_day;
use crate::rules::moments::Moment;
use crate::rules::money::Fen;

/// One loan as it stands; days are `YYYY-MM-DD`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = device_loans, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Loan {
    pub id: Id,
    pub case_id: Id,
    pub person_id: Id,
    /// Where it was reserved.
    pub point_id: Id,
    pub model_id: Id,
    pub state: LoanState,
    /// From hand-out on.
    pub unit_id: Option<Id>,
    /// The same while the unit is out.
    pub open_unit: Option<Id>,
    pub pickup_code_hash: Option<Vec<u8>>,
    /// Six digits, sealed.
    pub pickup_code: Vec<u8>,
    pub pickup_on: StoredDay,
    /// The last day on which the reservation is kept.
    pub pickup_until: StoredDay,
    pub deposit_fen: Fen,
    pub reserved_at: Moment,
    pub out_on: Option<StoredDay>,
    pub due_on: Option<StoredDay>,
    pub extensions: i64,
    pub remind_on: Option<StoredDay>,
    pub reminded: Reminded,
    pub returned_at: Option<Moment>,
    pub return_point: Option<Id>,
    pub condition: Option<Condition>,
    pub ended_why: Option<EndWhy>,
}

pub(super) fn code_place(id: &Id) -> Place<'_> {
    Place::new("device_loans", "pickup_code", id.as_bytes())
}

impl Loan {
    /// The loan of a case, when something was reserved.
    pub fn of_case(c: &mut AnyConn, case: Id) -> Result<Option<Loan>> {
        let found = device_loans::table.filter(device_loans::case_id.eq(case));
        Ok(found.select(<Loan as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
    }

    /// The loan of an id; 10006 when there is none.
    pub fn find(c: &mut AnyConn, id: Id) -> Result<Loan> {
        let found = device_loans::table.find(id).select(<Loan as Selectable<MultiBackend>>::construct_selection());
        found.get_result(c).optional()?.ok_or_else(Error::not_found)
    }

    /// The six digits by which it is picked up.
    pub fn code(&self, keys: &Keyring) -> Result<String> {
        Ok(keys.open_text(&code_place(&self.id), &self.pickup_code)?)
    }

    /// Stores what changed.
    pub fn save(&self, c: &mut AnyConn) -> Result<()> {
        once(diesel::update(device_loans::table.find(self.id)).set(self.clone()).execute(c))
    }

    /// Ends the loan; its pickup code and unit can be used for others.
    pub fn end(&mut self, why: EndWhy) {
        self.state = LoanState::Ended;
        self.ended_why = Some(why);
        self.open_unit = None;
        self.pickup_code_hash = None;
        self.remind_on = None;
    }
}

/// The model, if this point lends it to this person: all of one county and in use. Else 10006.
pub fn lendable(c: &mut AnyConn, person: Id, point: Id, model: Id) -> Result<Model> {
    let person = persons::find(c, person)?.ok_or_else(Error::not_found)?;
    let point = store::point(c, point)?;
    let model = store::model(c, model)?;
    let open = point.status == InUse::Open && model.status == InUse::Open;
    let here = person.county == point.county && point.county == model.county;
    if open && here { Ok(model) } else { Err(Error::not_found()) }
}

/// Why the person may not have a device of this kind now: one is out or reserved, or the last is within its service life.
pub fn not_eligible(c: &mut AnyConn, office: &Office, person: Id, model: &Model) -> Result<Vec<Detail>> {
    let had = device_loans::table
        .inner_join(device_models::table.on(device_models::id.eq(device_loans::model_id)))
        .filter(device_loans::person_id.eq(person).and(device_models::kind.eq(model.kind.clone())))
        .order(device_loans::id)
        .select((device_loans::state, device_loans::out_on));
    let had: Vec<(LoanState, Option<NaiveDate>)> = had.load(c)?;
    let mut free_from: Option<NaiveDate> = None;
    for out_on in had.iter().filter_map(|(_, out_on)| *out_on) {
        free_from = free_from.max(rules::life_ends(out_on, model.service_life_months));
    }
    let because = |code: &str, reason: &str, way: &str| Detail::new("/choice/model_id", "辅具", code, reason, way);
    let mut found = Vec::new();
    if had.iter().any(|(state, _)| *state != LoanState::Ended) {
        found.push(because("same_kind", "同一类辅具已经借了一件或者已经预约。", "请先归还，再借同类的辅具。"));
    } else if let Some(from) = free_from.filter(|from| *from > office.today()) {
        found.push(because("service_life", "同一类辅具还在使用年限内。", &format!("{from}以后可以再借，急用请联系网点。")));
    }
    Ok(found)
}

/// How many are to be fetched at a point on a day.
pub fn pickups_on(c: &mut AnyConn, point: Id, day: NaiveDate) -> Result<i64> {
    use device_loans::dsl as l;
    let there = l::device_loans.filter(l::point_id.eq(point).and(l::state.eq(LoanState::Reserved)));
    Ok(there.filter(l::pickup_on.eq(day.to_string())).count().get_result(c)?)
}

/// The keyed hash by which a pickup code is found.
pub(super) fn code_hash(office: &Office, code: &str) -> Vec<u8> {
    office.keys.lookup_hash("device_loan.pickup_code", code).to_vec()
}

/// A step of the system of which the borrower is notified, with the day by which they are to act.
pub(super) fn system_step(step: &str, due_on: Option<NaiveDate>) -> Step<'_> {
    Step { actor: Actor::System, version: None, step, desk: None, point: None, due: due_on.map(end_of_day).into() }
}

/// The reservation lost its unit and there is no other: it waits for one, before everybody on the waiting list.
pub(super) fn displace(c: &mut AnyConn, office: &Office, case: Id) -> Result<()> {
    let mut loan = Loan::of_case(c, case)?.ok_or_else(|| Error::internal("a promise without a loan"))?;
    loan.state = LoanState::Displaced;
    loan.save(c)?;
    step(c, office, case, system_step("unit_lost", None))?;
    Ok(())
}

/// The first reservation that lost its unit.
pub(super) fn first_displaced(c: &mut AnyConn, point: Id, model: Id) -> Result<Option<Loan>> {
    use device_loans::dsl as l;
    let line = l::device_loans
        .filter(l::point_id.eq(point).and(l::model_id.eq(model)).and(l::state.eq(LoanState::Displaced)))
        .order((l::reserved_at, l::id))
        .limit(1)
        .select(<Loan as Selectable<MultiBackend>>::construct_selection());
    Ok(line.load(c)?.into_iter().next())
}

/// How many reservations wait for another unit.
pub(super) fn count_displaced(c: &mut AnyConn, point: Id, model: Id) -> Result<i64> {
    use device_loans::dsl as l;
    let line = l::device_loans.filter(l::point_id.eq(point).and(l::model_id.eq(model)));
    Ok(line.filter(l::state.eq(LoanState::Displaced)).count().get_result(c)?)
}

/// A displaced reservation has a unit again, and a new pickup window.
pub(super) fn placed_again(c: &mut AnyConn, office: &Office, mut loan: Loan) -> Result<()> {
    let case = case::find(c, loan.case_id)?;
    let terms = terms::of(c, &case)?;
    let until = rules::pickup_until(office.today(), &terms, &store::point(c, loan.point_id)?.open_days()?);
    loan.state = LoanState::Reserved;
    loan.pickup_on = until.into();
    loan.pickup_until = until.into();
    loan.save(c)?;
    step(c, office, loan.case_id, system_step("placed_again", Some(until)))?;
    Ok(())
}
