//! Duplicates: two live cases of one person about the same service become one; the other ends and names it.

use diesel::prelude::*;

use super::act::act;
use crate::office::accounts::guards::Worker;
use crate::office::cases::access::loading;
use crate::office::cases::record::actor::{Act, Actor};
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::record::codes;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::Action;

/// Ends `id` in favour of `into`, which must be another live case of the same person and service that the worker may
/// see: else 20015.
pub fn merge(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, into: Id, act_of: Act) -> Result<Case> {
    let doomed = loading::in_scope(c, worker, id)?;
    let kept = loading::in_scope(c, worker, into).map_err(|_| Error::new(&codes::NOT_A_TWIN))?;
    let twins = doomed.id != kept.id && doomed.person_id == kept.person_id && doomed.service == kept.service;
    if !twins || kept.state.ended() {
        return Err(Error::new(&codes::NOT_A_TWIN));
    }
    let case = act(c, office, id, Act { actor: Actor::Worker(worker.clone()), action: Action::Merge, ..act_of })?;
    diesel::update(cases::table.find(case.id)).set(cases::merged_into.eq(kept.id)).execute(c)?;
    Ok(Case { merged_into: Some(kept.id), ..case })
}
