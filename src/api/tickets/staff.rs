//! What a worker may call: the queue of tickets of their desks, one ticket, and what can be done with it.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::mine::not_blank;
use crate::form;
use crate::office::accounts::guards::{AreaOfficer, Worker};
use crate::office::cases::service::{Services, Spine};
use crate::office::tickets::acts::Doer;
use crate::office::tickets::queue::{self, Filter, TicketCounts};
use crate::office::tickets::ticket::{self, Kind, Outcome, Ticket};
use crate::office::tickets::views::{self, TicketSummary, TicketView};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Desk;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(counts).service(one).service(claim).service(note);
    cfg.service(answer).service(hand_on).service(close).service(show_contact);
}

coded_enum! {
    /// A part of the queue.
    pub enum Part {
        All = "all", "全部";
        Mine = "mine", "我领取的";
        Pool = "pool", "还没有人领取的";
        Overdue = "overdue", "已超期的";
    }
}

/// What of the queue.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    #[param(inline)]
    kind: Option<Kind>,
    #[param(inline, example = "all")]
    view: Option<Part>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "tickets", operation_id = "listTicketQueue", summary = "待办的群众反映",
    description = "您负责的窗口现在要办的反映、差评整改、电话和上门，期限最近的在前。等待反映人确认的不在内。", params(Wanted),
    responses((status = 200, description = "一页待办", body = Envelope<Page<TicketSummary>>)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/tickets")]
async fn list(who: AreaOfficer, q: Query<Wanted>, app: web::Data<App>) -> Result<Answer<Page<TicketSummary>>> {
    let (worker, now, limit, view) = (who.0, app.clock.now_ms(), paging::limit(q.0.limit)?, q.0.view);
    let (mine, pool, overdue) = (view == Some(Part::Mine), view == Some(Part::Pool), view == Some(Part::Overdue));
    let filter = Filter { kind: q.0.kind, mine, pool, overdue };
    let name = format!("tickets:{}:{filter:?}", worker.id);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| {
        let rows = queue::list(c, &worker, &filter, now, after, limit)?;
        views::desk_lines(c, &worker, &rows, now)
    });
    let (rows, next_cursor) = paging::cut(&app, &name, rows.await?, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}

/// What of the queue to count.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Counted {
    #[param(inline)]
    kind: Option<Kind>,
}

#[utoipa::path(tag = "tickets", operation_id = "countTicketQueue", summary = "待办群众反映的数量",
    description = "与待办列表同一口径的准确数量。", params(Counted),
    responses((status = 200, description = "数量", body = Envelope<TicketCounts>)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/tickets/counts")]
async fn counts(who: AreaOfficer, q: Query<Counted>, app: web::Data<App>) -> Result<Answer<TicketCounts>> {
    let (filter, now) = (Filter { kind: q.0.kind, ..Filter::default() }, app.clock.now_ms());
    Ok(Answer::ok(app.db.read(move |c| queue::counts(c, &who.0, &filter, now)).await?))
}

#[utoipa::path(tag = "tickets", operation_id = "getTicket", summary = "查看群众反映（工作人员）",
    description = "本窗口和下级窗口的一件，附全部记录和您现在可以做什么。差评涉及您本人的办件时，不显示评价人。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "反映", body = Envelope<TicketView>)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/tickets/{id}")]
async fn one(who: AreaOfficer, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<TicketView>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let ticket = ticket::in_sight(c, &who, id.0)?;
        views::for_worker(c, &spine, &ticket, &who)
    });
    Ok(Answer::ok(view.await?))
}

/// One act of a worker, and the ticket afterwards.
async fn acted<F>(
    worker: Worker,
    once: Once,
    print: [u8; 32],
    app: &App,
    services: &Services,
    act: F,
) -> Result<Answer<TicketView>>
where
    F: Fn(&mut AnyConn, &Doer<'_>) -> Result<Ticket> + Send + 'static,
{
    let (spine, caller) = (Spine::of(app, services), worker.id);
    let done = once.write(app, caller, print, move |c| {
        let ticket = act(c, &Doer { spine: &spine, worker: &worker })?;
        views::for_worker(c, &spine, &ticket, &worker)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// On what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimTicket {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
}
form!(ClaimTicket { version: "版本" });

#[utoipa::path(tag = "tickets", operation_id = "claimTicket", summary = "领取群众反映",
    description = "领取后在规定时间内由您办理，到时自动放回。差评涉及您本人、或者与您家人有关的，由其他同事办理。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = ClaimTicket,
    responses((status = 200, description = "已领取", body = Envelope<TicketView>),
        (status = 403, description = "23004 与您有关", body = Failure),
        (status = 409, description = "10030 版本过期；23001 现在不能领取；23002 同事已领取", body = Failure)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/tickets/{id}/actions/claim")]
async fn claim(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<ClaimTicket>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let version = body.value.version;
    acted(who.0, once, body.fingerprint, &app, &services, move |c, doer| doer.claim(c, id.0, version)).await
}

/// Words for colleagues.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketNote {
    #[validate(length(min = 2, max = 1000, message = "请写 2 至 1000 个字。"))]
    #[schema(example = "已电话联系学校教务处。")]
    text: String,
}
form!(TicketNote { text: "内部记录" });

#[utoipa::path(tag = "tickets", operation_id = "noteOnTicket", summary = "内部记录",
    description = "只有工作人员能看到的记录，不影响办理状态。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = TicketNote,
    responses((status = 200, description = "已记录", body = Envelope<TicketView>),
        (status = 403, description = "23004 与您有关", body = Failure),
        (status = 409, description = "23001 不在您的窗口", body = Failure)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/tickets/{id}/actions/note")]
async fn note(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<TicketNote>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let text = body.value.text;
    not_blank(&text)?;
    acted(who.0, once, body.fingerprint, &app, &services, move |c, doer| doer.note(c, id.0, text.trim())).await
}

/// The answer that the resident reads.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketAnswer {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[validate(length(min = 2, max = 1000, message = "请写 2 至 1000 个字。"))]
    #[schema(example = "已经和学校联系，证明明天可以补开。")]
    text: String,
}
form!(TicketAnswer { version: "版本", text: "答复" });

#[utoipa::path(tag = "tickets", operation_id = "answerTicket", summary = "答复",
    description = "答复会通知反映人。反映人可以确认解决，也可以说没有解决；到期没有意见就结束。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = TicketAnswer,
    responses((status = 200, description = "已答复", body = Envelope<TicketView>),
        (status = 403, description = "23004 与您有关", body = Failure),
        (status = 409, description = "10030 版本过期；23001 现在不能答复；23002 同事已领取", body = Failure)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/tickets/{id}/actions/answer")]
async fn answer(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<TicketAnswer>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let sent = body.value;
    not_blank(&sent.text)?;
    let act = move |c: &mut AnyConn, doer: &Doer<'_>| doer.answer(c, id.0, sent.version, sent.text.trim());
    acted(who.0, once, body.fingerprint, &app, &services, act).await
}

/// To whom (village, town or county), and why.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandTicketOn {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[schema(inline, example = "town")]
    desk: Desk,
    /// Why; the resident reads it.
    #[validate(length(min = 2, max = 500, message = "请写明转交的原因，2 至 500 个字。"))]
    #[schema(example = "需要镇里和学校一起协调。")]
    text: String,
}
form!(HandTicketOn { version: "版本", desk: "转交给", text: "原因" });

#[utoipa::path(tag = "tickets", operation_id = "handOnTicket", summary = "转交",
    description = "转给村（社区）、镇（街道）或者县（区），期限不变。那里没有人能办时转给再上一级。原因反映人能看到。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = HandTicketOn,
    responses((status = 200, description = "已转交", body = Envelope<TicketView>),
        (status = 403, description = "23004 与您有关", body = Failure),
        (status = 409, description = "10030 版本过期；23001 现在不能转交；23002 同事已领取", body = Failure)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/tickets/{id}/actions/hand-on")]
async fn hand_on(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<HandTicketOn>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let sent = body.value;
    not_blank(&sent.text)?;
    let act = move |c: &mut AnyConn, doer: &Doer<'_>| doer.hand_on(c, id.0, sent.version, sent.desk, sent.text.trim());
    acted(who.0, once, body.fingerprint, &app, &services, act).await
}

/// What came of it: reached and not_reached for a call; visited and not_reached for a visit; solved and explained after an answer.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseTicket {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[schema(inline, example = "reached")]
    outcome: Outcome,
    /// Words that the resident reads.
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "已电话说明需要补的材料。")]
    text: Option<String>,
}
form!(CloseTicket { version: "版本", outcome: "结果", text: "说明" });

#[utoipa::path(tag = "tickets", operation_id = "closeTicket", summary = "登记结果",
    description = "电话：已联系上，或者没有联系上（过几天再联系，次数够了改为上门）。上门：已上门，或者没有见到。反映和差评：先答复，再登记已解决或已说明清楚。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = CloseTicket,
    responses((status = 200, description = "已登记", body = Envelope<TicketView>),
        (status = 403, description = "23004 与您有关", body = Failure),
        (status = 409, description = "10030 版本过期；23001 这种结果现在不合适；23002 同事已领取", body = Failure)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/tickets/{id}/actions/close")]
async fn close(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<CloseTicket>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let sent = body.value;
    let act = move |c: &mut AnyConn, doer: &Doer<'_>| {
        let words = sent.text.as_deref().map(str::trim).filter(|t| !t.is_empty());
        doer.close(c, id.0, sent.version, sent.outcome, words)
    };
    acted(who.0, once, body.fingerprint, &app, &services, act).await
}

/// What for.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShowTicketContact {
    /// It is written down with your name.
    #[validate(length(min = 4, max = 100, message = "请写明查看的原因，4 至 100 个字。"))]
    #[schema(example = "电话告知补正材料")]
    purpose: String,
}
form!(ShowTicketContact { purpose: "查看原因" });

/// Not to be kept.
#[derive(Serialize, Deserialize, ToSchema)]
struct TicketContact {
    #[schema(example = "19100000001")]
    phone: String,
}

#[utoipa::path(tag = "tickets", operation_id = "showTicketContact", summary = "查看联系电话",
    description = "打电话前查看号码，必须写明原因。每次查看都会连同您的姓名、时间和原因一起记录。重复调用会再记录一次。",
    params(("id" = Id, Path, description = "反映编号")), request_body = ShowTicketContact,
    responses((status = 200, description = "联系电话", body = Envelope<TicketContact>),
        (status = 403, description = "23004 与您有关", body = Failure),
        (status = 409, description = "23001 不在您的窗口；23002 同事已领取；23006 没有登记电话", body = Failure)),
    security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/tickets/{id}/actions/show-contact")]
async fn show_contact(
    who: AreaOfficer,
    id: PathId,
    body: Body<ShowTicketContact>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketContact>> {
    let (spine, worker, purpose) = (Spine::of(&app, &services), who.0, body.value.purpose.trim().to_owned());
    let mut faults = Faults::new();
    if purpose.chars().count() < 4 {
        let reason = "请写明查看的原因，4 至 100 个字。";
        faults.push("/purpose", "查看原因", "too_short", reason, "例如：电话告知补正材料。");
    }
    faults.settle()?;
    let shown = app.db.write(move |c| {
        let doer = Doer { spine: &spine, worker: &worker };
        Ok(TicketContact { phone: doer.show_contact(c, id.0, &purpose)?.1 })
    });
    Ok(Answer::ok(shown.await?))
}
