//! Four-eyes: nobody decides about themselves, their family, or what they filed or refused.

use crate::office::cases::record::case::Case;
use crate::office::cases::record::history;
use crate::office::cases::service::Office;
use crate::office::people::kin;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;

/// The worker must not work on the case: they applied for it, filed it or handed something in for it, it is about them or
/// their family, or it is the appeal against their own refusal (domain.md §1).
pub fn conflicted(c: &mut AnyConn, office: &Office, case: &Case, worker: Id, person: Option<Id>) -> Result<bool> {
    Ok(!someone_is_free(c, office, case, &[(worker, person)])?)
}

/// At least one of these workers (each with the person they are) is not conflicted. The number of reads does not grow with the
/// number of workers.
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
