//! Which desk a case lies on: the policy's chain, past desks where nobody may act.

use crate::office::accounts::serving::serving;
use crate::office::cases::access::four_eyes::someone_is_free;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Desk;

/// On to the first desk of the chain.
pub(in crate::office) fn enter(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    case.place.chain_at = -1;
    forward(c, office, case, policy)
}

/// Moves the case on from a desk where nobody may act any more, because those who serve it have handed something in.
pub(in crate::office) fn onward(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    if staffed(c, office, case)? { Ok(()) } else { forward(c, office, case, policy) }
}

/// Moves the case to the next desk of the chain where somebody may act. When everybody at the last desk is conflicted, it goes
/// to the city's desk if somebody serves that, else it stays at the last desk.
pub(in crate::office) fn forward(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    let last = i64::try_from(policy.chain.len()).unwrap_or(0).saturating_sub(1);
    loop {
        let next = case.place.chain_at.saturating_add(1).min(last);
        place(case, policy, next)?;
        if staffed(c, office, case)? {
            return Ok(());
        }
        if next >= last {
            hand_to(case, Desk::City);
            return if staffed(c, office, case)? { Ok(()) } else { place(case, policy, last) };
        }
        tracing::info!(case = %case.id, desk = case.place.desk.map(Desk::code), "nobody may act at this desk, going on");
    }
}

/// Moves the case back to the desk before.
pub(in crate::office) fn back(case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    let last = i64::try_from(policy.chain.len()).unwrap_or(0).saturating_sub(1);
    place(case, policy, case.place.chain_at.saturating_sub(1).clamp(0, last))
}

/// Moves the case to the city's desk, above the chain; when nobody serves that, to the last desk, where another officer
/// decides.
pub(in crate::office) fn appeal(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    case.place.chain_at = i64::try_from(policy.chain.len()).map_err(Error::internal)?;
    hand_to(case, Desk::City);
    if staffed(c, office, case)? { Ok(()) } else { place(case, policy, case.place.chain_at.saturating_sub(1)) }
}

/// On no desk: a draft, or an ended case.
pub(in crate::office) fn leave(case: &mut Case) {
    case.place.leave(case.state.ended());
}

/// On to a desk outside the chain, as a service says.
pub(in crate::office) fn hand_to(case: &mut Case, desk: Desk) {
    case.place.desk_area = Some(area_of(case, desk));
    case.place.desk = Some(desk);
}

fn place(case: &mut Case, policy: &CommonPolicy, at: i64) -> Result<()> {
    let index = usize::try_from(at).map_err(Error::internal)?;
    let desk = policy.chain.get(index).copied().ok_or_else(|| Error::internal("the policy has no desk"))?;
    case.place.chain_at = at;
    hand_to(case, desk);
    Ok(())
}

fn area_of(case: &Case, desk: Desk) -> AreaCode {
    let found = std::iter::once(case.area).chain(case.area.ancestors()).find(|a| a.level() == desk.level());
    found.unwrap_or(case.county)
}

/// Somebody serves the desk who has nothing to do with the case.
fn staffed(c: &mut AnyConn, office: &Office, case: &Case) -> Result<bool> {
    let Some(desk) = case.place.desk else { return Ok(false) };
    let Some(area) = case.place.desk_area else { return Ok(false) };
    let workers = serving(c, desk.role(), &area, case.place.desk_point, office.now)?;
    someone_is_free(c, office, case, &workers)
}
