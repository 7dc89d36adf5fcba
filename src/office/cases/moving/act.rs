//! One action on a case: right, version, table, desk, clock, history and outbox, in the write of the caller.

use super::circumstances::Circumstances;
use super::clocks::Counting;
use super::{corrections, routing, undo};
use crate::office::accounts::links;
use crate::office::cases::access::mandates;
use crate::office::cases::moving::notice_board;
use crate::office::cases::record::actor::{Act, Actor, Due};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::codes;
use crate::office::cases::record::history::{self, CASE_EVENT, CaseEvent, Line};
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::lifecycle::{Action, Desk, Leads, Role, State, allowed, permitted};

/// Takes an action; the case that comes back is stored. Errors: 10006 not the caller's, 10030 stale, 200xx.
pub fn act(c: &mut AnyConn, office: &Office, id: Id, mut act: Act) -> Result<Case> {
    let before = case::find(c, id)?;
    let policy = county::pinned(c, before.policy_id)?.common.clone();
    let role = role_of(c, office, &before, &act.actor)?;
    if let Some(version) = act.version {
        before.seen(version)?;
    }
    let Some(rule) = permitted(before.state, act.action, before.standing(&act.actor, role, &policy)) else {
        return Err(Error::new(&codes::NOT_NOW).with_current(before.current()));
    };
    hold_back(c, office, &before, &policy, &act)?;
    let mut case = before.clone();
    let counting = Counting::new(c, office, &policy)?;
    claims(&mut case, office, &policy, &act);
    on_behalf(c, office, &mut case, &mut act)?;
    go(c, office, &mut case, &policy, rule.leads)?;
    undo::note(&mut case, &before, &act)?;
    if !matches!(rule.leads, Leads::Stay | Leads::Before) {
        case.state_since = office.now;
        counting.moved(&mut case, before.state);
    }
    work(&mut case, &counting, &act);
    settle_life(c, &mut case, office, act.action)?;
    write(c, office, &mut case, before.version, before.state, role, &act)?;
    notice_board::publish(c, office, &case, before.state)?;
    office.services.get(&case.service)?.follow(c, office, &case, act.action)?;
    // The service may have moved the case on (a rental is approved by rule when it is submitted).
    let case = case::find(c, id)?;
    wait_outside(c, office, case, &counting)
}

/// Writes down where an officer acted in the applicant's stead; who hands in an application does not decide it.
fn on_behalf(c: &mut AnyConn, office: &Office, case: &mut Case, act: &mut Act) -> Result<()> {
    let Actor::OnBehalf(worker) = &act.actor else {
        if matches!((&act.actor, act.action), (Actor::Applicant(_), Action::Submit)) {
            case.handed_over_at = None;
        }
        return Ok(());
    };
    let mandate = mandates::in_case(c, worker, case, office.now)?;
    act.reason = Some(mandate.channel.step().code().to_owned());
    if matches!(act.action, Action::Submit | Action::Resubmit | Action::Appeal) {
        case.filed_by = Some(worker.id);
    }
    if act.action == Action::Submit {
        (case.channel, case.handed_over_at) = (mandate.channel.code().to_owned(), Some(mandate.given_at));
    }
    Ok(())
}

/// Moves the case to where the action leads.
fn go(c: &mut AnyConn, office: &Office, case: &mut Case, policy: &CommonPolicy, leads: Leads) -> Result<()> {
    let from = case.state;
    case.state = match leads {
        Leads::Stay | Leads::Before => from,
        Leads::To(state) => state,
        Leads::NextDesk | Leads::PreviousDesk | Leads::Appeal => State::InReview,
        Leads::BeforeCorrection => case.resume_state.take().unwrap_or(State::InReview),
        Leads::NoticeOrApproved if policy.notice_days > 0 && office.services.get(&case.service)?.wants_notice(c, case)? => {
            State::PublicNotice
        }
        Leads::NoticeOrApproved => State::Approved,
    };
    if case.state == State::CorrectionRequested && from != case.state {
        case.resume_state = Some(from);
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

/// What an action changes besides state and desk.
fn work(case: &mut Case, counting: &Counting<'_>, act: &Act) {
    match (&act.actor, act.action) {
        (_, Action::Hold) => counting.hold(case, act.reason.clone()),
        (_, Action::Resume) => counting.take_up(case),
        (_, Action::Urge) => case.urged_at = Some(counting.now),
        (_, Action::Remind) => {
            case.reminders = case.reminders.saturating_add(1);
            case.alarm_at = counting.alarm(case);
        }
        // What was kept for second thoughts was counted by the calendar of then.
        (_, Action::Recount | Action::TakeBack) => counting.recount(case),
        (_, Action::Appeal) => {
            case.appealed_at = Some(counting.now);
            counting.appealed(case);
        }
        (Actor::Worker(worker), Action::Reject | Action::Decline) => case.refused_by = Some(worker.id),
        _ => {}
    }
}

/// The clock of a case in review stands while its service waits for somebody outside the office.
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
    pub version: Option<i64>,
    /// Coded step of the service, for example `paid`.
    pub step: &'a str,
    /// The desk that must act next, when it changes.
    pub desk: Option<Desk>,
    /// The rental point of that desk.
    pub point: Option<Id>,
    pub due: Due,
}

/// Takes a step of an approved case: one line of history, one outbox row, perhaps another desk.
/// Errors: 10006 not the caller's, 10030 stale, 20001 not approved, 20004 claimed, 20005 conflicted.
pub fn step(c: &mut AnyConn, office: &Office, id: Id, step: Step<'_>) -> Result<Case> {
    let mut case = case::find(c, id)?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let role = role_of(c, office, &case, &step.actor)?;
    if let Some(version) = step.version {
        case.seen(version)?;
    }
    if permitted(case.state, Action::Fulfil, case.standing(&step.actor, role, &policy)).is_none() {
        return Err(Error::new(&codes::NOT_NOW).with_current(case.current()));
    }
    let act = Act { actor: step.actor, action: Action::Fulfil, version: None, reason: Some(step.step.to_owned()), note: None };
    hold_back(c, office, &case, &policy, &act)?;
    let (loaded, from) = (case.version, case.state);
    if let Some(desk) = step.desk {
        case.desk_point = step.point.or(case.desk_point);
        routing::hand_to(&mut case, desk)?;
    }
    Counting::new(c, office, &policy)?.due(&mut case, step.due);
    (case.decided_by, case.prior) = (None, None);
    write(c, office, &mut case, loaded, from, role, &act)?;
    Ok(case)
}

/// Stores the moved case with its line and its outbox row.
pub(in crate::office) fn write(
    c: &mut AnyConn,
    office: &Office,
    case: &mut Case,
    loaded: i64,
    from: State,
    role: Role,
    act: &Act,
) -> Result<()> {
    let key = case.key(&office.keys)?;
    let actor = match &act.actor {
        Actor::Applicant(account) => Some(*account),
        Actor::Worker(worker) | Actor::OnBehalf(worker) => Some(worker.id),
        Actor::System => None,
    };
    let line = Line { action: act.action, from, role, actor, reason: act.reason.clone(), note: act.note.clone(), at: office.now };
    case.version = loaded.saturating_add(1);
    let seq = history::append(c, &key, case, line)?;
    case::update(c, case, loaded)?;
    let event = CaseEvent { case_id: case.id, seq };
    let lane = case.id.to_string();
    let effect = Effect { kind: CASE_EVENT, class: Class::Repeatable, lane: &lane, body: &event };
    outbox::push(c, &office.keys, &effect, office.now)
}

/// In what role the actor stands before this case; who has none learns nothing of it.
fn role_of(c: &mut AnyConn, office: &Office, case: &Case, actor: &Actor) -> Result<Role> {
    match actor {
        Actor::System => Ok(Role::System),
        Actor::Applicant(account) => {
            let may =
                case.applicant_id == Some(*account) && links::may_act(c, *account, case.person_id, office.today())?.is_some();
            if may { Ok(Role::Applicant) } else { Err(Error::not_found()) }
        }
        Actor::OnBehalf(worker) => mandates::in_case(c, worker, case, office.now).map(|_| Role::Applicant),
        Actor::Worker(_) if case.state == State::Draft => Err(Error::not_found()),
        Actor::Worker(worker) => case.role_in_scope(worker).ok_or_else(Error::not_found),
    }
}

/// What the table cannot know.
fn hold_back(c: &mut AnyConn, office: &Office, case: &Case, policy: &CommonPolicy, act: &Act) -> Result<()> {
    if matches!((&act.actor, act.action), (Actor::Applicant(_) | Actor::OnBehalf(_), Action::Resubmit)) {
        corrections::all_answered(c, case)?;
    }
    let circumstances = Circumstances::of(c, office, case, policy, &act.actor)?;
    circumstances.refusal(case, act.action).map_or(Ok(()), Err)
}

/// The actions that this actor may take now: what the table permits and nothing holds back.
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

/// A claim is one worker's for the policy's minutes; any other move frees the case.
fn claims(case: &mut Case, office: &Office, policy: &CommonPolicy, act: &Act) {
    let minutes = i64::from(policy.claim_minutes).saturating_mul(60_000);
    match (&act.actor, act.action) {
        (Actor::Worker(worker), Action::Claim | Action::Accept | Action::TakeOver | Action::Resume) => {
            case.claimed_by = Some(worker.id);
            case.claim_until = Some(office.now.saturating_add(minutes));
        }
        (_, Action::Fulfil | Action::Rate | Action::Remark | Action::Urge | Action::Arrange | Action::Recount) => {}
        _ => (case.claimed_by, case.claim_until) = (None, None),
    }
}

/// When a life begins, ends, and begins again.
fn settle_life(c: &mut AnyConn, case: &mut Case, office: &Office, action: Action) -> Result<()> {
    match action {
        Action::Submit => case.submitted_at = Some(office.now),
        Action::Undo => case.submitted_at = None,
        _ => {}
    }
    if case.state.ended() && case.ended_at.is_none() {
        (case.ended_at, case.live_key, case.alarm_at, case.due_at) = (Some(office.now), None, None, None);
        case.days_left = None;
    } else if !case.state.ended() && case.ended_at.is_some() {
        (case.ended_at, case.live_key) = (None, Some(case.living_key()));
        case::place_is_free(c, case)?;
    }
    Ok(())
}
