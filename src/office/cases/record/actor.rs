//! Who acts on a case, what they do with all that it needs, and by when the next act is due.

use crate::office::accounts::guards::{Filer, Worker};
use crate::platform::id::Id;
use crate::rules::lifecycle::Action;
use crate::rules::moments::Moment;
use crate::rules::versions::Version;

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

impl Actor {
    /// The account or worker that the line of history names; none for the system.
    pub fn id(&self) -> Option<Id> {
        match self {
            Actor::Applicant(account) => Some(*account),
            Actor::OnBehalf(worker) | Actor::Worker(worker) => Some(worker.id),
            Actor::System => None,
        }
    }
}

impl From<&Filer> for Actor {
    fn from(who: &Filer) -> Actor {
        match who {
            Filer::Resident(account) => Actor::Applicant(*account),
            Filer::Officer(w) => Actor::OnBehalf(w.clone()),
        }
    }
}

/// One thing that an officer asks the applicant to mend.
#[derive(Clone, Debug)]
pub struct Ask {
    /// `material:CODE` or `section:CODE`.
    pub target: String,
    /// Code of the policy's list of reasons.
    pub reason: String,
    pub note: Option<String>,
}

/// What `act` does to a case, with the data that it needs. The lifecycle table knows the plain [`Action`].
///
/// Three actions are no deeds, because each is done by a function of its own that also stores what belongs to it:
/// `Fulfil` by `moving::act::step`, `TakeOn` by `filing::taking_on::take_on`, `Rate` by `ratings::rate`.
#[derive(Clone, Debug)]
pub enum Deed {
    Submit {
        /// Version of the privacy text that the applicant agreed to; an officer's mandate holds it already.
        consent: Option<String>,
    },
    Undo,
    Withdraw,
    Resubmit,
    Claim,
    Release,
    TakeOver,
    Accept,
    DeemAccepted,
    /// With a code of the policy's reasons; none where it lists none.
    Decline {
        reason: Option<String>,
    },
    Forward,
    /// With a code of the policy's reasons; none where it lists none.
    SendBack {
        reason: Option<String>,
    },
    /// With a code of the policy's reasons; none where it lists none.
    Escalate {
        reason: Option<String>,
    },
    Climb,
    TakeBack,
    /// With a code of the policy's reasons, or of the rule that puts it off; none where the policy lists none.
    Hold {
        reason: Option<String>,
    },
    Resume,
    Arrange,
    /// Words that only colleagues read.
    Remark {
        words: String,
    },
    /// The case that goes on: of the same person and service.
    Merge {
        into: Id,
    },
    /// One complete notice.
    RequestCorrection(Vec<Ask>),
    /// The applicant has the days of a correction anew, from now.
    Extend,
    Remind,
    ApprovedByRule,
    Approve,
    /// With a code of the policy's reasons; none where it lists none.
    Reject {
        reason: Option<String>,
    },
    /// Why the public notice ends early.
    StopNotice {
        words: String,
    },
    EndNotice,
    Urge,
    Appeal,
    Recount,
    Lapse,
    Expire,
    Complete,
}

impl Deed {
    /// The action of the lifecycle.
    pub fn action(&self) -> Action {
        match self {
            Deed::Submit { .. } => Action::Submit,
            Deed::Undo => Action::Undo,
            Deed::Withdraw => Action::Withdraw,
            Deed::Resubmit => Action::Resubmit,
            Deed::Claim => Action::Claim,
            Deed::Release => Action::Release,
            Deed::TakeOver => Action::TakeOver,
            Deed::Accept => Action::Accept,
            Deed::DeemAccepted => Action::DeemAccepted,
            Deed::Decline { .. } => Action::Decline,
            Deed::Forward => Action::Forward,
            Deed::SendBack { .. } => Action::SendBack,
            Deed::Escalate { .. } => Action::Escalate,
            Deed::Climb => Action::Climb,
            Deed::TakeBack => Action::TakeBack,
            Deed::Hold { .. } => Action::Hold,
            Deed::Resume => Action::Resume,
            Deed::Arrange => Action::Arrange,
            Deed::Remark { .. } => Action::Remark,
            Deed::Merge { .. } => Action::Merge,
            Deed::RequestCorrection(_) => Action::RequestCorrection,
            Deed::Extend => Action::Extend,
            Deed::Remind => Action::Remind,
            Deed::ApprovedByRule => Action::ApprovedByRule,
            Deed::Approve => Action::Approve,
            Deed::Reject { .. } => Action::Reject,
            Deed::StopNotice { .. } => Action::StopNotice,
            Deed::EndNotice => Action::EndNotice,
            Deed::Urge => Action::Urge,
            Deed::Appeal => Action::Appeal,
            Deed::Recount => Action::Recount,
            Deed::Lapse => Action::Lapse,
            Deed::Expire => Action::Expire,
            Deed::Complete => Action::Complete,
        }
    }

    /// The coded reason that it carries.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Deed::Decline { reason }
            | Deed::SendBack { reason }
            | Deed::Escalate { reason }
            | Deed::Hold { reason }
            | Deed::Reject { reason } => reason.as_deref(),
            _ => None,
        }
    }

    /// The words that it carries.
    pub fn words(&self) -> Option<&str> {
        match self {
            Deed::Remark { words } | Deed::StopNotice { words } => Some(words),
            _ => None,
        }
    }
}

/// A deed with who does it, and what they saw and said.
#[derive(Clone, Debug)]
pub struct Act {
    pub actor: Actor,
    pub deed: Deed,
    /// The version that the doer saw; the system sees the present.
    pub version: Option<Version>,
    /// Coded step that the line of history names, where the deed carries no reason.
    pub step: Option<String>,
    /// Words for the applicant.
    pub note: Option<String>,
}

impl Act {
    /// A deed on the case as it is now.
    pub fn new(actor: Actor, deed: Deed) -> Act {
        Act { actor, deed, version: None, step: None, note: None }
    }

    /// A deed of the system on what it sees now.
    pub fn system(deed: Deed, step: &str) -> Act {
        Act::new(Actor::System, deed).naming(step)
    }

    /// On this version only.
    pub fn seeing(self, version: Version) -> Act {
        Act { version: Some(version), ..self }
    }

    /// The line of history names this step.
    pub fn naming(self, step: &str) -> Act {
        Act { step: Some(step.to_owned()), ..self }
    }

    /// With words for the applicant.
    pub fn saying(self, note: Option<String>) -> Act {
        Act { note, ..self }
    }

    /// What the line of history names: the reason of the deed, else the step.
    pub fn reason(&self) -> Option<&str> {
        self.deed.reason().or(self.step.as_deref())
    }

    /// The words that the line of history keeps: those of the deed, else the note.
    pub fn words(&self) -> Option<&str> {
        self.deed.words().or(self.note.as_deref())
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
