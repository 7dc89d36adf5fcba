//! What a caseworker may call: the queue of their desks, one case, and decisions with the version seen.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::act::{Act, Actor, act};
use crate::office::cases::case;
use crate::office::cases::codes;
use crate::office::cases::corrections::{self, Ask};
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::{self, CaseSummary, CaseView};
use crate::office::desks::queue::{self, Filter, QueueCounts, View};
use crate::office::policy::county;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::lifecycle::{Action, State};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(counts).service(next).service(one).service(request_correction);
}

/// What of the queue.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Code of a service.
    service: Option<String>,
    #[param(inline)]
    state: Option<State>,
    #[param(inline, example = "all")]
    view: Option<View>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl Wanted {
    fn filter(&self) -> Filter {
        Filter { service: self.service.clone(), state: self.state, view: self.view.unwrap_or(View::All) }
    }
}

#[utoipa::path(tag = "desks", operation_id = "listQueue", summary = "待办列表",
    description = "您负责的窗口现在要办的件，等得最久的在前。", params(Wanted),
    responses((status = 200, description = "一页待办", body = Envelope<Page<CaseSummary>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("staff" = [])))]
#[get("/staff/queue")]
async fn list(
    who: DeskOfficer,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<CaseSummary>>> {
    let (spine, worker, filter) = (Spine::of(&app, &services), who.0, q.0.filter());
    let limit = paging::limit(q.0.limit)?;
    let name = format!("queue:{}:{filter:?}", worker.id);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| queue::list(c, &spine, &worker, &filter, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}

/// What of the queue to count.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Counted {
    /// Code of a service.
    service: Option<String>,
    #[param(inline)]
    state: Option<State>,
}

#[utoipa::path(tag = "desks", operation_id = "countQueue", summary = "待办数量",
    description = "与待办列表同一口径的准确数量。", params(Counted),
    responses((status = 200, description = "数量", body = Envelope<QueueCounts>)), security(("staff" = [])))]
#[get("/staff/queue/counts")]
async fn counts(
    who: DeskOfficer,
    q: Query<Counted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<QueueCounts>> {
    let spine = Spine::of(&app, &services);
    let filter = Filter { service: q.0.service, state: q.0.state, view: View::All };
    Ok(Answer::ok(app.db.read(move |c| queue::counts(c, &spine, &who.0, &filter)).await?))
}

/// From which part of the queue.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Next {
    /// Code of a service; any when it is left out.
    #[validate(length(max = 60, message = "服务名称太长。"))]
    #[schema(example = "education_aid")]
    service: Option<String>,
}
form!(Next { service: "服务" });

#[utoipa::path(tag = "desks", operation_id = "claimNext", summary = "领取下一件",
    description = "领取等得最久、没有人在办、您又可以办的一件。没有时返回 20010。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = Next,
    responses((status = 200, description = "已领取", body = Envelope<CaseView>),
        (status = 404, description = "20010 没有等待办理的事项", body = Failure)), security(("staff" = [])))]
#[post("/staff/queue/actions/next")]
async fn next(
    who: DeskOfficer,
    once: Once,
    body: Body<Next>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, worker) = (Spine::of(&app, &services), who.0);
    let filter = Filter { service: body.value.service, state: None, view: View::Pool };
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = queue::next(c, &spine, &worker, &filter)?;
        views::full(c, &spine, &case, Some(&Actor::Worker(worker.clone())))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "desks", operation_id = "getStaffCase", summary = "查看办件（工作人员）",
    description = "辖区内或窗口上的一件，附全部办理记录和您现在可以做什么。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办件", body = Envelope<CaseView>)), security(("staff" = [])))]
#[get("/staff/cases/{id}")]
async fn one(who: Worker, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<CaseView>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let case = case::in_scope(c, &who, id.0)?;
        views::full(c, &spine, &case, Some(&Actor::Worker(who.clone())))
    });
    Ok(Answer::ok(view.await?))
}

/// One thing that the applicant must mend.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Item {
    /// `material:CODE` or `section:CODE` of the case.
    #[validate(length(min = 1, max = 80, message = "请选择要补正的内容。"))]
    #[schema(example = "material:household_register")]
    target: String,
    /// A code of the policy's correction reasons.
    #[validate(length(min = 1, max = 60, message = "请选择原因。"))]
    #[schema(example = "unclear")]
    reason: String,
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "请拍清楚户主页。")]
    note: Option<String>,
}

/// One complete notice: everything at once.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    /// The version that was seen.
    #[schema(example = 4)]
    version: i64,
    #[validate(length(min = 1, max = 30, message = "请至少选择一项，最多三十项。"), nested)]
    items: Vec<Item>,
}
form!(Correction { version: "版本", items: "补正内容", target: "补正内容", reason: "原因", note: "说明" });

#[utoipa::path(tag = "desks", operation_id = "requestCorrection", summary = "一次性告知补正",
    description = "把所有要补正的内容一次告知申请人。申请人只能修改这些内容，补好后回到本窗口。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Correction,
    responses((status = 200, description = "已告知", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能这样办理；20003 十分钟内可能取消；20004 同事已领取", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/cases/{id}/actions/request-correction")]
async fn request_correction(
    who: DeskOfficer,
    once: Once,
    id: PathId,
    body: Body<Correction>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = case::in_scope(c, &worker, id.0)?;
        let asks = checked(c, &spine, &case, &sent.items)?;
        let actor = Actor::Worker(worker.clone());
        let (action, version) = (Action::RequestCorrection, Some(sent.version));
        let case = act(c, &spine, case.id, Act { actor, action, version, reason: None, note: None })?;
        corrections::ask(c, &spine, &case, &asks)?;
        views::full(c, &spine, &case, Some(&Actor::Worker(worker.clone())))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

fn checked(c: &mut AnyConn, spine: &Spine, case: &case::Case, items: &[Item]) -> Result<Vec<Ask>> {
    let policy = county::pinned(c, case.policy_id)?.common;
    let service = spine.services.get(&case.service)?;
    let mut wrong = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if views::target_label(&item.target, &policy, service).is_none() {
            let field = format!("/items/{at}/target");
            wrong.push(Detail::new(&field, "补正内容", "unknown_item", "清单里没有这一项。", "请从材料和表单内容中选择。"));
        }
        if !policy.correction_reasons.iter().any(|r| r.code == item.reason) {
            let field = format!("/items/{at}/reason");
            wrong.push(Detail::new(&field, "原因", "unknown_reason", "没有这种原因。", "请从补正原因列表中选择。"));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::new(&codes::UNKNOWN_ITEM).with_details(wrong));
    }
    let ask = |i: &Item| Ask { target: i.target.clone(), reason: i.reason.clone(), note: i.note.clone() };
    Ok(items.iter().map(ask).collect())
}
