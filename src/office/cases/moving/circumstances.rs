//! Why an action that the lifecycle table permits is refused now: the applicant may still undo the submission, a colleague has
//! claimed the case, the worker is conflicted (four eyes), a limit is over, or the service refuses it.

use super::{clocks, corrections};
use crate::office::cases::access::four_eyes::conflicted;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes;
use crate::office::cases::service::Office;
use crate::office::policy::calendar;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::{Action, State};
use crate::rules::moments::Moment;

/// What the refusals depend on, read once for an actor and a case. Offering an action and refusing it use the same values, so
/// that what is offered is possible.
pub(in crate::office) struct Circumstances<'a> {
    actor: &'a Actor,
    now: Moment,
    undo_until: Moment,
    conflicted: bool,
    /// The applicant has begun to mend what the open notice asks for.
    mending: bool,
    /// Until when the refusal of this case can be appealed; none when it cannot.
    appeal_until: Option<Moment>,
    /// From when the applicant may ask again to hurry.
    urge_from: Option<Moment>,
    /// Actions that the service refuses now, each with what is answered.
    by_service: Vec<(Action, &'static Code)>,
}

impl<'a> Circumstances<'a> {
    pub fn of(
        c: &mut AnyConn,
        office: &Office,
        case: &Case,
        policy: &CommonPolicy,
        actor: &'a Actor,
    ) -> Result<Circumstances<'a>> {
        let mut found = Circumstances {
            actor,
            now: office.now,
            undo_until: clocks::undo_until(case, policy),
            conflicted: false,
            mending: false,
            appeal_until: None,
            urge_from: None,
            by_service: office.services.get(&case.service)?.holds_back(c, case)?,
        };
        match actor {
            Actor::Worker(worker) => {
                found.conflicted = conflicted(c, office, case, worker.id, worker.person)?;
                if case.state == State::CorrectionRequested && case.decision.by == Some(worker.id) {
                    found.mending = corrections::begun(c, case)?;
                }
            }
            Actor::Applicant(_) | Actor::OnBehalf(_) => {
                let limit = |c: &mut AnyConn, from: Moment, days: u32| -> Result<Moment> {
                    Ok(calendar::load_around(c, beijing_date(from))?.due_at(from, days))
                };
                let handling = &policy.handling;
                if let Some(ended) = case.course.ended_at.filter(|_| handling.appeal_days > 0) {
                    found.appeal_until = Some(limit(c, ended, handling.appeal_days)?);
                }
                if let Some(urged) = case.course.urged_at {
                    found.urge_from = Some(limit(c, urged, handling.urge_gap_days)?);
                }
            }
            Actor::System => {}
        }
        Ok(found)
    }

    /// Why this action is refused now, if it is.
    pub fn refusal(&self, case: &Case, action: Action) -> Option<Error> {
        if matches!(self.actor, Actor::System) {
            return None;
        }
        let by_service = self.by_service.iter().find(|(refused, _)| *refused == action);
        let by_service = by_service.map(|(_, code)| Error::new(code).with_current(case.current()));
        self.by_office(case, action).or(by_service)
    }

    fn by_office(&self, case: &Case, action: Action) -> Option<Error> {
        match self.actor {
            Actor::System => None,
            Actor::Applicant(_) | Actor::OnBehalf(_) => self.refuses_applicant(case, action),
            Actor::Worker(worker) => {
                let others = case.claim.of_another(worker.id, self.now);
                let claimed = others && !matches!(action, Action::TakeOver | Action::Remark | Action::TakeBack);
                let current = |code| Some(Error::new(code).with_current(case.current()));
                if action == Action::Remark && !self.conflicted {
                    None
                } else if case.state == State::Submitted && self.now <= self.undo_until {
                    let seconds = self.undo_until.since(self.now).max(0) / 1000 + 1;
                    current(&codes::UNDO_OPEN).map(|e| e.retry_after(u64::try_from(seconds).unwrap_or(600)))
                } else if claimed {
                    current(&codes::CLAIMED)
                } else if self.conflicted {
                    Some(Error::new(&codes::CONFLICTED))
                } else if action == Action::TakeBack && self.mending {
                    current(&codes::NOT_NOW)
                } else {
                    None
                }
            }
        }
    }

    fn refuses_applicant(&self, case: &Case, action: Action) -> Option<Error> {
        let code = match action {
            Action::Undo if self.now > self.undo_until => &codes::UNDO_OVER,
            Action::Appeal if self.appeal_until.is_none_or(|until| self.now > until) => &codes::APPEAL_OVER,
            Action::Urge if self.urge_from.is_some_and(|from| self.now <= from) => &codes::URGED,
            // The officer who filed the case would rate the office's own work.
            Action::Rate if matches!(self.actor, Actor::OnBehalf(_)) => &codes::NOT_NOW,
            _ => return None,
        };
        Some(Error::new(code).with_current(case.current()))
    }
}
