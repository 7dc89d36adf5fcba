//! What the yearly report counts of the rental: points with their units, and people who were helped.

use chrono::NaiveDate;
use diesel::dsl::count;
use diesel::prelude::*;

use super::states::UnitState;
use super::store::{self, device_loans, rental_points};
use super::units;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;

diesel::allow_tables_to_appear_in_same_query!(device_loans, rental_points);

/// How many different people took a device home from a county's points, from the first day to the last.
pub fn people_helped(c: &mut AnyConn, county: &AreaCode, first: NaiveDate, last: NaiveDate) -> Result<i64> {
    use device_loans::dsl as l;
    let lent = l::device_loans.inner_join(rental_points::table.on(rental_points::id.eq(l::point_id)));
    let lent = lent
        .filter(rental_points::county.eq(county.to_string()))
        .filter(l::out_on.ge(first.to_string()))
        .filter(l::out_on.le(last.to_string()));
    Ok(lent.select(count(l::person_id).aggregate_distinct()).get_result(c)?)
}

/// Units of a model at a point, wherever they are now; retired and missing ones are no stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    pub point: String,
    pub model: String,
    pub units: i64,
}

/// The stock of a county, by the names of point and model.
pub fn stock(c: &mut AnyConn, county: &AreaCode) -> Result<Vec<Stock>> {
    let (points, models) = (store::points(c, county.as_str())?, store::models(c, county.as_str())?);
    let there = units::stock(c, models.iter().map(|m| m.id).collect())?;
    let kept = |state: UnitState| !matches!(state, UnitState::Retired | UnitState::Missing);
    let of = |point: Id, model: Id| {
        let rows = there.iter().filter(|(p, m, state, _)| (*p, *m) == (point, model) && kept(*state));
        rows.map(|(_, _, _, n)| n).sum()
    };
    let mut all = Vec::new();
    for point in &points {
        for model in &models {
            all.push(Stock { point: point.name.clone(), model: model.name.clone(), units: of(point.id, model.id) });
        }
    }
    Ok(all)
}
