//! The loans that a keeper may see: those of the kept points, and the one of an item that is brought back.

use diesel::prelude::*;

use super::loans::Loan;
use super::states::LoanState;
use super::store::{self, device_loans};
use super::units;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;

/// Which loans to list.
#[derive(Clone, Debug)]
pub struct LoanFilter {
    /// Points that the reader keeps.
    pub points: Vec<Id>,
    pub state: Option<LoanState>,
    /// Only the open loan of this item.
    pub asset_tag: Option<String>,
}

/// The newest first; one row more than `limit` when there are more.
pub fn loans(c: &mut AnyConn, f: &LoanFilter, after: Option<After>, limit: i64) -> Result<Vec<Loan>> {
    use device_loans::dsl as l;
    let mut page = match &f.asset_tag {
        Some(tag) => match units::tagged(c, tag)? {
            Some(unit) if in_county(c, &f.points, unit.point_id)? => {
                l::device_loans.filter(l::open_unit.eq(Some(unit.id))).into_boxed::<MultiBackend>()
            }
            _ => return Ok(Vec::new()),
        },
        None => l::device_loans.filter(l::point_id.eq_any(f.points.clone())).into_boxed::<MultiBackend>(),
    };
    if let Some(state) = f.state {
        page = page.filter(l::state.eq(state));
    }
    if let Some(a) = after {
        page = page.filter(l::reserved_at.lt(a.at).or(l::reserved_at.eq(a.at).and(l::id.lt(a.id))));
    }
    let rows = page.order((l::reserved_at.desc(), l::id.desc())).limit(limit.saturating_add(1));
    Ok(rows.select(<Loan as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// A loan of one of these points; anything else is 10006.
pub fn loan(c: &mut AnyConn, points: &[Id], id: Id) -> Result<Loan> {
    let loan = Loan::find(c, id)?;
    if points.contains(&loan.point_id) { Ok(loan) } else { Err(Error::not_found()) }
}

fn in_county(c: &mut AnyConn, points: &[Id], point: Id) -> Result<bool> {
    let county = store::point(c, point)?.county;
    for id in points {
        if store::point(c, *id)?.county == county {
            return Ok(true);
        }
    }
    Ok(false)
}
