//! What people see of a ticket: the resident, the desk, and the worker whose work was rated, who does not learn by whom.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entries::{self, Line, Step};
use super::four_eyes::{self, Concerned};
use super::ticket::{Kind, Ticket, TicketState};
use crate::labelled;
use crate::office::accounts::guards::Worker;
use crate::office::accounts::residents::Need;
use crate::office::accounts::{residents, staff};
use crate::office::cases::record::case;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::policy::areas;
use crate::office::tickets::Outcome;
use crate::office::tickets::views::residents::Channel;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::calendar::{beijing_date, rfc3339};
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

coded_enum! {
    /// What may be done with a ticket.
    pub enum Verb as "TicketVerb" {
        Add = "add", "补充说明";
        Confirm = "confirm", "确认解决";
        NotSolved = "not_solved", "没有解决";
        Claim = "claim", "领取";
        Note = "note", "内部记录";
        Answer = "answer", "答复";
        HandOn = "hand_on", "转交";
        Close = "close", "结束";
        ShowContact = "show_contact", "查看联系电话";
    }
}

/// A ticket in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketSummary {
    pub id: Id,
    /// Number for people to quote.
    #[schema(example = "FY20261126483920")]
    pub number: String,
    pub kind: Labelled<Kind>,
    pub state: Labelled<TicketState>,
    /// The version to send with the next action.
    pub version: i64,
    /// Whom it is about, masked; null when it is about no person of the register, or the reader must not know.
    #[schema(example = "王*四")]
    pub person_name_masked: Option<String>,
    #[schema(example = "2026-11-26T09:30:00+08:00", format = DateTime)]
    pub created_at: String,
    /// Day by which the office has to act; null while it does not have to.
    #[schema(example = "2026-12-17", format = Date)]
    pub due_on: Option<String>,
    pub overdue: bool,
    /// A worker has claimed it.
    pub claimed: bool,
}

/// One line of what happened.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketEntry {
    #[schema(example = "2026-11-26T09:30:00+08:00", format = DateTime)]
    pub at: String,
    pub step: Labelled<Step>,
    pub by: Labelled<Role>,
    /// The worker's name, for colleagues only.
    #[schema(example = "周镇平")]
    pub worker: Option<String>,
    /// Only colleagues see this line.
    pub inner: bool,
    #[schema(example = "已经和学校联系，证明明天可以补开。")]
    pub words: Option<String>,
}

/// The case that a ticket is about.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketCase {
    pub id: Id,
    #[schema(example = "JY20261121483920")]
    pub number: String,
    pub service: Labelled,
}

/// How the resident wants to be met.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HowToMeet {
    pub channel: Labelled<Channel>,
    pub needs: Vec<Labelled<Need>>,
}

/// A ticket with all that its reader needs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketView {
    pub summary: TicketSummary,
    /// Known to the desk only; null when the ticket belongs to no account or the reader must not know.
    pub how_to_meet: Option<HowToMeet>,
    /// The state in one plain sentence.
    #[schema(example = "已经收到，正在等待工作人员办理。")]
    pub meaning: String,
    /// Who must act now, in plain words.
    #[schema(example = "宋疃镇 镇（街道）残联")]
    pub who_acts: String,
    /// Until when the resident may say that the answer did not solve it; then the ticket closes.
    #[schema(example = "2026-12-10", format = Date)]
    pub answer_counts_on: Option<String>,
    /// What it is about, in the words of whoever opened it.
    #[schema(example = "学校不肯开在读证明，申请交不上去。")]
    pub text: Option<String>,
    /// The last answer of the office.
    #[schema(example = "已经和学校联系，证明明天可以补开。")]
    pub answer: Option<String>,
    pub outcome: Option<Labelled<Outcome>>,
    pub case: Option<TicketCase>,
    pub allowed_actions: Vec<Labelled<Verb>>,
    /// Oldest first.
    pub entries: Vec<TicketEntry>,
}

fn summary(ticket: &Ticket, person_name_masked: Option<String>, now: Moment) -> TicketSummary {
    TicketSummary {
        id: ticket.id,
        number: ticket.number.clone(),
        kind: labelled!(ticket.kind),
        state: labelled!(ticket.state),
        version: ticket.version,
        person_name_masked,
        created_at: rfc3339(ticket.created_at),
        due_on: ticket.due_at.map(|d| beijing_date(d).to_string()),
        overdue: ticket.due_at.is_some_and(|d| d < now),
        claimed: ticket.claimed(now),
    }
}

/// Tickets as lines of a resident's list, by when they were opened.
pub(crate) fn own_lines(c: &mut AnyConn, rows: &[Ticket], now: Moment) -> Result<Vec<(After, TicketSummary)>> {
    let names = persons::masked_names(c, rows.iter().filter_map(|t| t.person_id).collect())?;
    let line = |t: &Ticket| (After { at: t.created_at.ms(), id: t.id }, summary(t, name_in(&names, t.person_id), now));
    Ok(rows.iter().map(line).collect())
}

/// Tickets as lines of a worker's queue, by when they are due; a rater stays unnamed to whom they rated.
pub(crate) fn desk_lines(c: &mut AnyConn, worker: &Worker, rows: &[Ticket], now: Moment) -> Result<Vec<(After, TicketSummary)>> {
    let names = persons::masked_names(c, rows.iter().filter_map(|t| t.person_id).collect())?;
    let rated: Vec<Id> = rows.iter().filter(|t| t.kind == Kind::BadRating).filter_map(|t| t.case_id).collect();
    let acted = if rated.is_empty() { Vec::new() } else { four_eyes::workers_of(c, rated)? };
    let hidden = |t: &Ticket| t.kind == Kind::BadRating && acted.iter().any(|(k, w)| Some(*k) == t.case_id && *w == worker.id);
    let line = |t: &Ticket| {
        let name = name_in(&names, t.person_id).filter(|_| !hidden(t));
        (After { at: t.due_at.map_or(0, Moment::ms), id: t.id }, summary(t, name, now))
    };
    Ok(rows.iter().map(line).collect())
}

fn name_in(names: &[(Id, String)], person: Option<Id>) -> Option<String> {
    names.iter().find(|(id, _)| Some(*id) == person).map(|(_, name)| name.clone())
}

/// A ticket for the resident to whom it belongs.
pub(crate) fn for_resident(c: &mut AnyConn, office: &Office, ticket: &Ticket) -> Result<TicketView> {
    let mut actions = Vec::new();
    if ticket.state != TicketState::Closed {
        actions.push(Verb::Add);
    }
    if ticket.state == TicketState::Answered {
        actions.push(Verb::Confirm);
        actions.extend((!ticket.reopened).then_some(Verb::NotSolved));
    }
    let mut lines = entries::of(c, ticket.id)?;
    lines.retain(|line| !line.step.inner());
    let mut view = whole(c, office, ticket, &lines, actions)?;
    view.summary.person_name_masked = name_of(c, ticket.person_id)?;
    view.case = case_of(c, office, ticket.case_id)?;
    Ok(view)
}

/// A ticket for a worker. Whose work was rated learns neither the person, the case nor the account; and no words either
/// while a colleague can handle it.
pub(crate) fn for_worker(c: &mut AnyConn, office: &Office, ticket: &Ticket, worker: &Worker) -> Result<TicketView> {
    let concerned = Concerned::of(c, ticket)?;
    let aside = concerned.must_leave(c, office, ticket, worker)?;
    let rated = concerned.rated(worker.id);
    let mut actions = Vec::new();
    if !aside && ticket.on_desk_of(worker) {
        actions.push(Verb::Note);
        if ticket.state.waits_for_office() && !ticket.claimed_by_another(worker.id, office.now) {
            actions.extend([Verb::Claim, Verb::Answer, Verb::HandOn]);
            actions.extend(ticket.kind.reaches().then_some(Verb::Close));
        }
        actions.extend((ticket.state == TicketState::Answered).then_some(Verb::Close));
        actions.extend((!rated && ticket.state != TicketState::Closed).then_some(Verb::ShowContact));
    }
    let lines = entries::of(c, ticket.id)?;
    let mut view = whole(c, office, ticket, &lines, actions)?;
    let names = staff::names(c, lines.iter().filter(|l| by_worker(l)).filter_map(|l| l.actor).collect())?;
    for (entry, line) in view.entries.iter_mut().zip(&lines) {
        entry.worker = name_in(&names, line.actor);
    }
    if !rated {
        view.summary.person_name_masked = name_of(c, ticket.person_id)?;
        view.case = case_of(c, office, ticket.case_id)?;
        view.how_to_meet = ticket.account_id.map(|account| how_to_meet(c, account)).transpose()?;
    }
    if rated && aside {
        view.text = None;
        view.answer = None;
        view.entries.iter_mut().for_each(|entry| entry.words = None);
    }
    Ok(view)
}

fn by_worker(line: &Line) -> bool {
    !matches!(line.role, Role::Applicant | Role::System)
}

fn name_of(c: &mut AnyConn, person: Option<Id>) -> Result<Option<String>> {
    let Some(person) = person else { return Ok(None) };
    Ok(persons::find(c, person)?.map(|p| p.name_masked))
}

fn case_of(c: &mut AnyConn, office: &Office, case: Option<Id>) -> Result<Option<TicketCase>> {
    let Some(id) = case else { return Ok(None) };
    let case = case::find(c, id)?;
    let service = office.services.get(&case.service)?;
    Ok(Some(TicketCase { id, number: case.number, service: Labelled::new(service.code(), service.label()) }))
}

fn how_to_meet(c: &mut AnyConn, account: Id) -> Result<HowToMeet> {
    let account = residents::find(c, account)?;
    let needs = account.needs().into_iter().map(|n| labelled!(n)).collect();
    Ok(HowToMeet { channel: labelled!(account.preferred_channel), needs })
}

/// What every reader sees; the person, the case and names of workers come from the callers.
fn whole(c: &mut AnyConn, office: &Office, ticket: &Ticket, lines: &[Line], actions: Vec<Verb>) -> Result<TicketView> {
    let key = ticket.key(&office.keys)?;
    let mut entries = Vec::with_capacity(lines.len());
    let mut text = None;
    let mut answer = None;
    for line in lines {
        let words = line.words(&key)?;
        match line.step {
            Step::Opened => text.clone_from(&words),
            Step::Answered => answer.clone_from(&words),
            _ => {}
        }
        let at = rfc3339(line.at);
        let step = labelled!(line.step);
        let by = labelled!(line.role);
        entries.push(TicketEntry { at, step, by, worker: None, inner: line.step.inner(), words });
    }
    let waits = ticket.state == TicketState::Answered;
    Ok(TicketView {
        summary: summary(ticket, None, office.now),
        how_to_meet: None,
        meaning: ticket.state.meaning().to_owned(),
        who_acts: who_acts(c, ticket)?,
        answer_counts_on: ticket.alarm_at.filter(|_| waits).map(|at| beijing_date(at).to_string()),
        text,
        answer,
        outcome: ticket.outcome.map(|o| labelled!(o)),
        case: None,
        allowed_actions: actions.into_iter().map(|a| labelled!(a)).collect(),
        entries,
    })
}

fn who_acts(c: &mut AnyConn, ticket: &Ticket) -> Result<String> {
    Ok(match ticket.state {
        TicketState::Answered => "反映人确认".to_owned(),
        TicketState::Closed => "已经结束，不需要再办理".to_owned(),
        _ => format!("{} {}", areas::name(c, &ticket.desk_area)?, ticket.desk.label()),
    })
}
