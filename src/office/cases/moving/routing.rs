//! Which desk a case lies on: the policy's chain, past desks where nobody may act.

use crate::office::accounts::serving::serving;
use crate::office::cases::access::four_eyes::someone_is_free;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::policy::terms::CommonPolicy;
use crate::office::stored;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::areas::AreaLevel;
use crate::rules::lifecycle::{Desk, Role};

/// On to the first desk of the chain.
pub(in crate::office) fn enter(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    case.chain_at = -1;
    forward(c, office, case, policy)
}

/// On from a chain's desk where nobody may act any more, since who served it has handed something in.
pub(in crate::office) fn onward(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    if staffed(c, office, case)? { Ok(()) } else { forward(c, office, case, policy) }
}

/// On to the next desk where somebody may act. Past the last desk only the city serves: where everybody at the last one has to
/// do with the case, and somebody serves the city.
pub(in crate::office) fn forward(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    let last = i64::try_from(policy.chain.len()).unwrap_or(0).saturating_sub(1);
    loop {
        let next = case.chain_at.saturating_add(1).min(last);
        place(case, policy, next)?;
        if staffed(c, office, case)? {
            return Ok(());
        }
        if next >= last {
            hand_to(case, Desk::City)?;
            return if staffed(c, office, case)? { Ok(()) } else { place(case, policy, last) };
        }
        tracing::info!(case = %case.id, desk = case.desk.map(Desk::code), "nobody may act at this desk, going on");
    }
}

/// Back to the desk before.
pub(in crate::office) fn back(case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    let last = i64::try_from(policy.chain.len()).unwrap_or(0).saturating_sub(1);
    place(case, policy, case.chain_at.saturating_sub(1).clamp(0, last))
}

/// On to the desk above the chain; where nobody serves it, to the last desk again, where another officer decides.
pub(in crate::office) fn appeal(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy) -> Result<()> {
    case.chain_at = i64::try_from(policy.chain.len()).map_err(Error::internal)?;
    hand_to(case, Desk::City)?;
    if staffed(c, office, case)? { Ok(()) } else { place(case, policy, case.chain_at.saturating_sub(1)) }
}

/// On no desk: a draft, or an ended case.
pub(in crate::office) fn leave(case: &mut Case) {
    (case.desk, case.desk_area, case.chain_at) = (None, None, if case.state.ended() { case.chain_at } else { -1 });
}

/// On to a desk outside the chain, as a service says.
pub(in crate::office) fn hand_to(case: &mut Case, desk: Desk) -> Result<()> {
    case.desk_area = Some(area_of(case, desk)?);
    case.desk = Some(desk);
    Ok(())
}

fn place(case: &mut Case, policy: &CommonPolicy, at: i64) -> Result<()> {
    let index = usize::try_from(at).map_err(Error::internal)?;
    let desk = policy.chain.get(index).copied().ok_or_else(|| Error::internal("the policy has no desk"))?;
    case.chain_at = at;
    hand_to(case, desk)
}

fn area_of(case: &Case, desk: Desk) -> Result<String> {
    let level = desk.level();
    if level == AreaLevel::County {
        return Ok(case.county.clone());
    }
    let village = stored::area(&case.area)?;
    let found = std::iter::once(village).chain(village.ancestors()).find(|a| a.level() == level);
    Ok(found.map_or_else(|| case.county.clone(), |a| a.to_string()))
}

/// Somebody serves the desk who has nothing to do with the case.
fn staffed(c: &mut AnyConn, office: &Office, case: &Case) -> Result<bool> {
    let (Some(desk), Some(area)) = (case.desk, case.desk_area.as_deref()) else { return Ok(false) };
    let role: Role = desk.role();
    let area = stored::area(area)?;
    let workers = serving(c, role, &area, case.desk_point, office.now)?;
    someone_is_free(c, office, case, &workers)
}
