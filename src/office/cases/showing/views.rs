//! What people see of a case: the same words for the resident, the caseworker and every other front end.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::labelled;
use crate::office::accounts::links;
use crate::office::cases::access::loading::left_behind;
use crate::office::cases::filing::drafts;
use crate::office::cases::filing::papers::{self, PaperView, Viewer};
use crate::office::cases::moving::act::offered;
use crate::office::cases::moving::clocks;
use crate::office::cases::moving::corrections::{self, Item, ItemState};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::history::{self, Event};
use crate::office::cases::record::reason::OfficeReason;
use crate::office::cases::service::{Office, Service};
use crate::office::people::persons;
use crate::office::policy::terms::{CommonPolicy, Material};
use crate::office::policy::{areas, county};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::calendar::{beijing_date, rfc3339};
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Action, Role, State};
use crate::rules::moments::Moment;
use crate::rules::pace::Pace;

/// A case in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CaseSummary {
    pub id: Id,
    /// Number for people to quote.
    #[schema(example = "JY20261121483920")]
    pub number: String,
    pub service: Labelled,
    pub kind: Labelled,
    /// The person whom the case is about, masked.
    #[schema(example = "王*四")]
    pub person_name_masked: String,
    pub state: Labelled<State>,
    /// The version to send with the next action.
    pub version: i64,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub submitted_at: Option<String>,
    /// Day by which whoever must act has to act.
    #[schema(example = "2026-11-28", format = Date)]
    pub due_on: Option<String>,
    pub overdue: bool,
    /// How it stands to that day.
    pub pace: Labelled<Pace>,
    /// A worker has claimed it.
    pub claimed: bool,
    /// The applicant asked to hurry since the case came to this desk.
    pub urged: bool,
    /// Put off, with the reason in the timeline.
    pub held: bool,
}

coded_enum! {
    /// Who must act now.
    pub enum NextActor {
        Applicant = "applicant", "申请人";
        Desk = "desk", "办理台";
        Nobody = "nobody", "没有人";
    }
}

/// Who must act now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WhoActs {
    #[schema(inline, example = "desk")]
    pub who: NextActor,
    /// In plain words.
    #[schema(example = "宋疃镇 镇（街道）残联")]
    pub name: String,
}

/// A required or optional paper of a case, with what was uploaded for it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MaterialView {
    #[schema(example = "household_register")]
    pub code: String,
    #[schema(example = "户口簿")]
    pub label: String,
    pub required: bool,
    pub max_pages: u32,
    /// How to take it.
    pub hint: String,
    /// Papers that are taken in its place.
    pub alternatives: Vec<String>,
    pub papers: Vec<PaperView>,
}

/// One item of a correction notice.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CorrectionView {
    pub id: Id,
    pub round: i64,
    /// `material:CODE` or `section:CODE`.
    #[schema(example = "material:household_register")]
    pub target: String,
    #[schema(example = "户口簿")]
    pub target_label: String,
    pub reason: Labelled,
    pub note: Option<String>,
    pub state: Labelled<ItemState>,
}

/// One line of the timeline.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    pub seq: i64,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub at: String,
    pub action: Labelled<Action>,
    pub state: Labelled<State>,
    pub by: Labelled<Role>,
    /// The step or the reason in plain words.
    #[schema(example = "新证已制好")]
    pub reason: Option<String>,
    pub note: Option<String>,
}

/// A section of the form and the version to save over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SectionState {
    #[schema(example = "student")]
    pub code: String,
    #[schema(example = "学生信息")]
    pub label: String,
    /// 0 when it was never saved.
    pub version: i64,
}

/// A case with all that its reader needs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CaseView {
    pub summary: CaseSummary,
    pub person_id: Id,
    /// The state in one plain sentence.
    #[schema(example = "申请已经提交，正在等待工作人员受理。")]
    pub meaning: String,
    pub who_acts: WhoActs,
    /// Until when a submission can be taken back.
    #[schema(format = DateTime)]
    pub undo_until: Option<String>,
    /// When the applicant handed it to the worker who entered it, at the counter or at home.
    #[schema(example = json!(null))]
    pub handed_over_at: Option<String>,
    /// Day by which the whole case is to be decided, while its clock runs.
    #[schema(example = "2026-12-18", format = Date)]
    pub decide_by: Option<String>,
    /// The case into which this one was merged.
    pub merged_into: Option<Id>,
    /// What this caller may do now.
    pub allowed_actions: Vec<Labelled<Action>>,
    /// What the service adds, for example that a payment is due.
    pub flags: Vec<Labelled>,
    pub sections: Vec<SectionState>,
    pub materials: Vec<MaterialView>,
    pub corrections: Vec<CorrectionView>,
    pub timeline: Vec<EventView>,
}

/// A coded value of a service with its label.
pub fn of_list(list: &[(&'static str, &'static str)], code: &str) -> Labelled {
    Labelled::new(code, list.iter().find(|(c, _)| *c == code).map_or(code, |(_, label)| label))
}

/// A case as a line of a list.
pub fn summary(case: &Case, service: &dyn Service, person_name: &str, now: Moment) -> CaseSummary {
    CaseSummary {
        id: case.id,
        number: case.number.clone(),
        service: Labelled::new(service.code(), service.label()),
        kind: of_list(service.kinds(), &case.kind),
        person_name_masked: person_name.to_owned(),
        state: labelled!(case.state),
        version: case.version.0,
        submitted_at: case.course.submitted_at.map(rfc3339),
        due_on: case.limit.due_at.map(|d| beijing_date(d).to_string()),
        overdue: case.pace(now) == Pace::Overdue,
        pace: labelled!(case.pace(now)),
        claimed: case.claim.lasts(now),
        urged: case.course.urged_at.is_some_and(|at| at >= case.course.state_since) && !case.state.ended(),
        held: case.hold.is_on(),
    }
}

/// A case for its reader; none for somebody who may only look.
pub fn full(c: &mut AnyConn, office: &Office, case: &Case, reader: Option<&Actor>) -> Result<CaseView> {
    let service = office.services.get(&case.service)?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let person = persons::find(c, case.person_id)?.map(|p| p.name_masked).unwrap_or_default();
    let key = case.key(&office.keys)?;
    let mut actions = reader.map(|actor| offered(c, office, case, actor)).transpose()?.unwrap_or_default();
    // Whoever may take a case on cannot load it yet: the list of cases to take on offers that.
    actions.retain(|action| *action != Action::TakeOn);
    let inside = matches!(reader, Some(Actor::Worker(_)));
    let mut corrections = Vec::new();
    for item in corrections::of(c, case.id)? {
        corrections.push(correction(&item, &policy, service, item.note(&key)?));
    }
    let mut timeline = Vec::new();
    // Remarks between workers are not shown to the applicant.
    for event in history::of(c, case.id)?.into_iter().filter(|e| inside || e.action != Action::Remark) {
        timeline.push(line(&event, event.note(&key)?, &policy, service));
    }
    let mut flags = service.flags(c, case)?;
    flags.extend(flag(c, office, case)?);
    Ok(CaseView {
        summary: summary(case, service, &person, office.now),
        person_id: case.person_id,
        meaning: case.state.meaning().to_owned(),
        who_acts: who_acts(c, case)?,
        undo_until: (case.state == State::Submitted).then(|| rfc3339(clocks::undo_until(case, &policy))),
        handed_over_at: case.filing.handed_over_at.map(rfc3339),
        decide_by: case.total.from.and(case.total.due_at).map(|d| beijing_date(d).to_string()),
        merged_into: case.course.merged_into,
        allowed_actions: actions.iter().map(|a| labelled!(*a)).collect(),
        flags,
        sections: sections(c, case, service)?,
        materials: materials(c, office, case, Viewer::of(case, reader), &policy)?,
        corrections,
        timeline,
    })
}

fn who_acts(c: &mut AnyConn, case: &Case) -> Result<WhoActs> {
    if case.state.waits_for_applicant() {
        return Ok(WhoActs { who: NextActor::Applicant, name: "您（申请人）".into() });
    }
    let (Some(desk), Some(area)) = (case.place.desk, case.place.desk_area) else {
        return Ok(WhoActs { who: NextActor::Nobody, name: "已经结束，不需要再办理".into() });
    };
    let area = areas::name(c, &area)?;
    Ok(WhoActs { who: NextActor::Desk, name: format!("{area} {}", desk.label()).trim().to_owned() })
}

fn sections(c: &mut AnyConn, case: &Case, service: &dyn Service) -> Result<Vec<SectionState>> {
    let saved = drafts::saved(c, case.id)?;
    let version = |code: &str| saved.iter().find(|(s, _)| s == code).map_or(0, |(_, v)| *v);
    let all = service.sections().iter();
    Ok(all.map(|(code, label)| SectionState { code: (*code).into(), label: (*label).into(), version: version(code) }).collect())
}

fn materials(c: &mut AnyConn, office: &Office, case: &Case, viewer: Viewer, policy: &CommonPolicy) -> Result<Vec<MaterialView>> {
    let conditions = office.services.get(&case.service)?.conditions(c, office, case)?;
    let papers = papers::views_of(c, office, case, viewer)?;
    let view = |m: &Material| MaterialView {
        code: m.code.clone(),
        label: m.label.clone(),
        required: m.required.holds(&conditions),
        max_pages: m.max_pages,
        hint: m.hint.clone(),
        alternatives: m.alternatives.clone(),
        papers: papers.iter().filter(|p| p.material == m.code).cloned().collect(),
    };
    Ok(policy.materials.iter().map(view).collect())
}

/// What a target of a correction is called.
pub fn target_label(target: &str, policy: &CommonPolicy, service: &dyn Service) -> Option<String> {
    match target.split_once(':')? {
        ("material", code) => policy.materials.iter().find(|m| m.code == code).map(|m| m.label.clone()),
        ("section", code) => service.sections().iter().find(|(c, _)| *c == code).map(|(_, l)| (*l).to_owned()),
        _ => None,
    }
}

/// The label of a coded reason in the policy's lists.
pub fn reason_label(policy: &CommonPolicy, code: &str) -> String {
    policy.reason(code).unwrap_or(code).to_owned()
}

fn correction(item: &Item, policy: &CommonPolicy, service: &dyn Service, note: Option<String>) -> CorrectionView {
    CorrectionView {
        id: item.id,
        round: item.round,
        target: item.target.clone(),
        target_label: target_label(&item.target, policy, service).unwrap_or_default(),
        reason: Labelled::new(&item.reason, &reason_label(policy, &item.reason)),
        note,
        state: labelled!(item.state),
    }
}

/// The words of a coded reason or step: steps of the service come first, then what the office wrote, then the policy's reasons.
pub fn words(code: &str, policy: &CommonPolicy, service: &dyn Service) -> String {
    if let Some((_, words)) = service.steps().iter().find(|(c, _)| *c == code) {
        return (*words).to_owned();
    }
    OfficeReason::from_code(code).map_or_else(|| reason_label(policy, code), |reason| reason.label().to_owned())
}

pub(in crate::office) fn line(event: &Event, note: Option<String>, policy: &CommonPolicy, service: &dyn Service) -> EventView {
    let plain = |code: &str| words(code, policy, service);
    EventView {
        seq: event.seq,
        at: rfc3339(event.at),
        action: labelled!(event.action),
        state: labelled!(event.to_state),
        by: labelled!(event.role),
        reason: event.reason.as_deref().map(plain),
        note,
    }
}

coded_enum! {
    /// What the office says of a case beside the flags of its service.
    pub enum OfficeFlag {
        NobodyActs = "nobody_acts", "申请人已不能代办，也没有别人能在手机上办理，请电话联系本人或家属";
        ToBeTakenOn = "to_be_taken_on", "申请人已不能代办，等待其他可以代办的人接手";
    }
}

/// What the office must know of such a case: whether somebody may take it on, or nobody acts by phone any more.
fn flag(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<Labelled>> {
    if !left_behind(c, office, case)? {
        return Ok(None);
    }
    let nobody = links::recipients_for(c, case.person_id, office.today())?.is_empty();
    let flag = if nobody { OfficeFlag::NobodyActs } else { OfficeFlag::ToBeTakenOn };
    Ok(Some(labelled!(flag).untyped()))
}
