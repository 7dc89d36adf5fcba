//! Promises: which unit is promised to which case or wait. There are never more promises than units, also when requests
//! race.
//!
//! A live promise is one row with the id of a unit as primary key, so the database itself refuses to promise a unit twice.
//! Until hand-out it does not matter which unit of the model it is: any available one may be handed out, and when that one
//! was promised to somebody else, the two promises swap units. A returned unit can be promised again only after inspection
//! and disinfection. A promise lasts from offer or reservation to return and has no days: a unit that is lent is not
//! promised to anybody else for later.

use diesel::prelude::*;

use super::states::{PromiseKind, UnitState};
use super::store::{device_promises, device_units, once};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// One live promise.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = device_promises, treat_none_as_default_value = false)]
pub struct Promise {
    /// Until hand-out any unit of the model; from hand-out on the unit that is out.
    pub unit_id: Id,
    pub point_id: Id,
    pub model_id: Id,
    pub kind: PromiseKind,
    /// Of a reservation or loan.
    pub case_id: Option<Id>,
    /// Of an offer.
    pub wait_id: Option<Id>,
    pub made_at: Moment,
}

/// The oldest unit of the model at the point that is available and promised to nobody.
pub fn free_unit(c: &mut AnyConn, point: Id, model: Id) -> Result<Option<Id>> {
    Ok(free_units(c, point, model)?.first().copied())
}

/// All such units.
pub fn free_units(c: &mut AnyConn, point: Id, model: Id) -> Result<Vec<Id>> {
    use device_units::dsl as u;
    let stock = u::device_units
        .left_join(device_promises::table.on(device_promises::unit_id.eq(u::id)))
        .filter(u::point_id.eq(point).and(u::model_id.eq(model)).and(u::state.eq(UnitState::Available)))
        .filter(device_promises::unit_id.nullable().is_null());
    Ok(stock.select(u::id).order(u::id).load(c)?)
}

/// Stores a promise; the transaction runs again when the unit was promised meanwhile.
pub fn hold(c: &mut AnyConn, promise: &Promise) -> Result<()> {
    once(diesel::insert_into(device_promises::table).values(promise.clone()).execute(c))
}

/// The promise of this unit.
pub fn of_unit(c: &mut AnyConn, unit: Id) -> Result<Option<Promise>> {
    let found = device_promises::table.find(unit).select(<Promise as Selectable<MultiBackend>>::construct_selection());
    Ok(found.get_result(c).optional()?)
}

/// The promise to a case.
pub fn of_case(c: &mut AnyConn, case: Id) -> Result<Option<Promise>> {
    let found = device_promises::table.filter(device_promises::case_id.eq(Some(case)));
    Ok(found.select(<Promise as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// The offer to an entry of the waiting list.
pub fn of_wait(c: &mut AnyConn, wait: Id) -> Result<Option<Promise>> {
    let found = device_promises::table.filter(device_promises::wait_id.eq(Some(wait)));
    Ok(found.select(<Promise as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// Deletes the promise of a unit; the unit can be promised again.
pub fn release(c: &mut AnyConn, unit: Id) -> Result<()> {
    diesel::delete(device_promises::table.find(unit)).execute(c)?;
    Ok(())
}

/// Turns an offer into the reservation of the case that accepted it; the unit stays the same.
pub fn accept_offer(c: &mut AnyConn, offer: &Promise, case: Id) -> Result<()> {
    use device_promises::dsl as p;
    let changed = (p::kind.eq(PromiseKind::Reservation), p::case_id.eq(Some(case)), p::wait_id.eq(None::<Id>));
    diesel::update(p::device_promises.find(offer.unit_id)).set(changed).execute(c)?;
    Ok(())
}

/// Binds a unit to a reservation at hand-out. When the unit was promised to somebody else, the two promises swap units.
pub fn bind(c: &mut AnyConn, reservation: &Promise, item: Id) -> Result<()> {
    let other = if item == reservation.unit_id { None } else { of_unit(c, item)? };
    release(c, reservation.unit_id)?;
    if let Some(other) = other {
        release(c, item)?;
        hold(c, &Promise { unit_id: reservation.unit_id, ..other })?;
    }
    hold(c, &Promise { unit_id: item, kind: PromiseKind::Loan, ..reservation.clone() })
}

/// How many promises of each kind are live at each point, for the models of a county.
pub fn counts(c: &mut AnyConn, models: Vec<Id>) -> Result<Vec<(Id, Id, PromiseKind, i64)>> {
    use device_promises::dsl as p;
    let rows = p::device_promises
        .filter(p::model_id.eq_any(models))
        .group_by((p::point_id, p::model_id, p::kind))
        .select((p::point_id, p::model_id, p::kind, diesel::dsl::count_star()))
        .order((p::point_id, p::model_id, p::kind));
    Ok(rows.load(c)?)
}
