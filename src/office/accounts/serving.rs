//! Who serves a desk: active workers who hold a post there now, and deputies instead of those who are away.

use diesel::prelude::*;

use super::absences;
use super::staff::{Standing, assignments, workers};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::desks::Reach;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

diesel::joinable!(assignments -> workers (worker_id));
diesel::allow_tables_to_appear_in_same_query!(assignments, workers);

/// Workers with a post of this role for this area (or for this point, where the role serves one), each with the person they are.
pub fn serving(c: &mut AnyConn, role: Role, area: &AreaCode, point: Option<Id>, now: Moment) -> Result<Vec<(Id, Option<Id>)>> {
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
    let there = |at: &Option<Id>| role.reach() != Reach::Point || (point.is_some() && *at == point);
    let here = rows.into_iter().filter(|(_, _, at)| there(at)).map(|(worker, person, _)| (worker, person)).collect();
    present(c, here, now)
}

/// Each who is away gives place to their deputy; who stands in for nobody because they are away too is not there.
fn present(c: &mut AnyConn, held: Vec<(Id, Option<Id>)>, now: Moment) -> Result<Vec<(Id, Option<Id>)>> {
    let away = absences::away(c, held.iter().map(|(worker, _)| *worker).collect(), now)?;
    if away.is_empty() {
        return Ok(held);
    }
    let deputies: Vec<Id> = away.iter().map(|(_, deputy)| *deputy).collect();
    let missing = absences::away(c, deputies.clone(), now)?;
    use workers::dsl as w;
    let active = w::workers.filter(w::id.eq_any(deputies)).filter(w::status.eq(Standing::Active));
    let active: Vec<(Id, Option<Id>)> = active.order(w::id).select((w::id, w::person_id)).load(c)?;
    let mut all: Vec<_> = held.into_iter().filter(|(worker, _)| away.iter().all(|(absent, _)| absent != worker)).collect();
    for deputy in active.into_iter().filter(|(id, _)| missing.iter().all(|(absent, _)| absent != id)) {
        if !all.contains(&deputy) {
            all.push(deputy);
        }
    }
    Ok(all)
}
