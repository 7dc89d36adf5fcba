//! The daily round that freezes expired cards and later cancels them, by the county's terms, in small chunks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::holding::held;
use super::rules::{self, Lapse};
use super::terms::Terms;
use super::{making, store};
use crate::office::cases::record::case;
use crate::office::cases::service::Office;
use crate::office::people::register::{self, CertificateStatus};
use crate::office::people::rolls::{self, Roll};
use crate::office::policy::{areas, county};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};

/// Cards looked at in one write.
const CHUNK: i64 = 50;
const ROUND: &str = "lapsed_cards";

/// How far a round has come. Frozen cards are checked before valid ones, so that no card is frozen and cancelled on one
/// day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    county: AreaCode,
    status: CertificateStatus,
    after: Option<(NaiveDate, Id)>,
}

/// Checks one chunk of cards of today's round, and completes the cases of posted cards that count as received. Returns how
/// many changed. When nothing is due, this costs one read of one row.
pub fn tick(c: &mut AnyConn, office: &Office) -> Result<usize> {
    let mut done = 0_usize;
    for id in store::receipts_due(c, office.now)? {
        let case = case::find(c, id)?;
        making::complete_received(c, office, &case, "receipt_by_time")?;
        done = done.saturating_add(1);
    }
    Ok(done.saturating_add(check_next_chunk(c, office)?))
}

fn check_next_chunk(c: &mut AnyConn, office: &Office) -> Result<usize> {
    let today = office.today().to_string();
    let place = match store::round(c, ROUND)? {
        Some((day, progress)) if day == today && progress.is_empty() => return Ok(0),
        Some((day, progress)) if day == today => Some(serde_json::from_str(&progress).map_err(Error::internal)?),
        _ => first_place(counties(c, office.today())?.first().copied()),
    };
    let Some(place) = place else {
        store::note_round(c, ROUND, &today, "")?;
        return Ok(0);
    };
    let (changed, next) = check_chunk(c, office, place)?;
    let progress = next.map(|n| serde_json::to_string(&n)).transpose().map_err(Error::internal)?;
    store::note_round(c, ROUND, &today, progress.as_deref().unwrap_or_default())?;
    Ok(changed)
}

fn first_place(county: Option<AreaCode>) -> Option<Place> {
    Some(Place { county: county?, status: CertificateStatus::Frozen, after: None })
}

/// Checks one chunk of one county; returns how many cards changed and where to go on.
fn check_chunk(c: &mut AnyConn, office: &Office, place: Place) -> Result<(usize, Option<Place>)> {
    let mut changed = 0_usize;
    if let Some(terms) = terms_of(c, office, &place.county)? {
        let mut roll = Roll::holders(vec![place.county]);
        roll.status = place.status;
        roll.expires_until = office.today().pred_opt();
        let cards = rolls::list(c, &roll, place.after, CHUNK)?;
        for holder in &cards {
            let to = match rules::lapse(&held(&holder.card), &terms, office.today()) {
                Some(Lapse::Freeze) => CertificateStatus::Frozen,
                Some(Lapse::Cancel) => CertificateStatus::Cancelled,
                None => continue,
            };
            // A card stays as it is while a submitted case about it is open.
            if !store::is_filed_for(c, holder.card.id)? && register::move_status(c, holder.card.id, place.status, to, office.now)?
            {
                changed = changed.saturating_add(1);
            }
        }
        if let Some(last) = cards.last().filter(|_| i64::try_from(cards.len()) == Ok(CHUNK)) {
            let after = Some((last.card.expires_on, last.card.id));
            return Ok((changed, Some(Place { after, ..place })));
        }
    }
    if place.status == CertificateStatus::Frozen {
        return Ok((changed, Some(Place { status: CertificateStatus::Valid, after: None, ..place })));
    }
    let next = counties(c, office.today())?.into_iter().find(|k| *k > place.county);
    Ok((changed, first_place(next)))
}

/// The county's terms of today. Terms that cannot be read are logged, and the round goes on with the next county.
fn terms_of(c: &mut AnyConn, office: &Office, county: &AreaCode) -> Result<Option<Terms>> {
    let Some(policy) = county::current(c, county, super::CODE, office.today())? else { return Ok(None) };
    let terms = policy.service::<Terms>();
    if let Err(e) = &terms {
        tracing::error!(policy = %policy.id, error = ?e, "lapsed cards of a county are not looked at");
    }
    Ok(terms.ok())
}

/// Every area with a federation of its own, in the order of codes: counties, and cities that have towns but no county.
fn counties(c: &mut AnyConn, today: NaiveDate) -> Result<Vec<AreaCode>> {
    let mut found = Vec::new();
    let mut open = areas::children(c, None, today)?;
    while let Some(area) = open.pop() {
        if area.level == AreaLevel::County {
            found.push(area.code);
            continue;
        }
        let below = areas::children(c, Some(&area.code), today)?;
        if below.iter().any(|a| a.level > AreaLevel::County) {
            found.push(area.code);
        }
        open.extend(below.into_iter().filter(|a| a.level <= AreaLevel::County));
    }
    found.sort();
    Ok(found)
}
