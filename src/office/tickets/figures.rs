//! How many problems residents reported, for the office's report (domain.md §5: they are counted).

use diesel::prelude::*;

use super::ticket::{Kind, tickets};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::areas::AreaCode;
use crate::rules::moments::Moment;

/// Tickets of a county by kind, opened between two moments (both included). Kinds without any are
/// left out.
pub fn opened(c: &mut AnyConn, county: &AreaCode, from: Moment, until: Moment) -> Result<Vec<(Kind, i64)>> {
    let opened = tickets::table
        .filter(tickets::county.eq(*county))
        .filter(tickets::created_at.between(from, until))
        .group_by(tickets::kind)
        .select((tickets::kind, diesel::dsl::count_star()));
    Ok(opened.order(tickets::kind).load(c)?)
}
