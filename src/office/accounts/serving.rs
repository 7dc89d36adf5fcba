//! Who serves a desk: active workers who hold a post there now.

use diesel::prelude::*;

use super::staff::{Standing, assignments, workers};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;

diesel::joinable!(assignments -> workers (worker_id));
diesel::allow_tables_to_appear_in_same_query!(assignments, workers);

/// Workers with a post of this role for this area (or this rental point), each with the person they are.
pub fn serving(c: &mut AnyConn, role: Role, area: &AreaCode, point: Option<Id>, now: i64) -> Result<Vec<(Id, Option<Id>)>> {
    use assignments::dsl as a;
    // The area itself and all that contain it: at most five codes.
    let mut areas: Vec<String> = area.ancestors().iter().map(AreaCode::to_string).collect();
    areas.push(area.to_string());
    let held = a::assignments
        .inner_join(workers::table)
        .filter(workers::status.eq(Standing::Active).and(a::role.eq(role)).and(a::area.eq_any(areas)))
        .filter(a::valid_from.le(now).and(a::valid_to.is_null().or(a::valid_to.gt(now))))
        .order((workers::id, a::id))
        .select((workers::id, workers::person_id, a::point_id));
    let rows: Vec<(Id, Option<Id>, Option<Id>)> = held.load(c)?;
    let there = |at: &Option<Id>| role != Role::PointKeeper || (point.is_some() && *at == point);
    Ok(rows.into_iter().filter(|(_, _, at)| there(at)).map(|(worker, person, _)| (worker, person)).collect())
}
