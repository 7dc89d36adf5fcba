//! What a caseworker may call: the queue of their desks, one case, and decisions with the version seen.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::access::loading;
use crate::office::cases::record::actor::{Actor, Ask};
use crate::office::cases::record::codes;
use crate::office::cases::showing::views::{self, CaseSummary, CaseView};
use crate::office::desks::queue::{self, Filter, QueueCounts, View};
use crate::office::desks::rulings;
use crate::office::frame::{Call, Write};
use crate::platform::error::Result;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::lifecycle::State;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        counts,
        next: [codes::QUEUE_EMPTY],
        one,
        request_correction: [codes::NOT_NOW, codes::UNDO_OPEN, codes::CLAIMED, codes::CONFLICTED, codes::UNKNOWN_ITEM],
    );
}

/// What of the queue.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QueueFilter {
    /// Code of a service.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    service: Option<Code<1, 60>>,
    #[param(inline)]
    state: Option<State>,
    #[param(inline, example = "all")]
    view: Option<View>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

impl QueueFilter {
    fn filter(&self) -> Filter {
        Filter { service: self.service.clone().map(Code::into_string), state: self.state, view: self.view.unwrap_or(View::All) }
    }
}

#[utoipa::path(get, path = "/staff/queue", tag = "desks", operation_id = "listQueue", summary = "待办列表",
    description = "您负责的窗口现在要办的件，等得最久的在前。",
    responses((status = 200, description = "一页待办")))]
async fn list(who: DeskOfficer, q: Query<QueueFilter>, call: Call) -> Result<Answer<Page<CaseSummary>>> {
    let worker = who.0;
    let filter = q.0.filter();
    let name = format!("queue:{}:{filter:?}", worker.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        queue::list(c, office, &worker, &filter, after, limit)
    })
    .await
}

/// What of the queue to count.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QueueCountFilter {
    /// Code of a service.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    service: Option<Code<1, 60>>,
    #[param(inline)]
    state: Option<State>,
}

#[utoipa::path(get, path = "/staff/queue/counts", tag = "desks", operation_id = "countQueue", summary = "待办数量",
    description = "与待办列表同一口径的准确数量。",
    responses((status = 200, description = "数量")))]
async fn counts(who: DeskOfficer, q: Query<QueueCountFilter>, call: Call) -> Result<Answer<QueueCounts>> {
    let filter = Filter { service: q.0.service.map(Code::into_string), state: q.0.state, view: View::All };
    call.read(move |c, office| queue::counts(c, office, &who.0, &filter)).await
}

/// From which part of the queue.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Next {
    /// Code of a service; any when it is left out.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "education_aid")]
    #[serde(default, deserialize_with = "blank_is_none")]
    service: Option<Code<1, 60>>,
}
form!(Next { service: "服务" });

#[utoipa::path(post, path = "/staff/queue/actions/next", tag = "desks", operation_id = "claimNext", summary = "领取下一件",
    description = "领取等得最久、没有人在办、您又可以办的一件。没有时返回 20010。",
    responses((status = 200, description = "已领取")))]
async fn next(who: DeskOfficer, call: Write<Next>) -> Result<Answer<CaseView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let filter = Filter { service: sent.service.clone().map(Code::into_string), state: None, view: View::Pool };
        let case = queue::next(c, office, &worker, &filter)?;
        views::full(c, office, &case, Some(&Actor::Worker(worker.clone())))
    })
    .await
}

#[utoipa::path(get, path = "/staff/cases/{id}", tag = "desks", operation_id = "getStaffCase", summary = "查看办件（工作人员）",
    description = "辖区内或窗口上的一件，附全部办理记录和您现在可以做什么。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办件")))]
async fn one(who: Worker, id: PathId, call: Call) -> Result<Answer<CaseView>> {
    call.read(move |c, office| {
        let case = loading::in_scope(c, &who, id.0)?;
        views::full(c, office, &case, Some(&Actor::Worker(who.clone())))
    })
    .await
}

/// One thing that the applicant must mend.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Item {
    /// `material:CODE` or `section:CODE` of the case.
    #[schema(value_type = String, min_length = 1, max_length = 80, pattern = "^[!-~]+$", example = "material:household_register")]
    target: Code<1, 80>,
    /// A code of the policy's correction reasons.
    #[schema(value_type = String, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "unclear")]
    reason: Code<1, 60>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "请拍清楚户主页。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 500>>,
}

impl From<&Item> for Ask {
    fn from(item: &Item) -> Ask {
        Ask {
            target: item.target.to_string(),
            reason: item.reason.to_string(),
            note: item.note.as_ref().map(ToString::to_string),
        }
    }
}

/// One complete notice: everything at once.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    /// The version that was seen.
    #[schema(value_type = i64, example = 4)]
    version: Version,
    #[validate(length(min = 1, max = 30, message = "请至少选择一项，最多三十项。"), nested)]
    items: Vec<Item>,
}
form!(Correction { version: "版本", items: "补正内容", target: "补正内容", reason: "原因", note: "说明" });

#[utoipa::path(post, path = "/staff/cases/{id}/actions/request-correction", tag = "desks", operation_id = "requestCorrection", summary = "一次性告知补正",
    description = "把所有要补正的内容一次告知申请人。申请人只能修改这些内容，补好后回到本窗口。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已告知")))]
async fn request_correction(who: DeskOfficer, id: PathId, call: Write<Correction>) -> Result<Answer<CaseView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let asks: Vec<Ask> = sent.items.iter().map(Ask::from).collect();
        let case = rulings::ask_to_mend(c, office, &worker, id.0, sent.version, &asks)?;
        views::full(c, office, &case, Some(&Actor::Worker(worker.clone())))
    })
    .await
}
