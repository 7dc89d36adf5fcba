//! Units: single devices with serial number and asset tag, their steps, and the log of the steps.

use diesel::prelude::*;

use super::codes;
use super::desk::POINT_KEEPER;
use super::placing;
use super::states::{UnitState, UnitStep};
use super::store::{device_unit_events, device_units, once};
use crate::office::accounts::guards::Worker;
use crate::office::cases::service::Office;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// One unit as it stands.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = device_units, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Unit {
    pub id: Id,
    pub model_id: Id,
    pub point_id: Id,
    /// What the label says, unique.
    pub asset_tag: String,
    pub serial: String,
    pub state: UnitState,
    /// Who signed the inspection and the disinfection since the unit last came in.
    pub inspected_by: Option<Id>,
    pub inspected_at: Option<Moment>,
    pub disinfected_by: Option<Id>,
    pub disinfected_at: Option<Moment>,
    pub created_at: Moment,
    pub version: i64,
}

impl Unit {
    /// The unit must have been seen at this version; else 10030 with what is true now.
    pub fn seen(&self, version: i64) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Error::stale(self.current())) }
    }

    fn current(&self) -> Current {
        Current { version: self.version, state: self.state.code().to_owned(), state_label: self.state.label().to_owned() }
    }
}

/// A step and who takes it; no worker when it follows from a case.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub step: UnitStep,
    pub worker: Option<Id>,
    pub case: Option<Id>,
    /// The point where the unit is afterwards; none where it is.
    pub to_point: Option<Id>,
}

impl Taken {
    /// A worker's step on the unit where it is.
    pub fn by(worker: Id, step: UnitStep) -> Taken {
        Taken { step, worker: Some(worker), case: None, to_point: None }
    }
}

/// The unit of an id at a point that the worker keeps; anything else is 10006.
pub fn kept(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Unit> {
    let unit = find(c, id)?;
    if keeps(worker, unit.point_id) { Ok(unit) } else { Err(Error::not_found()) }
}

/// The worker keeps this point.
pub fn keeps(worker: &Worker, point: Id) -> bool {
    worker.posts_of(POINT_KEEPER).any(|post| post.point == Some(point))
}

/// The unit of an id; 10006 when there is none.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Unit> {
    let found = device_units::table.find(id).select(<Unit as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// The unit of a tag.
pub fn tagged(c: &mut AnyConn, tag: &str) -> Result<Option<Unit>> {
    let found = device_units::table.filter(device_units::asset_tag.eq(tag.trim().to_owned()));
    Ok(found.select(<Unit as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// Adds a new unit; when it is available at once, the next who waits gets it. 30014 when the tag is in use.
pub fn admit(c: &mut AnyConn, office: &Office, unit: &Unit, worker: Id) -> Result<()> {
    if tagged(c, &unit.asset_tag)?.is_some() {
        return Err(Error::new(&codes::TAKEN_NAME));
    }
    once(diesel::insert_into(device_units::table).values(unit.clone()).execute(c))?;
    write_log(c, office, unit, unit.state, Taken::by(worker, UnitStep::Admit))?;
    placing::place_next(c, office, unit.point_id, unit.model_id)
}

/// Takes a step of a unit in the caller's write: state, signatures, log. Promises move when the unit enters or leaves the
/// stock. Errors: 30013 when the step does not lead on from here.
pub fn take_step(c: &mut AnyConn, office: &Office, mut unit: Unit, taken: Taken) -> Result<Unit> {
    let from = unit.state;
    let old_point = unit.point_id;
    let Some(to) = from.after(taken.step) else {
        return Err(Error::new(&codes::UNIT_STEP).with_current(unit.current()));
    };
    unit.state = to;
    unit.point_id = taken.to_point.unwrap_or(old_point);
    match taken.step {
        UnitStep::Inspect => {
            unit.inspected_by = taken.worker;
            unit.inspected_at = Some(office.now);
        }
        UnitStep::Disinfect => {
            unit.disinfected_by = taken.worker;
            unit.disinfected_at = Some(office.now);
        }
        // A unit that came back or goes to repair needs both signatures again.
        _ if matches!(to, UnitState::ToInspect | UnitState::UnderRepair) => {
            unit.inspected_by = None;
            unit.inspected_at = None;
            unit.disinfected_by = None;
            unit.disinfected_at = None;
        }
        _ => {}
    }
    let seen = unit.version;
    unit.version = seen.saturating_add(1);
    let row = device_units::table.filter(device_units::id.eq(unit.id).and(device_units::version.eq(seen)));
    if diesel::update(row).set(unit.clone()).execute(c)? != 1 {
        return Err(Error::stale(unit.current()).run_again());
    }
    write_log(c, office, &unit, from, taken)?;
    if from == UnitState::Available && (to != UnitState::Lent) && (to != from || unit.point_id != old_point) {
        placing::vacate(c, office, unit.id)?;
    }
    if to == UnitState::Available {
        placing::place_next(c, office, unit.point_id, unit.model_id)?;
    }
    Ok(unit)
}

fn write_log(c: &mut AnyConn, office: &Office, unit: &Unit, from: UnitState, taken: Taken) -> Result<()> {
    use device_unit_events::dsl as e;
    let row = (
        e::id.eq(Id::at(office.now)),
        e::unit_id.eq(unit.id),
        e::at.eq(office.now),
        e::step.eq(taken.step),
        e::from_state.eq(from),
        e::to_state.eq(unit.state),
        e::point_id.eq(unit.point_id),
        e::worker_id.eq(taken.worker),
        e::case_id.eq(taken.case),
    );
    diesel::insert_into(e::device_unit_events).values(row).execute(c)?;
    Ok(())
}

/// Which units to list.
#[derive(Clone, Debug)]
pub struct UnitFilter {
    /// Points that the reader keeps.
    pub points: Vec<Id>,
    pub state: Option<UnitState>,
}

/// Units of some points, the newest first; one row more than `limit` when there are more.
pub fn list(c: &mut AnyConn, f: &UnitFilter, after: Option<After>, limit: i64) -> Result<Vec<Unit>> {
    use device_units::dsl as u;
    let mut page = u::device_units.filter(u::point_id.eq_any(f.points.clone())).into_boxed::<MultiBackend>();
    if let Some(state) = f.state {
        page = page.filter(u::state.eq(state));
    }
    if let Some(a) = after {
        page = page.filter(u::created_at.lt(a.at).or(u::created_at.eq(a.at).and(u::id.lt(a.id))));
    }
    let rows = page.order((u::created_at.desc(), u::id.desc())).limit(limit.saturating_add(1));
    Ok(rows.select(<Unit as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// How many units of each state stand at each point, for the models of a county.
pub fn stock(c: &mut AnyConn, models: Vec<Id>) -> Result<Vec<(Id, Id, UnitState, i64)>> {
    use device_units::dsl as u;
    let rows = u::device_units
        .filter(u::model_id.eq_any(models))
        .group_by((u::point_id, u::model_id, u::state))
        .select((u::point_id, u::model_id, u::state, diesel::dsl::count_star()))
        .order((u::point_id, u::model_id, u::state));
    Ok(rows.load(c)?)
}
