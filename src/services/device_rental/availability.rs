//! How many units of each model are free at each point: counts of the units, promises and waits by which reservations are
//! decided.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::states::{PromiseKind, UnitState};
use super::{reservations, store, units, waitlist};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;

/// One model at one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stock {
    pub point_id: Id,
    #[schema(example = "宋疃镇卫生院")]
    pub point_name: String,
    pub model_id: Id,
    #[schema(example = "普通轮椅")]
    pub model_name: String,
    #[schema(example = "wheelchair")]
    pub model_kind: String,
    /// The picture in words.
    #[schema(example = "一辆可折叠的手动轮椅")]
    pub alt_text: String,
    /// Units that are on the shelf or lent; not those to be cleaned, under repair, missing or retired.
    #[schema(example = 5)]
    pub in_service: i64,
    /// Of these, how many are lent.
    #[schema(example = 2)]
    pub lent: i64,
    /// How many are kept for reservations and offers.
    #[schema(example = 1)]
    pub promised: i64,
    /// How many can be reserved now: in service, neither lent nor promised.
    #[schema(example = 2)]
    pub free: i64,
    /// How many people wait in the line.
    #[schema(example = 0)]
    pub waiting: i64,
}

/// The stock of a county's open points, by name of point and model; of one model when it is named. Models of which a point
/// never had a unit are left out.
pub fn of_county(c: &mut AnyConn, county: &AreaCode, only: Option<Id>) -> Result<Vec<Stock>> {
    let mut models = store::models(c, county)?;
    models.retain(|m| only.is_none_or(|id| id == m.id));
    let ids = || models.iter().map(|m| m.id).collect::<Vec<_>>();
    let units = units::stock(c, ids())?;
    let promises = reservations::counts(c, ids())?;
    let waits = waitlist::counts(c, ids())?;
    let mut out = Vec::new();
    for point in store::points(c, county)? {
        for model in &models {
            let mine = units.iter().filter(|(p, m, _, _)| *p == point.id && *m == model.id);
            let of = |state: UnitState| mine.clone().filter(|(_, _, s, _)| *s == state).map(|(_, _, _, n)| *n).sum::<i64>();
            if mine.clone().next().is_none() {
                continue;
            }
            let on_shelf = of(UnitState::Available);
            let waiting_for =
                promises.iter().filter(|(p, m, kind, _)| *p == point.id && *m == model.id && *kind != PromiseKind::Loan);
            let promised = waiting_for.map(|(_, _, _, n)| *n).sum::<i64>();
            out.push(Stock {
                point_id: point.id,
                point_name: point.name.clone(),
                model_id: model.id,
                model_name: model.name.clone(),
                model_kind: model.kind.clone(),
                alt_text: model.alt_text.clone(),
                in_service: UnitState::ALL.iter().filter(|s| s.in_service()).map(|s| of(*s)).sum(),
                lent: of(UnitState::Lent),
                promised,
                free: on_shelf.saturating_sub(promised),
                waiting: waits.iter().filter(|(p, m, _)| *p == point.id && *m == model.id).map(|(_, _, n)| *n).sum(),
            });
        }
    }
    Ok(out)
}
