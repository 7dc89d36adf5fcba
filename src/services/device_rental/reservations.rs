//! Promises: never more than there are units, whatever happens at the same moment.
//!
//! A live promise is one row keyed by one unit of the model at the point: the primary key is the slot, so the database
//! itself refuses a promise too many. Until hand-out the unit is only the place in the stock; any item may be handed
//! out, and two promises then change places. A returned unit is no slot before it is inspected and disinfected.
//! A promise lasts from offer or reservation to return, so no days are kept: what is lent now is promised to nobody else.

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
    /// The slot; from hand-out on, the item itself.
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

/// Writes a promise into its slot.
pub fn hold(c: &mut AnyConn, promise: &Promise) -> Result<()> {
    once(diesel::insert_into(device_promises::table).values(promise.clone()).execute(c))
}

/// The promise whose slot this unit is.
pub fn of_unit(c: &mut AnyConn, unit: Id) -> Result<Option<Promise>> {
    let found = device_promises::table.find(unit).select(<Promise as Selectable<MultiBackend>>::construct_selection());
    Ok(found.get_result(c).optional()?)
}

/// The promise to a case.
pub fn of_case(c: &mut AnyConn, case: Id) -> Result<Option<Promise>> {
    let found = device_promises::table.filter(device_promises::case_id.eq(Some(case)));
    Ok(found.select(<Promise as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// The offer to a place in the line.
pub fn of_wait(c: &mut AnyConn, wait: Id) -> Result<Option<Promise>> {
    let found = device_promises::table.filter(device_promises::wait_id.eq(Some(wait)));
    Ok(found.select(<Promise as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// Ends a promise; the slot is empty.
pub fn drop_slot(c: &mut AnyConn, unit: Id) -> Result<()> {
    diesel::delete(device_promises::table.find(unit)).execute(c)?;
    Ok(())
}

/// Gives the slot of an offer to the case that took the offer up.
pub fn take_up(c: &mut AnyConn, offer: &Promise, case: Id) -> Result<()> {
    use device_promises::dsl as p;
    let changed = (p::kind.eq(PromiseKind::Reservation), p::case_id.eq(Some(case)), p::wait_id.eq(None::<Id>));
    diesel::update(p::device_promises.find(offer.unit_id)).set(changed).execute(c)?;
    Ok(())
}

/// Binds an item to a reservation at hand-out. If the item is another promise's slot, the two change places.
pub fn bind(c: &mut AnyConn, reservation: &Promise, item: Id) -> Result<()> {
    let other = if item == reservation.unit_id { None } else { of_unit(c, item)? };
    drop_slot(c, reservation.unit_id)?;
    if let Some(other) = other {
        drop_slot(c, item)?;
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
