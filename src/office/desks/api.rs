//! What a caseworker may call: the queue of their desks, one case, and decisions with the version seen.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::queue::{self, Filter, QueueCounts};
use crate::form;
use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::act::{Act, Actor, act};
use crate::office::cases::case;
use crate::office::cases::codes;
use crate::office::cases::corrections::{self, Ask};
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::{self, CaseSummary, CaseView};
use crate::office::policy::county;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Action, State};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(counts).service(next).service(one).service(request_correction).service(decide);
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
    limit: Option<i64>,
    cursor: Option<String>,
}

coded_enum! {
    /// A part of the queue.
    pub enum View {
        All = "all", "全部";
        Mine = "mine", "我领取的";
        Pool = "pool", "还没有人领取的";
        Overdue = "overdue", "已超期的";
    }
}

impl Wanted {
    fn filter(&self) -> Filter {
        Filter {
            service: self.service.clone(),
            state: self.state,
            mine: self.view == Some(View::Mine),
            pool: self.view == Some(View::Pool),
            overdue: self.view == Some(View::Overdue),
        }
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
    let filter = Filter { service: q.0.service, state: q.0.state, ..Filter::default() };
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
    let filter = Filter { service: body.value.service, ..Filter::default() };
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = queue::next(c, &spine, &worker, &filter)?;
        views::full(c, &spine, &case, case.desk_role(&worker))
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
        views::full(c, &spine, &case, case.desk_role(&who))
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
        views::full(c, &spine, &case, case.desk_role(&worker))
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

coded_enum! {
    /// What an officer may do with a case besides asking for corrections.
    pub enum Verb {
        Claim = "claim", "领取";
        Release = "release", "放回";
        Accept = "accept", "受理";
        Decline = "decline", "不予受理";
        Forward = "forward", "报送上级";
        SendBack = "send-back", "退回下级";
        Approve = "approve", "批准";
        Reject = "reject", "不予批准";
    }
}

impl Verb {
    fn action(self) -> Action {
        match self {
            Verb::Claim => Action::Claim,
            Verb::Release => Action::Release,
            Verb::Accept => Action::Accept,
            Verb::Decline => Action::Decline,
            Verb::Forward => Action::Forward,
            Verb::SendBack => Action::SendBack,
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
    /// A code of the policy's reject reasons; asked for when a case is declined or rejected.
    #[validate(length(max = 60, message = "请从列表中选择原因。"))]
    #[schema(example = "not_eligible")]
    reason: Option<String>,
    /// Words that the applicant will read.
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "材料齐全，同意报送。")]
    note: Option<String>,
}
form!(Decision { version: "版本", reason: "原因", note: "说明" });

#[utoipa::path(tag = "desks", operation_id = "decideCase", summary = "办理",
    description = "领取、放回、受理、不予受理、报送上级、退回下级、批准、不予批准。两人同时办理时，后到的一方得到 409 和最新情况。",
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
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = case::in_scope(c, &worker, id)?;
        reasoned(c, &case, action, sent.reason.as_deref())?;
        let (actor, version) = (Actor::Worker(worker.clone()), Some(sent.version));
        let act_of = Act { actor, action, version, reason: sent.reason.clone(), note: sent.note.clone() };
        let case = act(c, &spine, case.id, act_of)?;
        views::full(c, &spine, &case, case.desk_role(&worker))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// Saying no needs a reason from the policy's list; any other reason must be none.
fn reasoned(c: &mut AnyConn, case: &case::Case, action: Action, reason: Option<&str>) -> Result<()> {
    let policy = county::pinned(c, case.policy_id)?.common;
    let known = |code: &str| policy.reject_reasons.iter().any(|r| r.code == code);
    let mut faults = Faults::new();
    match (action, reason) {
        (Action::Decline | Action::Reject, None) => {
            faults.push("/reason", "原因", "required", "没有选择原因。", "请从原因列表中选择，申请人会看到。");
        }
        (_, Some(code)) if !known(code) => {
            faults.push("/reason", "原因", "unknown_reason", "没有这种原因。", "请从原因列表中选择。");
        }
        _ => {}
    }
    faults.settle()
}
