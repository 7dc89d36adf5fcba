//! Four-eyes: nobody decides about themselves, their family, or what they filed or refused.

use crate::office::cases::record::case::Case;
use crate::office::cases::record::history;
use crate::office::cases::service::Office;
use crate::office::people::kin;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;

/// Four-eyes: nobody works on a case that they filed, handed something in for, or applied for, or that is about them or their family, or on the
/// appeal against their own refusal.
pub fn conflicted(c: &mut AnyConn, office: &Office, case: &Case, worker: Id, person: Option<Id>) -> Result<bool> {
    Ok(!someone_is_free(c, office, case, &[(worker, person)])?)
}

/// One of these workers, each with the person they are, has nothing to do with the case; so many reads for all of them.
pub(in crate::office) fn someone_is_free(
    c: &mut AnyConn,
    office: &Office,
    case: &Case,
    workers: &[(Id, Option<Id>)],
) -> Result<bool> {
    let persons: Vec<Id> = workers.iter().filter_map(|(_, person)| *person).collect();
    let mut involved = Vec::new();
    if !persons.is_empty() {
        involved = kin::family_among(c, case.person_id, &persons, office.today())?;
        involved.extend(history::applicants(c, case.id)?);
    }
    let helpers = history::helpers(c, case.id)?;
    let free = |(worker, person): &(Id, Option<Id>)| {
        let helped = case.filing.filed_by == Some(*worker) || helpers.contains(worker);
        let acted = helped || case.decision.appealed_at.is_some() && case.decision.refused_by == Some(*worker);
        !acted && person.is_none_or(|own| !involved.contains(&own))
    };
    Ok(workers.iter().any(free))
}
