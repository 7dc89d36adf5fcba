//! One action on a case: right, version, table, desk, clock, history and outbox, in the write of the caller.

use super::circumstances::Circumstances;
use super::clocks::Counting;
use super::{corrections, merging, routing, undo};
use crate::office::accounts::links;
use crate::office::cases::access::mandates;
use crate::office::cases::moving::notice_board;
use crate::office::cases::record::actor::{Act, Actor, Deed, Due};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::codes;
use crate::office::cases::record::course::FiledAt;
use crate::office::cases::record::history::{self, CASE_EVENT, CaseEvent, Line};
use crate::office::cases::record::place::Claim;
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::lifecycle::{Action, Desk, Leads, Role, State, allowed, permitted};
use crate::rules::versions::Version;

/// Does a deed with all that belongs to it; the case that comes back is stored. Errors: 10006 not the caller's, 10030 stale,
/// 200xx.
pub fn act(c: &mut AnyConn, office: &Office, id: Id, mut act: Act) -> Result<Case> {
    let before = case::find(c, id)?;
    let policy = county::pinned(c, before.policy_id)?.common.clone();
    let role = role_of(c, office, &before, &act.actor)?;
    if let Some(version) = act.version {
        before.seen(version)?;
    }
    let Some(rule) = permitted(before.state, act.deed.action(), before.standing(&act.actor, role, &policy)) else {
        return Err(Error::new(&codes::NOT_NOW).with_current(before.current()));
    };
    hold_back(c, office, &before, &policy, &act)?;
    let mut case = before.clone();
    if let Deed::Merge { into } = act.deed {
        case.course.merged_into = Some(merging::twin(c, &act.actor, &before, into)?);
    }
    let counting = Counting::new(c, office, &policy)?;
    claims(&mut case, office, &policy, &act);
    on_behalf(c, office, &mut case, &mut act)?;
    go(c, office, &mut case, &policy, rule.leads)?;
    undo::note(&mut case, &before, &act)?;
    if !matches!(rule.leads, Leads::Stay | Leads::Before) {
        case.course.state_since = office.now;
        counting.moved(&mut case, before.state);
    }
    work(&mut case, &counting, &act);
    settle_life(c, &mut case, office, act.deed.action())?;
    write(c, office, &mut case, before.version, before.state, role, &act)?;
    if let Deed::RequestCorrection(asks) = &act.deed {
        corrections::ask(c, office, &case, asks)?;
    }
    notice_board::publish(c, office, &case, before.state)?;
    office.services.get(&case.service)?.follow(c, office, &case, act.deed.action())?;
    // The service may have moved the case on (approved by rule when it is submitted).
    let case = case::find(c, id)?;
    wait_outside(c, office, case, &counting)
}

/// Writes down where an officer acted in the applicant's stead; who hands in an application does not decide it.
fn on_behalf(c: &mut AnyConn, office: &Office, case: &mut Case, act: &mut Act) -> Result<()> {
    let Actor::OnBehalf(worker) = &act.actor else {
        if matches!((&act.actor, &act.deed), (Actor::Applicant(_), Deed::Submit)) {
            case.filing.handed_over_at = None;
        }
        return Ok(());
    };
    let mandate = mandates::in_case(c, worker, case, office.now)?;
    act.step = Some(mandate.channel.step().code().to_owned());
    if matches!(act.deed, Deed::Submit | Deed::Resubmit | Deed::Appeal) {
        case.filing.filed_by = Some(worker.id);
    }
    if matches!(act.deed, Deed::Submit) {
        case.filing.at = FiledAt::from(mandate.channel);
        case.filing.handed_over_at = Some(mandate.given_at);
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

/// What an action changes besides state and desk.
fn work(case: &mut Case, counting: &Counting<'_>, act: &Act) {
    match (&act.actor, &act.deed) {
        (_, Deed::Hold { .. }) => counting.hold(case, act.reason().map(str::to_owned)),
        (_, Deed::Resume) => counting.take_up(case),
        (_, Deed::Urge) => case.course.urged_at = Some(counting.now),
        (_, Deed::Remind) => {
            case.course.reminders = case.course.reminders.saturating_add(1);
            case.limit.alarm_at = counting.alarm(case);
        }
        // What was kept for second thoughts was counted by the calendar of then.
        (_, Deed::Recount | Deed::TakeBack) => counting.recount(case),
        (_, Deed::Appeal) => {
            case.decision.appealed_at = Some(counting.now);
            counting.appealed(case);
        }
        (Actor::Worker(worker), Deed::Reject { .. } | Deed::Decline { .. }) => case.decision.refused_by = Some(worker.id),
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
    let mut case = case::find(c, id)?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let role = role_of(c, office, &case, &step.actor)?;
    if let Some(version) = step.version {
        case.seen(version)?;
    }
    if permitted(case.state, Action::Fulfil, case.standing(&step.actor, role, &policy)).is_none() {
        return Err(Error::new(&codes::NOT_NOW).with_current(case.current()));
    }
    let act = Act::new(step.actor, Deed::Fulfil).naming(step.step);
    hold_back(c, office, &case, &policy, &act)?;
    let loaded = case.version;
    let from = case.state;
    if let Some(desk) = step.desk {
        case.place.desk_point = step.point.or(case.place.desk_point);
        routing::hand_to(&mut case, desk);
    }
    Counting::new(c, office, &policy)?.due(&mut case, step.due);
    case.decision.settle();
    write(c, office, &mut case, loaded, from, role, &act)?;
    Ok(case)
}

/// Stores the moved case with its line and its outbox row.
pub(in crate::office) fn write(
    c: &mut AnyConn,
    office: &Office,
    case: &mut Case,
    loaded: Version,
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
    let line = Line {
        action: act.deed.action(),
        from,
        role,
        actor,
        reason: act.reason().map(str::to_owned),
        note: act.words().map(str::to_owned),
        at: office.now,
    };
    case.version = loaded.next();
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
            let may = case.filing.applicant_id == Some(*account)
                && links::may_act(c, *account, case.person_id, office.today())?.is_some();
            if may { Ok(Role::Applicant) } else { Err(Error::not_found()) }
        }
        Actor::OnBehalf(worker) => mandates::in_case(c, worker, case, office.now).map(|_| Role::Applicant),
        Actor::Worker(_) if case.state == State::Draft => Err(Error::not_found()),
        Actor::Worker(worker) => case.role_in_scope(worker).ok_or_else(Error::not_found),
    }
}

/// What the table cannot know.
fn hold_back(c: &mut AnyConn, office: &Office, case: &Case, policy: &CommonPolicy, act: &Act) -> Result<()> {
    if matches!((&act.actor, &act.deed), (Actor::Applicant(_) | Actor::OnBehalf(_), Deed::Resubmit)) {
        corrections::all_answered(c, case)?;
    }
    let circumstances = Circumstances::of(c, office, case, policy, &act.actor)?;
    circumstances.refusal(case, act.deed.action()).map_or(Ok(()), Err)
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
    match (&act.actor, act.deed.action()) {
        (Actor::Worker(worker), Action::Claim | Action::Accept | Action::TakeOver | Action::Resume) => {
            case.claim = Claim::of(worker, office.now.saturating_add(minutes));
        }
        (_, Action::Fulfil | Action::Rate | Action::Remark | Action::Urge | Action::Arrange | Action::Recount) => {}
        _ => case.claim = Claim::default(),
    }
}

/// When a life begins, ends, and begins again.
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
