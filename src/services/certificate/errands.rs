//! Errands for a village: people whose card expires and can be renewed.

use chrono::Months;
use diesel::prelude::*;

use super::store::certificate_cases;
use super::terms::Terms;
use super::{CODE, holding};
use crate::office::cases::service::{Errand, Office};
use crate::office::people::persons;
use crate::office::people::register::CertificateStatus;
use crate::office::people::rolls::{self, Roll};
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::WindowPhase;

/// No county opens the window earlier than this before the last valid day.
const LOOK_AHEAD: Months = Months::new(12);

/// Holders who may renew today and have not begun, the earliest expiry first.
pub fn of_village(c: &mut AnyConn, office: &Office, village: &AreaCode, most: i64) -> Result<Vec<Errand>> {
    let today = office.today();
    let county = persons::county_of(village);
    let Some(policy) = county::current(c, &county, CODE, today)? else { return Ok(Vec::new()) };
    let terms = policy.service::<Terms>()?;
    let mut holders = Vec::new();
    for status in [CertificateStatus::Frozen, CertificateStatus::Valid] {
        let expires_until = today.checked_add_months(LOOK_AHEAD);
        holders.extend(rolls::list(c, &Roll { status, expires_until, ..Roll::holders(vec![*village]) }, None, most)?);
    }
    let may_renew = |h: &rolls::Holder| {
        let phase = holding::held(&h.card).window(&terms).phase(today);
        matches!(phase, WindowPhase::Open | WindowPhase::Expired | WindowPhase::Frozen)
    };
    holders.retain(may_renew);
    let persons: Vec<Option<Id>> = holders.iter().map(|h| Some(h.person.id)).collect();
    use certificate_cases::dsl as r;
    let busy: Vec<Option<Id>> =
        r::certificate_cases.filter(r::holder_live.eq_any(persons)).order(r::case_id).select(r::holder_live).load(c)?;
    holders.retain(|h| !busy.contains(&Some(h.person.id)));
    holders.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let errand = |h: rolls::Holder| Errand {
        person: h.person.id,
        what: ("card_expiring", "残疾人证到期，可以换证"),
        case: None,
        ticket: None,
        due_on: Some(h.card.expires_on.to_string()),
    };
    Ok(holders.into_iter().map(errand).collect())
}
