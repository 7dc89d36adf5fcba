//! What a caseworker decides about a case, always on the version that was seen.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::DeskOfficer;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::showing::views::{self, CaseView};
use crate::office::desks::rulings::Ruling;
use crate::office::frame::Write;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Operations, PathId};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
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
        Extend = "extend", "延长补正期限";
        Remark = "remark", "内部备注";
        Approve = "approve", "批准";
        Reject = "reject", "不予批准";
    }
}

impl Verb {
    /// The deed, with what was said; what it needs is asked for when it is decided.
    pub fn deed(self, reason: Option<&str>, words: Option<&str>) -> Deed {
        let reason = reason.map(str::to_owned);
        let words = words.unwrap_or_default().to_owned();
        match self {
            Verb::Claim => Deed::Claim,
            Verb::Release => Deed::Release,
            Verb::Accept => Deed::Accept,
            Verb::Decline => Deed::Decline { reason },
            Verb::Forward => Deed::Forward,
            Verb::SendBack => Deed::SendBack { reason },
            Verb::Escalate => Deed::Escalate { reason },
            Verb::Hold => Deed::Hold { reason },
            Verb::Resume => Deed::Resume,
            Verb::TakeBack => Deed::TakeBack,
            Verb::TakeOver => Deed::TakeOver,
            Verb::StopNotice => Deed::StopNotice { words },
            Verb::Extend => Deed::Extend,
            Verb::Remark => Deed::Remark { words },
            Verb::Approve => Deed::Approve,
            Verb::Reject => Deed::Reject { reason },
        }
    }
}

/// A decision on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// The version that was seen.
    #[schema(value_type = i64, example = 4)]
    version: Version,
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
    description = "领取、放回、受理、不予受理、报送上级、退回下级、提请上级、暂缓、恢复、批准、不予批准、停止公示、收回自己的决定、接手（负责人）、延长补正期限、内部备注。可以做的动作见办件的 allowed_actions。两人同时办理时，后到的一方得到 409 和最新情况。",
    params(("id" = Id, Path, description = "办件编号"), ("verb" = inline(Verb), Path, description = "allowed_actions 中的办理动作，下划线写成连字符", example = "accept")),
    responses((status = 200, description = "已办理")))]
async fn decide(who: DeskOfficer, path: web::Path<(String, String)>, call: Write<Decision>) -> Result<Answer<CaseView>> {
    let (id, verb) = path.into_inner();
    let id: Id = id.parse().map_err(|_| Error::not_found())?;
    let verb = Verb::from_code(&verb).ok_or_else(Error::not_found)?;
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let reason = sent.reason.clone().map(Code::into_string);
        let note = sent.note.clone().map(Note::into_string);
        let ruling = Ruling { deed: verb.deed(reason.as_deref(), note.as_deref()), reason, note };
        let case = ruling.on(c, office, &worker, id, sent.version)?;
        views::full(c, office, &case, Some(&Actor::Worker(worker.clone())))
    })
    .await
}

/// Into which case.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeCase {
    /// The version that was seen of the case that ends.
    #[schema(value_type = i64, example = 3)]
    version: Version,
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
        let merge = Act::new(actor.clone(), Deed::Merge { into: sent.into }).seeing(sent.version);
        let case = act(c, office, id.0, merge.saying(sent.note.clone().map(Note::into_string)))?;
        views::full(c, office, &case, Some(&actor))
    })
    .await
}
