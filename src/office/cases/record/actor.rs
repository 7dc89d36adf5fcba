//! Who acts on a case, what they do, and by when the next act is due.

use crate::office::accounts::guards::{Filer, Worker};
use crate::platform::id::Id;
use crate::rules::lifecycle::Action;
use crate::rules::moments::Moment;

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// The resident's account.
    Applicant(Id),
    /// An officer in the applicant's stead, by a mandate.
    OnBehalf(Worker),
    Worker(Worker),
    /// A rule with a clock, or a service on behalf of one.
    System,
}

impl From<&Filer> for Actor {
    fn from(who: &Filer) -> Actor {
        match who {
            Filer::Resident(account) => Actor::Applicant(*account),
            Filer::Officer(w) => Actor::OnBehalf(w.clone()),
        }
    }
}

/// An action with what its doer saw and said.
#[derive(Clone, Debug)]
pub struct Act {
    pub actor: Actor,
    pub action: Action,
    /// The version that the doer saw; the system sees the present.
    pub version: Option<i64>,
    /// Coded reason or step.
    pub reason: Option<String>,
    /// Words for the applicant.
    pub note: Option<String>,
}

impl Act {
    /// An action of the system on what it sees now.
    pub fn system(action: Action, reason: &str) -> Act {
        Act { actor: Actor::System, action, version: None, reason: Some(reason.to_owned()), note: None }
    }
}

/// By when the next act is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nobody has to act by a day.
    Open,
    /// On a day that a service names; the calendar does not move it.
    On(Moment),
    /// In so many working days, counted anew when the calendar changes.
    Within(u32),
}

impl From<Option<Moment>> for Due {
    fn from(day: Option<Moment>) -> Due {
        day.map_or(Due::Open, Due::On)
    }
}
