//! Which desk a ticket lies on: the one that is asked for, or the next above where somebody may handle it.

use super::four_eyes::Concerned;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::lifecycle::Desk;

/// The desks of tickets, from the bottom up.
pub(crate) const LADDER: [(Desk, AreaLevel); 3] =
    [(Desk::Village, AreaLevel::Village), (Desk::Town, AreaLevel::Town), (Desk::County, AreaLevel::County)];

/// The first desk from `from` upwards in whose area the matter is and where somebody may handle it. The county is never
/// passed over: what nobody else may handle lies there.
pub(crate) fn from(c: &mut AnyConn, office: &Office, area: &AreaCode, who: &Concerned, from: Desk) -> Result<(Desk, AreaCode)> {
    for (desk, level) in LADDER.into_iter().filter(|(desk, _)| *desk >= from && *desk < Desk::County) {
        let at = std::iter::once(*area).chain(area.ancestors()).find(|a| a.level() == level);
        if let Some(at) = at
            && who.leaves_somebody(c, office, desk, &at)?
        {
            return Ok((desk, at));
        }
    }
    Ok((Desk::County, persons::county_of(area)))
}

/// The desk above, if there is one.
pub(crate) fn above(desk: Desk) -> Option<Desk> {
    LADDER.into_iter().map(|(d, _)| d).find(|d| *d > desk)
}
