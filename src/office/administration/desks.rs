//! Who serves which desk of a county: every function × area that its policies use, with its active workers.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::office::accounts::guards::Post;
use crate::office::accounts::staff::{Standing, assignments, workers};
use crate::office::cases::service::{ServicePoint, Services};
use crate::office::policy::areas::{self, Area};
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::{Desk, Role};
use crate::rules::moments::Moment;

/// One desk and who serves it.
#[derive(Clone, Debug)]
pub struct Served {
    pub desk: Desk,
    pub area: AreaCode,
    /// Name of the area or of the point.
    pub place: String,
    pub point: Option<Id>,
    pub workers: usize,
    /// Place of the function in the list: the office's own first, then those of services.
    function: i64,
}

impl Served {
    /// The order of the list: unstaffed first, then by function, area and point.
    pub fn key(&self) -> After {
        let staffed = i64::from(self.workers > 0);
        let area: i64 = self.area.as_str().parse().unwrap_or(0);
        let at = staffed.saturating_mul(100).saturating_add(self.function).saturating_mul(1_000_000_000_000).saturating_add(area);
        After { at, id: self.point.unwrap_or(Id::from_bytes([0; 16])) }
    }
}

/// All desks of a county, in the order of [`Served::key`].
///
/// # Errors
/// Those of the database.
pub fn overview(c: &mut AnyConn, services: &Services, of: &AreaCode, now: Moment) -> Result<Vec<Served>> {
    let today = beijing_date(now);
    let mut used = BTreeSet::new();
    let mut points: Vec<(Desk, ServicePoint)> = Vec::new();
    for service in services.all() {
        let Some(policy) = county::current(c, of, service.code(), today)? else { continue };
        used.extend(policy.common.chain.iter().copied());
        used.extend(service.further_desks());
        for desk in service.desks().iter().map(|own| Desk::Own(own)) {
            used.insert(desk);
            if desk.at_points() {
                points.extend(service.points(c, of)?.into_iter().map(|point| (desk, point)));
            }
        }
    }
    let posts = posts_around(c, of, now)?;
    let places = areas::inside(c, of, today)?;
    let order: Vec<Desk> = Desk::OFFICE.iter().copied().chain(services.own_desks().into_iter().map(Desk::Own)).collect();
    let mut all: Vec<Served> = used.iter().flat_map(|desk| desks(*desk, of, &places, &points)).collect();
    for served in &mut all {
        served.workers = workers_of(served, &posts);
        served.function = order.iter().position(|d| *d == served.desk).and_then(|p| i64::try_from(p).ok()).unwrap_or(0);
    }
    all.sort_by_key(|served| (served.key().at, served.key().id));
    Ok(all)
}

/// The desks of one function.
fn desks(desk: Desk, county: &AreaCode, places: &[Area], points: &[(Desk, ServicePoint)]) -> Vec<Served> {
    let at = |area: AreaCode, place: &str, point: Option<Id>| Served {
        desk,
        area,
        place: place.to_owned(),
        point,
        workers: 0,
        function: 0,
    };
    if desk.at_points() {
        return points.iter().filter(|(of, _)| *of == desk).map(|(_, p)| at(p.area, &p.name, Some(p.id))).collect();
    }
    match desk.level() {
        AreaLevel::County => {
            let name = places.iter().find(|a| a.code == *county).map_or("", |a| a.name.as_str());
            vec![at(*county, name, None)]
        }
        // Towns and villages of the county. A city's desk lies outside the county, so that none is listed.
        level => places.iter().filter(|a| a.level == level).map(|a| at(a.code, &a.name, None)).collect(),
    }
}

/// Different workers who hold a post for this desk.
fn workers_of(served: &Served, posts: &[(Id, Post)]) -> usize {
    let serves = |p: &Post| {
        let there = if served.desk.at_points() { p.point == served.point } else { p.area.contains(&served.area) };
        p.role == served.desk.role() && there
    };
    posts.iter().filter(|(_, p)| serves(p)).map(|(id, _)| *id).collect::<BTreeSet<Id>>().len()
}

/// The posts of active workers that lie in a county or above it.
fn posts_around(c: &mut AnyConn, county: &AreaCode, now: Moment) -> Result<Vec<(Id, Post)>> {
    use assignments::dsl as a;
    let (first, last) = county.bounds();
    let above = county.ancestors();
    let held = a::assignments
        .inner_join(workers::table)
        .filter(workers::status.eq(Standing::Active))
        .filter(a::area.between(first, last).or(a::area.eq_any(above)))
        .filter(a::valid_from.le(now).and(a::valid_to.is_null().or(a::valid_to.gt(now))))
        .order((workers::id, a::id))
        .select((workers::id, a::role, a::area, a::point_id, a::lead));
    let rows: Vec<(Id, Role, AreaCode, Option<Id>, bool)> = held.load(c)?;
    Ok(rows.into_iter().map(|(id, role, area, point, lead)| (id, Post { role, area, point, lead })).collect())
}
