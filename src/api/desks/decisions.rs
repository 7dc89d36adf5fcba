//! What a caseworker decides about a case, always on the version that was seen.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::act::{Act, Actor, act};
use crate::office::cases::case::{self, Case};
use crate::office::cases::merging;
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::{self, CaseView};
use crate::office::policy::county;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, PathId};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Action;

/// The operations of this file. The one path that names its verb comes before the one that takes any.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(merge).service(decide);
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
    #[validate(length(max = 60, message = "请从列表中选择原因。"))]
    #[schema(example = "not_eligible")]
    reason: Option<String>,
    /// Words that the applicant will read; of a remark, words that only colleagues read.
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "材料齐全，同意报送。")]
    note: Option<String>,
}
form!(Decision { version: "版本", reason: "原因", note: "说明" });

#[utoipa::path(tag = "desks", operation_id = "decideCase", summary = "办理",
    description = "领取、放回、受理、不予受理、报送上级、退回下级、提请上级、暂缓、恢复、批准、不予批准、停止公示、收回自己的决定、接手（负责人）、内部备注。可以做的动作见办件的 allowed_actions。两人同时办理时，后到的一方得到 409 和最新情况。",
    params(("id" = Id, Path, description = "办件编号"),
        ("verb" = inline(Verb), Path, description = "allowed_actions 中的办理动作，下划线写成连字符", example = "accept"),
        ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Decision,
    responses((status = 200, description = "已办理", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能这样办理；20003 十分钟内可能取消；20004 同事已领取", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/cases/{id}/actions/{verb}")]
async fn decide(
    who: DeskOfficer,
    once: Once,
    path: web::Path<(String, String)>,
    body: Body<Decision>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (id, verb) = path.into_inner();
    let id: Id = id.parse().map_err(|_| Error::not_found())?;
    let action = Verb::from_code(&verb).ok_or_else(Error::not_found)?.action();
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let ruling = Ruling { action, reason: sent.reason, note: sent.note };
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = ruling.on(c, &spine, &worker, id, sent.version)?;
        views::full(c, &spine, &case, Some(&Actor::Worker(worker.clone())))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// A decision; one case and many are decided alike.
pub(crate) struct Ruling {
    pub action: Action,
    pub reason: Option<String>,
    pub note: Option<String>,
}

impl Ruling {
    /// Decides a case in the worker's scope, on the version that was seen. Errors: 10002, 10006, 10030, 200xx.
    pub fn on(&self, c: &mut AnyConn, spine: &Spine, worker: &Worker, id: Id, version: i64) -> Result<Case> {
        let case = case::in_scope(c, worker, id)?;
        reasoned(c, &case, self.action, self.reason.as_deref(), self.note.as_deref())?;
        let (actor, version) = (Actor::Worker(worker.clone()), Some(version));
        let (action, reason, note) = (self.action, self.reason.clone(), self.note.clone());
        act(c, spine, case.id, Act { actor, action, version, reason, note })
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
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "同一件事申请了两次。")]
    note: Option<String>,
}
form!(MergeCase { version: "版本", into: "并入的办件", note: "说明" });

#[utoipa::path(tag = "desks", operation_id = "mergeCase", summary = "并入另一件",
    description = "同一个人同一项服务重复申请时，把这一件并入另一件：这一件结束并指明去向，另一件继续办理。",
    params(("id" = Id, Path, description = "要结束的办件"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = MergeCase,
    responses((status = 200, description = "已并件", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能这样办理；20004 同事已领取", body = Failure),
        (status = 422, description = "20015 不是同一个人的同一项服务", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/cases/{id}/actions/merge")]
async fn merge(
    who: DeskOfficer,
    once: Once,
    id: PathId,
    body: Body<MergeCase>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let actor = Actor::Worker(worker.clone());
        let (action, version) = (Action::Merge, Some(sent.version));
        let act_of = Act { actor: actor.clone(), action, version, reason: None, note: sent.note.clone() };
        let case = merging::merge(c, &spine, &worker, id.0, sent.into, act_of)?;
        views::full(c, &spine, &case, Some(&actor))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
