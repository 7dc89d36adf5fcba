//! What a caseworker decides about a case, always on the version that was seen.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::access::loading;
use crate::office::cases::moving::act::act;
use crate::office::cases::moving::merging;
use crate::office::cases::record::actor::{Act, Actor};
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::service::Office;
use crate::office::cases::showing::views::{self, CaseView};
use crate::office::frame::Write;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Answer, Operations, PathId};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Action;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file. The one path that names its verb comes before the one that takes any.
pub fn routes(to: &mut Operations) {
    operations!(to;
        merge: [
            case_codes::NOT_NOW,
            case_codes::UNDO_OPEN,
            case_codes::CLAIMED,
            case_codes::CONFLICTED,
            case_codes::NOT_A_TWIN,
        ],
        decide: [
            case_codes::NOT_NOW,
            case_codes::UNDO_OPEN,
            case_codes::CLAIMED,
            case_codes::CONFLICTED,
            case_codes::ALREADY_LIVE,
        ],
    );
}

coded_enum! {
    /// What an officer may do with a case besides asking for corrections.
    pub enum Verb as "CaseVerb" {
        Claim = "claim", "领取";
        Release = "release", "放回";
        Accept = "accept", "受理";
        Decline = "decline", "不予受理";
        Forward = "forward", "报送上级";
        SendBack = "send-back", "退回下级";
        Escalate = "escalate", "提请上级办理";
        Hold = "hold", "暂缓办理";
        Resume = "resume", "恢复办理";
        TakeBack = "take-back", "收回决定";
        TakeOver = "take-over", "接手";
        StopNotice = "stop-notice", "停止公示，核实异议";
        Remark = "remark", "内部备注";
        Approve = "approve", "批准";
        Reject = "reject", "不予批准";
    }
}

impl Verb {
    /// The action of the lifecycle.
    pub fn action(self) -> Action {
        match self {
            Verb::Claim => Action::Claim,
            Verb::Release => Action::Release,
            Verb::Accept => Action::Accept,
            Verb::Decline => Action::Decline,
            Verb::Forward => Action::Forward,
            Verb::SendBack => Action::SendBack,
            Verb::Escalate => Action::Escalate,
            Verb::Hold => Action::Hold,
            Verb::Resume => Action::Resume,
            Verb::TakeBack => Action::TakeBack,
            Verb::TakeOver => Action::TakeOver,
            Verb::StopNotice => Action::StopNotice,
            Verb::Remark => Action::Remark,
            Verb::Approve => Action::Approve,
            Verb::Reject => Action::Reject,
        }
    }
}

/// A decision on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// The version that was seen.
    #[schema(example = 4)]
    version: i64,
    /// A code of the policy's reasons for this action (`GET /public/policies`); asked for when a case is declined, rejected,
    /// sent back, escalated or put off.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "not_eligible")]
    #[serde(default, deserialize_with = "blank_is_none")]
    reason: Option<Code<1, 60>>,
    /// Words that the applicant will read; of a remark, words that only colleagues read.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "材料齐全，同意报送。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 500>>,
}
form!(Decision { version: "版本", reason: "原因", note: "说明" });

#[utoipa::path(post, path = "/staff/cases/{id}/actions/{verb}", tag = "desks", operation_id = "decideCase", summary = "办理",
    description = "领取、放回、受理、不予受理、报送上级、退回下级、提请上级、暂缓、恢复、批准、不予批准、停止公示、收回自己的决定、接手（负责人）、内部备注。可以做的动作见办件的 allowed_actions。两人同时办理时，后到的一方得到 409 和最新情况。",
    params(("id" = Id, Path, description = "办件编号"), ("verb" = inline(Verb), Path, description = "allowed_actions 中的办理动作，下划线写成连字符", example = "accept")),
    responses((status = 200, description = "已办理")))]
async fn decide(who: DeskOfficer, path: web::Path<(String, String)>, call: Write<Decision>) -> Result<Answer<CaseView>> {
    let (id, verb) = path.into_inner();
    let id: Id = id.parse().map_err(|_| Error::not_found())?;
    let action = Verb::from_code(&verb).ok_or_else(Error::not_found)?.action();
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let ruling =
            Ruling { action, reason: sent.reason.clone().map(Code::into_string), note: sent.note.clone().map(Note::into_string) };
        let case = ruling.on(c, office, &worker, id, sent.version)?;
        views::full(c, office, &case, Some(&Actor::Worker(worker.clone())))
    })
    .await
}

/// A decision; one case and many are decided alike.
pub(crate) struct Ruling {
    pub action: Action,
    pub reason: Option<String>,
    pub note: Option<String>,
}

impl Ruling {
    /// Decides a case in the worker's scope, on the version that was seen. Errors: 10002, 10006, 10030, 200xx.
    pub fn on(&self, c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, version: i64) -> Result<Case> {
        let case = loading::in_scope(c, worker, id)?;
        reasoned(c, &case, self.action, self.reason.as_deref(), self.note.as_deref())?;
        let (actor, version) = (Actor::Worker(worker.clone()), Some(version));
        let (action, reason, note) = (self.action, self.reason.clone(), self.note.clone());
        act(c, office, case.id, Act { actor, action, version, reason, note })
    }
}

/// What an officer must say: saying no, sending back, escalating and putting off need a reason of the policy's list, a
/// remark its words. Any other reason is refused.
fn reasoned(c: &mut AnyConn, case: &Case, action: Action, reason: Option<&str>, note: Option<&str>) -> Result<()> {
    let policy = county::pinned(c, case.policy_id)?.common;
    let handling = &policy.handling;
    let list = match action {
        Action::Decline | Action::Reject => &policy.reject_reasons,
        Action::SendBack => &handling.send_back_reasons,
        Action::Escalate => &handling.escalate_reasons,
        Action::Hold => &handling.hold_reasons,
        _ => &Vec::new(),
    };
    let mut faults = Faults::new();
    match reason {
        None if !list.is_empty() => {
            faults.push("/reason", "原因", "required", "没有选择原因。", "请从原因列表中选择，申请人会看到。");
        }
        Some(code) if !list.iter().any(|r| r.code == code) => {
            faults.push("/reason", "原因", "unknown_reason", "没有这种原因。", "请从原因列表中选择。");
        }
        _ => {}
    }
    if matches!(action, Action::Remark | Action::StopNotice) && note.is_none_or(|n| n.trim().is_empty()) {
        faults.push("/note", "说明", "required", "没有写内容。", "请写明情况。");
    }
    faults.settle()
}

/// Into which case.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeCase {
    /// The version that was seen of the case that ends.
    #[schema(example = 3)]
    version: i64,
    /// The case that goes on: of the same person and service.
    into: Id,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "同一件事申请了两次。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 500>>,
}
form!(MergeCase { version: "版本", into: "并入的办件", note: "说明" });

#[utoipa::path(post, path = "/staff/cases/{id}/actions/merge", tag = "desks", operation_id = "mergeCase", summary = "并入另一件",
    description = "同一个人同一项服务重复申请时，把这一件并入另一件：这一件结束并指明去向，另一件继续办理。",
    params(("id" = Id, Path, description = "要结束的办件")),
    responses((status = 200, description = "已并件")))]
async fn merge(who: DeskOfficer, id: PathId, call: Write<MergeCase>) -> Result<Answer<CaseView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let actor = Actor::Worker(worker.clone());
        let (action, version) = (Action::Merge, Some(sent.version));
        let act_of = Act { actor: actor.clone(), action, version, reason: None, note: sent.note.clone().map(Note::into_string) };
        let case = merging::merge(c, office, &worker, id.0, sent.into, act_of)?;
        views::full(c, office, &case, Some(&actor))
    })
    .await
}
