//! What the yearly report counts of the rental: points with their units, and people who were helped.

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::states::{InUse, UnitState};
use super::store::{device_loans, device_models, device_units, rental_points};
use crate::office::cases::service::figures::{ReportRow, ReportTable, Scope, columns};
use crate::office::reports::in_areas;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;

diesel::joinable!(device_units -> rental_points (point_id));
diesel::joinable!(device_units -> device_models (model_id));
diesel::joinable!(device_loans -> rental_points (point_id));
diesel::allow_tables_to_appear_in_same_query!(device_units, device_models, rental_points);
diesel::allow_tables_to_appear_in_same_query!(device_loans, rental_points);
diesel::allow_columns_to_appear_in_same_group_by_clause!(rental_points::id, device_models::id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(rental_points::id, device_models::name);
diesel::allow_columns_to_appear_in_same_group_by_clause!(rental_points::name, device_models::id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(rental_points::name, device_models::name);

/// How many units of a model a point has.
#[derive(Queryable)]
struct UnitsAtPoint {
    point: Id,
    point_name: String,
    model: Id,
    model_name: String,
    units: i64,
}

/// Units of the open points, lent ones included; retired and missing ones are not counted.
pub fn stock(c: &mut AnyConn, scope: &Scope) -> Result<ReportTable> {
    use {device_models as m, rental_points as p};
    let by = (p::id, p::name, m::id, m::name);
    let units = device_units::table.inner_join(p::table).inner_join(m::table).group_by(by);
    let units = units.select((p::id, p::name, m::id, m::name, count_star()));
    let units = in_areas!(units, p::county, scope)
        .filter(p::status.eq(InUse::Open).and(m::status.eq(InUse::Open)))
        .filter(device_units::state.ne_all(&[UnitState::Retired, UnitState::Missing]));
    let kept: Vec<UnitsAtPoint> = units.order((p::name, p::id, m::name, m::id)).load(c)?;
    let row = |r: UnitsAtPoint| {
        let point = Labelled::new(&r.point.to_string(), &r.point_name);
        let model = Labelled::new(&r.model.to_string(), &r.model_name);
        ReportRow::new([point, model], [r.units])
    };
    let table = ReportTable {
        code: "rental_stock",
        title: "辅具租赁网点",
        counted: "现在开放的网点的辅具，借出的也算，报废和丢失的不算。",
        names: vec!["网点", "辅具"],
        columns: columns(&[("units", "件数")]),
        rows: kept.into_iter().map(row).collect(),
        total: None,
    };
    Ok(table.summed())
}

/// How often a device was lent, and to how many different people.
pub fn helped(c: &mut AnyConn, scope: &Scope) -> Result<ReportTable> {
    use device_loans as l;
    let lent = l::table.inner_join(rental_points::table).select((count_star(), count(l::person_id).aggregate_distinct()));
    let lent = in_areas!(lent, rental_points::county, scope)
        .filter(l::out_on.between(scope.period.from.to_string(), scope.period.to.to_string()));
    let (loans, people): (i64, i64) = lent.get_result(c)?;
    Ok(ReportTable {
        code: "rental_people",
        title: "辅具租赁借用",
        counted: "本年度从网点借走的辅具；一个人借几次也算一人。",
        names: Vec::new(),
        columns: columns(&[("loans", "借出次数"), ("people", "帮助人数")]),
        rows: vec![ReportRow::new([], [loans, people])],
        total: None,
    })
}
