//! May this actor take this action on this case now? The questions that come before every action: right, version, table,
//! circumstances.

use std::sync::Arc;

use super::circumstances::Circumstances;
use super::corrections;
use crate::office::accounts::links;
use crate::office::cases::access::mandates;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::codes;
use crate::office::cases::record::history::Line;
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::{Action, Leads, Role, State, permitted};
use crate::rules::moments::Moment;
use crate::rules::versions::Version;

/// What is asked for.
pub(in crate::office) struct Asked<'a> {
    pub actor: &'a Actor,
    pub action: Action,
    /// The version that the actor saw; none for the system, which sees the present.
    pub seen: Option<Version>,
}

/// The case as it was loaded, on which the action is permitted now.
pub(in crate::office) struct Permit {
    pub case: Case,
    pub policy: Arc<CommonPolicy>,
    /// The role in which the actor takes the action.
    pub role: Role,
    pub leads: Leads,
}

impl Permit {
    /// Loads the case and asks all that must hold before the action. Errors: 10006 not the caller's, 10030 stale, 20001 not
    /// in this state, 20004 claimed by a colleague, 20005 conflicted, and whatever else the circumstances or the service
    /// refuse.
    pub fn ask(c: &mut AnyConn, office: &Office, id: Id, asked: &Asked<'_>) -> Result<Permit> {
        let case = case::find(c, id)?;
        let policy = county::pinned(c, case.policy_id)?.common.clone();
        let role = role_of(c, office, &case, asked.actor)?;
        if let Some(version) = asked.seen {
            case.seen(version)?;
        }
        let Some(rule) = permitted(case.state, asked.action, case.standing(asked.actor, role, &policy)) else {
            return Err(Error::new(&codes::NOT_NOW).with_current(case.current()));
        };
        let by_applicant = matches!(asked.actor, Actor::Applicant(_) | Actor::OnBehalf(_));
        if by_applicant && asked.action == Action::Resubmit {
            corrections::all_answered(c, &case)?;
        }
        let circumstances = Circumstances::of(c, office, &case, &policy, asked.actor)?;
        circumstances.refusal(&case, asked.action).map_or(Ok(()), Err)?;
        Ok(Permit { policy, role, leads: rule.leads, case })
    }

    /// The line of history of the action, without a reason or words.
    pub fn line(&self, actor: &Actor, action: Action, at: Moment) -> Line {
        Line { action, from: self.case.state, role: self.role, actor: actor.id(), reason: None, note: None, at }
    }
}

/// In what role the actor stands before this case. Errors: 10006 in none, so that nobody learns whether the case exists;
/// 13003 an officer without a mandate.
pub(super) fn role_of(c: &mut AnyConn, office: &Office, case: &Case, actor: &Actor) -> Result<Role> {
    match actor {
        Actor::System => Ok(Role::System),
        Actor::Applicant(account) => {
            let may = case.filing.applicant_id == Some(*account)
                && links::may_act(c, *account, case.person_id, office.today())?.is_some();
            if may { Ok(Role::Applicant) } else { Err(Error::not_found()) }
        }
        Actor::OnBehalf(worker) => mandates::in_case(c, worker, case, office.now).map(|_| Role::Applicant),
        Actor::Worker(_) if case.state == State::Draft => Err(Error::not_found()),
        Actor::Worker(worker) => case.role_in_scope(worker).ok_or_else(Error::not_found),
    }
}
