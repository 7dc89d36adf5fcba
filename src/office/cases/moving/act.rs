//! One action on a case, in the write of the caller: permit, state, desk, clocks, line of history, effect for the notices.

use super::circumstances::Circumstances;
use super::clocks::Counting;
use super::permit::{Asked, Permit, role_of};
use super::{corrections, merging, routing, undo};
use crate::office::cases::access::{consents, mandates};
use crate::office::cases::moving::notice_board;
use crate::office::cases::record::actor::{Act, Actor, Deed, Due};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::course::FiledAt;
use crate::office::cases::record::history::{self, CASE_EVENT, CaseEvent, Line};
use crate::office::cases::record::place::Claim;
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::lifecycle::{Action, Desk, Leads, State, allowed};
use crate::rules::versions::Version;

/// Does a deed with all that belongs to it, and answers the case as it is stored. Errors: 10006 not the caller's, 10030 stale,
/// 13001 and 13002 the consent of a submission, 200xx.
pub fn act(c: &mut AnyConn, office: &Office, id: Id, mut act: Act) -> Result<Case> {
    let permit = Permit::ask(c, office, id, &Asked { actor: &act.actor, action: act.deed.action(), seen: act.version })?;
    let before = permit.case;
    let policy = permit.policy;
    let leads = permit.leads;
    let mut case = before.clone();
    match &act.deed {
        Deed::Submit { consent } => consents::record(c, office, &act.actor, before.person_id, consent.as_deref())?,
        Deed::Merge { into } => case.course.merged_into = Some(merging::twin(c, &act.actor, &before, *into)?),
        _ => {}
    }
    let counting = Counting::new(c, office, &policy)?;
    set_claim(&mut case, office, &policy, &act);
    note_filing(c, office, &mut case, &mut act)?;
    change_state(c, office, &mut case, &policy, leads)?;
    undo::note(&mut case, &before, &act)?;
    if !matches!(leads, Leads::Stay | Leads::Before) {
        case.course.state_since = office.now;
        counting.moved(&mut case, before.state);
    }
    apply_deed(&mut case, &counting, &act);
    settle_life(c, &mut case, office, act.deed.action())?;
    let line = Line {
        action: act.deed.action(),
        from: before.state,
        role: permit.role,
        actor: act.actor.id(),
        reason: act.reason().map(str::to_owned),
        note: act.words().map(str::to_owned),
        at: office.now,
    };
    store(c, office, &mut case, line)?;
    if let Deed::RequestCorrection(asks) = &act.deed {
        corrections::ask(c, office, &case, asks)?;
    }
    notice_board::publish(c, office, &case, before.state)?;
    office.services.get(&case.service)?.follow(c, office, &case, act.deed.action())?;
    // The service may have moved the case on (approved by rule when it is submitted).
    let case = case::find(c, id)?;
    wait_outside(c, office, case, &counting)
}

/// Notes by whom and where the case is filed. An officer who acts in the applicant's stead needs a mandate, and is kept as
/// `filed_by`, because whoever files an application must not decide it.
fn note_filing(c: &mut AnyConn, office: &Office, case: &mut Case, act: &mut Act) -> Result<()> {
    let Actor::OnBehalf(worker) = &act.actor else {
        if matches!((&act.actor, &act.deed), (Actor::Applicant(_), Deed::Submit { .. })) {
            case.filing.handed_over_at = None;
        }
        return Ok(());
    };
    let mandate = mandates::in_case(c, worker, case, office.now)?;
    act.step = Some(mandate.channel.step().code().to_owned());
    if matches!(act.deed, Deed::Submit { .. } | Deed::Resubmit | Deed::Appeal) {
        case.filing.filed_by = Some(worker.id);
    }
    if matches!(act.deed, Deed::Submit { .. }) {
        case.filing.at = FiledAt::from(mandate.channel);
        case.filing.handed_over_at = Some(mandate.given_at);
    }
    Ok(())
}

/// Gives the case the state and the desk to which the action leads.
fn change_state(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy, leads: Leads) -> Result<()> {
    let from = case.state;
    case.state = match leads {
        Leads::Stay | Leads::Before => from,
        Leads::To(state) => state,
        Leads::NextDesk | Leads::PreviousDesk | Leads::Appeal => State::InReview,
        Leads::BeforeCorrection => case.place.resume_state.take().unwrap_or(State::InReview),
        Leads::NoticeOrApproved if policy.notice_days > 0 && office.services.get(&case.service)?.wants_notice(c, case)? => {
            State::PublicNotice
        }
        Leads::NoticeOrApproved => State::Approved,
    };
    if case.state == State::CorrectionRequested && from != case.state {
        case.place.resume_state = Some(from);
    }
    match leads {
        Leads::NextDesk => routing::forward(c, office, case, policy),
        Leads::PreviousDesk => routing::back(case, policy),
        Leads::Appeal => routing::appeal(c, office, case, policy),
        Leads::BeforeCorrection => routing::onward(c, office, case, policy),
        Leads::Before => {
            if from == State::CorrectionRequested {
                corrections::recall(c, case)?;
            }
            undo::restore(case)
        }
        Leads::To(State::Submitted) => routing::enter(c, office, case, policy),
        Leads::To(State::Draft) => {
            routing::leave(case);
            Ok(())
        }
        _ if case.state.ended() => {
            routing::leave(case);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Changes what else the deed says: clocks, reminders, who refused.
fn apply_deed(case: &mut Case, counting: &Counting<'_>, act: &Act) {
    match (&act.actor, &act.deed) {
        (_, Deed::Hold { .. }) => counting.hold(case, act.reason().map(str::to_owned)),
        (_, Deed::Resume) => counting.take_up(case),
        (_, Deed::Urge) => case.course.urged_at = Some(counting.now),
        (_, Deed::Extend) => counting.extend(case),
        (_, Deed::Remind) => {
            case.course.reminders = case.course.reminders.saturating_add(1);
            case.limit.alarm_at = counting.alarm(case);
        }
        // The limits that come back with the undone decision were counted by the calendar of that day.
        (_, Deed::Recount | Deed::TakeBack) => counting.recount(case),
        (_, Deed::Appeal) => {
            case.decision.appealed_at = Some(counting.now);
            counting.appealed(case);
        }
        (Actor::Worker(worker), Deed::Reject { .. } | Deed::Decline { .. }) => case.decision.refused_by = Some(worker.id),
        _ => {}
    }
}

/// Stops the clock of a case in review while its service waits for somebody outside the office, and starts it afterwards.
fn wait_outside(c: &mut AnyConn, office: &Office, mut case: Case, counting: &Counting<'_>) -> Result<Case> {
    if case.state == State::InReview {
        let waits = office.services.get(&case.service)?.waits_outside(c, &case)?;
        if counting.outside(&mut case, waits) {
            case::update(c, &case, case.version)?;
        }
    }
    Ok(case)
}

/// A step of fulfilment: what a service does between approval and completion.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    pub actor: Actor,
    /// The version that the doer saw; none for the system.
    pub version: Option<Version>,
    /// Coded step of the service, for example `paid`.
    pub step: &'a str,
    /// The desk that must act next, when it changes.
    pub desk: Option<Desk>,
    /// The point of that desk, where it stands at one.
    pub point: Option<Id>,
    pub due: Due,
}

/// Takes a step of an approved case: one line of history, one outbox row, perhaps another desk.
/// Errors: 10006 not the caller's, 10030 stale, 20001 not approved, 20004 claimed, 20005 conflicted.
pub fn step(c: &mut AnyConn, office: &Office, id: Id, step: Step<'_>) -> Result<Case> {
    let asked = Asked { actor: &step.actor, action: Action::Fulfil, seen: step.version };
    let permit = Permit::ask(c, office, id, &asked)?;
    let line = permit.line(&step.actor, Action::Fulfil, office.now);
    let mut case = permit.case;
    if let Some(desk) = step.desk {
        case.place.desk_point = step.point.or(case.place.desk_point);
        routing::hand_to(&mut case, desk);
    }
    Counting::new(c, office, &permit.policy)?.due(&mut case, step.due);
    case.decision.settle();
    store(c, office, &mut case, Line { reason: Some(step.step.to_owned()), ..line })?;
    Ok(case)
}

/// Stores the changed case with its line of history and the effect by which people are told.
/// `case.version` is the one that was loaded; it is one higher afterwards. Errors: 10030 another write came between.
pub(in crate::office) fn store(c: &mut AnyConn, office: &Office, case: &mut Case, line: Line) -> Result<()> {
    let key = case.key(&office.keys)?;
    let loaded = case.version;
    case.version = loaded.next();
    let seq = history::append(c, &key, case, line)?;
    case::update(c, case, loaded)?;
    let event = CaseEvent { case_id: case.id, seq };
    let lane = case.id.to_string();
    let effect = Effect { kind: CASE_EVENT, class: Class::Repeatable, lane: &lane, body: &event };
    outbox::push(c, &office.keys, &effect, office.now)
}

/// The actions that this actor may take now: those that the table permits and the circumstances do not refuse.
pub fn offered(c: &mut AnyConn, office: &Office, case: &Case, actor: &Actor) -> Result<Vec<Action>> {
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let role = match role_of(c, office, case, actor) {
        Ok(role) => role,
        Err(_) => return Ok(Vec::new()),
    };
    let circumstances = Circumstances::of(c, office, case, &policy, actor)?;
    let mut actions = allowed(case.state, case.standing(actor, role, &policy));
    actions.retain(|action| circumstances.refusal(case, *action).is_none());
    Ok(actions)
}

/// Claims the case for the worker for the policy's minutes, or frees it. Actions that do not end the work of whoever claimed
/// the case leave the claim alone.
fn set_claim(case: &mut Case, office: &Office, policy: &CommonPolicy, act: &Act) {
    let minutes = i64::from(policy.claim_minutes).saturating_mul(60_000);
    match (&act.actor, act.deed.action()) {
        (Actor::Worker(worker), Action::Claim | Action::Accept | Action::TakeOver | Action::Resume) => {
            case.claim = Claim::of(worker, office.now.saturating_add(minutes));
        }
        (_, Action::Remark | Action::Urge | Action::Arrange | Action::Recount) => {}
        _ => case.claim = Claim::default(),
    }
}

/// Sets when the case was submitted and when it ended, and the key that keeps a second live case of the same kind out; an
/// ended case that goes on (an appeal, a decision taken back) takes that key again.
fn settle_life(c: &mut AnyConn, case: &mut Case, office: &Office, action: Action) -> Result<()> {
    match action {
        Action::Submit => case.course.submitted_at = Some(office.now),
        Action::Undo => case.course.submitted_at = None,
        _ => {}
    }
    if case.state.ended() && case.course.ended_at.is_none() {
        case.course.ended_at = Some(office.now);
        case.keeping.live_key = None;
        case.limit.end();
    } else if !case.state.ended() && case.course.ended_at.is_some() {
        case.course.ended_at = None;
        case.keeping.live_key = Some(case.living_key());
        case::place_is_free(c, case)?;
    }
    Ok(())
}
