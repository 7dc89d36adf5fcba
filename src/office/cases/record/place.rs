//! Where a case lies, and who works on it.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::table::cases;
use crate::office::accounts::guards::Worker;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::{Desk, State};
use crate::rules::moments::Moment;

/// Where a case lies.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Place {
    /// Place in the policy's chain of desks; -1 before submission.
    pub chain_at: i64,
    pub desk: Option<Desk>,
    pub desk_area: Option<AreaCode>,
    pub desk_point: Option<Id>,
    /// The state to which a correction leads back.
    pub resume_state: Option<State>,
}

impl Place {
    /// On no desk yet.
    pub fn nowhere() -> Place {
        Place { chain_at: -1, desk: None, desk_area: None, desk_point: None, resume_state: None }
    }

    /// On no desk any more. A draft comes to the first desk again; an ended case keeps its place in the chain.
    pub fn leave(&mut self, ended: bool) {
        self.desk = None;
        self.desk_area = None;
        if !ended {
            self.chain_at = -1;
        }
    }
}

/// Who works on a case, and until when it is theirs.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Claim {
    #[diesel(column_name = claimed_by)]
    pub by: Option<Id>,
    #[diesel(column_name = claim_until)]
    pub until: Option<Moment>,
}

impl Claim {
    /// The worker's until then.
    pub fn of(worker: &Worker, until: Moment) -> Claim {
        Claim { by: Some(worker.id), until: Some(until) }
    }

    /// Somebody has claimed it, and the claim lasts.
    pub fn lasts(&self, now: Moment) -> bool {
        self.by.is_some() && self.until.is_some_and(|until| until > now)
    }

    /// Somebody else than this worker has claimed it, and the claim lasts.
    pub fn of_another(&self, worker: Id, now: Moment) -> bool {
        self.lasts(now) && self.by != Some(worker)
    }
}
