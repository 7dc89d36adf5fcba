//! What an applicant may call: my cases, one case, and the actions on it.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::{Filer, Resident};
use crate::office::cases::act::{Act, Actor, act};
use crate::office::cases::case;
use crate::office::cases::check::check;
use crate::office::cases::consents;
use crate::office::cases::mandates;
use crate::office::cases::mine::{self, Filter, Of, StateCount};
use crate::office::cases::ratings::{self, Grade};
use crate::office::cases::service::{Offer, Services, Spine};
use crate::office::cases::views::{self, CaseSummary, CaseView};
use crate::office::notices::reach::{self, Channels};
use crate::platform::app::App;
use crate::platform::error::{Detail, Faults, Result};
use crate::platform::http::once::Done;
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::lifecycle::Action;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(offers)
        .service(list)
        .service(count)
        .configure(super::mandates::routes)
        .configure(super::taking_on::routes)
        .service(one)
        .service(checked);
    cfg.service(submit).service(undo).service(withdraw).service(resubmit).service(urge).service(appeal).service(rate);
}

/// For whom.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ForPerson {
    /// One of `GET /me/persons`.
    person_id: Id,
}

#[utoipa::path(tag = "cases", operation_id = "listOffers", summary = "可以申请什么",
    description = "您可以为这个人申请的事项；不能申请的会说明原因。事项有限，一次全部列出。",
    params(ForPerson),
    responses((status = 200, description = "各项服务", body = Envelope<Vec<Offer>>),
        (status = 404, description = "10006 没有这个人，或与您无关", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/me/offers")]
async fn offers(
    who: Filer,
    q: Query<ForPerson>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Vec<Offer>>> {
    let spine = Spine::of(&app, &services);
    let found = app.db.read(move |c| {
        let person = q.0.person_id;
        mandates::relation(c, &who, person, spine.now)?;
        let mut all = Vec::new();
        for service in spine.services.all() {
            all.extend(service.offers(c, &spine, person)?);
        }
        Ok(all)
    });
    Ok(Answer::ok(found.await?))
}

/// Which of my cases.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Mine {
    /// true: still being handled; false: ended.
    live: Option<bool>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "cases", operation_id = "listMyCases", summary = "我的办件",
    description = "您提交的和正在填写的办件，最新的在前；工作人员看到的是自己代办的。", params(Mine),
    responses((status = 200, description = "一页办件", body = Envelope<Page<CaseSummary>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/cases")]
async fn list(
    who: Filer,
    q: Query<Mine>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<CaseSummary>>> {
    let spine = Spine::of(&app, &services);
    let limit = paging::limit(q.0.limit)?;
    let name = format!("cases:{}:{:?}", who.id(), q.0.live);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let filter = Filter { of: Of::from(&who), live: q.0.live };
    let rows = app.db.read(move |c| mine::list(c, &spine, &filter, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}

/// Which of my cases to count.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Counted {
    /// true: still being handled; false: ended.
    live: Option<bool>,
}

#[utoipa::path(tag = "cases", operation_id = "countMyCases", summary = "我的办件数量",
    description = "按状态统计您的办件，与列表完全一致。每种状态一行，一次全部列出。", params(Counted),
    responses((status = 200, description = "各状态的数量", body = Envelope<Vec<StateCount>>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/cases/count")]
async fn count(who: Filer, q: Query<Counted>, app: web::Data<App>) -> Result<Answer<Vec<StateCount>>> {
    let filter = Filter { of: Of::from(&who), live: q.0.live };
    Ok(Answer::ok(app.db.read(move |c| mine::counts(c, &filter)).await?))
}

#[utoipa::path(tag = "cases", operation_id = "getCase", summary = "查看办件",
    description = "办件的状态、下一步由谁办理、期限、您现在可以做什么，以及全部办理记录。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办件", body = Envelope<CaseView>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/cases/{id}")]
async fn one(who: Filer, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<CaseView>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let case = case::owned(c, &who, id.0, spine.now)?;
        views::full(c, &spine, &case, Some(&Actor::from(&who)))
    });
    Ok(Answer::ok(view.await?))
}

/// Whether a case could be submitted.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Readiness {
    ready: bool,
    /// What to mend first, in the order of the form.
    details: Vec<Detail>,
    /// Who will be told about this case, and how, as things stand now.
    #[schema(example = json!(["您本人：小程序消息和微信消息", "申请所为的残疾人本人：补正、决定等重要进展用短信告知"]))]
    will_be_told: Vec<String>,
}

#[utoipa::path(tag = "cases", operation_id = "checkCase", summary = "检查申请",
    description = "不提交，只检查还缺什么，并说明提交后会通知谁、用什么方式。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "检查结果", body = Envelope<Readiness>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/cases/{id}/check")]
async fn checked(who: Filer, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<Readiness>> {
    let (spine, channels) = (Spine::of(&app, &services), Channels::of(&app));
    let view = app.db.read(move |c| {
        let case = case::owned(c, &who, id.0, spine.now)?;
        let details = check(c, &spine, &case)?;
        let about = (case.person_id, who.id());
        let will_be_told = reach::foretell(c, &spine.keys, &channels, about, spine.today())?;
        Ok(Readiness { ready: details.is_empty(), details, will_be_told })
    });
    Ok(Answer::ok(view.await?))
}

/// A submission.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Submit {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
    /// Version of the privacy text that the applicant agreed to (`GET /bootstrap`).
    #[schema(example = "2026-11")]
    consent: Option<String>,
}
form!(Submit { version: "版本", consent: "个人信息处理同意书" });

#[utoipa::path(tag = "cases", operation_id = "submitCase", summary = "提交申请",
    description = "提交后十分钟内可以取消。提交前会再检查一遍。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Submit,
    responses((status = 200, description = "已提交", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能提交", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/actions/submit")]
async fn submit(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Submit>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let done = once.write(&app, who.id(), body.fingerprint, move |c| {
        let case = case::owned(c, &who, id.0, spine.now)?;
        case.seen(sent.version)?;
        consents::given(c, &spine, &who, case.person_id, sent.consent.as_deref())?;
        let mut faults = Faults::new();
        if case.state == crate::rules::lifecycle::State::Draft {
            check(c, &spine, &case)?.into_iter().for_each(|d| faults.add(d));
        }
        faults.settle()?;
        let act = take(&who, Action::Submit, sent.version, None);
        let case = self::act(c, &spine, case.id, act)?;
        views::full(c, &spine, &case, Some(&Actor::from(&who)))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

fn take(who: &Filer, action: Action, version: i64, note: Option<String>) -> Act {
    Act { actor: who.into(), action, version: Some(version), reason: None, note }
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    /// Words to the office.
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "材料已经换成清楚的照片。")]
    note: Option<String>,
}
form!(Seen { version: "版本", note: "说明" });

async fn simple(
    action: Action,
    who: Filer,
    once: Once,
    id: Id,
    body: Body<Seen>,
    app: &App,
    services: &Services,
) -> Result<Answer<CaseView>> {
    let (spine, sent) = (Spine::of(app, services), body.value);
    let done: Done<CaseView> = once
        .write(app, who.id(), body.fingerprint, move |c| {
            let case = act(c, &spine, id, take(&who, action, sent.version, sent.note.clone()))?;
            views::full(c, &spine, &case, Some(&Actor::from(&who)))
        })
        .await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "cases", operation_id = "undoSubmit", summary = "取消提交",
    description = "提交后十分钟内可以取消，申请变回草稿，内容都还在。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Seen,
    responses((status = 200, description = "已变回草稿", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能取消；20002 已超过十分钟", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/actions/undo")]
async fn undo(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Seen>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    simple(Action::Undo, who, once, id.0, body, &app, &services).await
}

#[utoipa::path(tag = "cases", operation_id = "withdrawCase", summary = "撤回申请",
    description = "撤回还没有办结的申请，或者放弃草稿。撤回后可以重新申请。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Seen,
    responses((status = 200, description = "已撤回", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能撤回", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/actions/withdraw")]
async fn withdraw(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Seen>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    simple(Action::Withdraw, who, once, id.0, body, &app, &services).await
}

#[utoipa::path(tag = "cases", operation_id = "resubmitCase", summary = "提交补正",
    description = "每一项都补好后提交，回到原来的工作人员那里，不用重新排队。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Seen,
    responses((status = 200, description = "已提交补正", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能提交补正", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/actions/resubmit")]
async fn resubmit(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Seen>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    simple(Action::Resubmit, who, once, id.0, body, &app, &services).await
}

#[utoipa::path(tag = "cases", operation_id = "urgeCase", summary = "催办",
    description = "请工作人员尽快办理。工作人员会在待办中看到；过几天才能再催一次。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Seen,
    responses((status = 200, description = "已催办", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能催办；20013 不久前催办过", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/actions/urge")]
async fn urge(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Seen>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    simple(Action::Urge, who, once, id.0, body, &app, &services).await
}

#[utoipa::path(tag = "cases", operation_id = "appealCase", summary = "申诉",
    description = "对不予受理或者不予批准的决定不服，可以在期限内申诉一次，由上一级或者另一位工作人员办理。请在说明中写明理由。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Seen,
    responses((status = 200, description = "已收到申诉", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 现在不能申诉；20006 同一事项已有一件在办理；20014 申诉期限已过", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/actions/appeal")]
async fn appeal(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Seen>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    simple(Action::Appeal, who, once, id.0, body, &app, &services).await
}

/// A rating in five grades.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rate {
    #[schema(example = 9)]
    version: i64,
    #[schema(inline, example = "very_good")]
    grade: Grade,
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "工作人员很耐心。")]
    comment: Option<String>,
}
form!(Rate { version: "版本", grade: "满意程度", comment: "意见" });

#[utoipa::path(tag = "cases", operation_id = "rateCase", summary = "评价",
    description = "办结后可以评价一次，自愿，不影响办理结果。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Rate,
    responses((status = 200, description = "谢谢评价", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 还没有办结；20011 已经评价过", body = Failure)), security(("resident" = [])))]
#[post("/cases/{id}/actions/rate")]
async fn rate(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<Rate>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let done = once.write(&app, who.account, body.fingerprint, move |c| {
        let case = act(c, &spine, id.0, take(&Filer::Resident(who.account), Action::Rate, sent.version, None))?;
        ratings::rate(c, &spine, &case, sent.grade, sent.comment.as_deref())?;
        views::full(c, &spine, &case, Some(&Actor::Applicant(who.account)))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
