//! Duplicates: two live cases of one person about the same service become one; the other ends and names it.

use crate::office::cases::access::loading;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;

/// The case that goes on must be another live one of the same person and service that the worker may see: else 20015.
pub(super) fn twin(c: &mut AnyConn, actor: &Actor, doomed: &Case, into: Id) -> Result<Id> {
    let not_a_twin = || Error::new(&codes::NOT_A_TWIN);
    let Actor::Worker(worker) = actor else { return Err(not_a_twin()) };
    let kept = loading::in_scope(c, worker, into).map_err(|e| if e.code().status == 404 { not_a_twin() } else { e })?;
    let twins = doomed.id != kept.id && doomed.person_id == kept.person_id && doomed.service == kept.service;
    if twins && !kept.state.ended() { Ok(kept.id) } else { Err(not_a_twin()) }
}
