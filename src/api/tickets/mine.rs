//! What a resident may call: report or ask, my tickets, add words, say whether the answer solved it.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::Resident;
use crate::office::cases::service::{Services, Spine};
use crate::office::tickets::asking::{self, Wish};
use crate::office::tickets::open::open;
use crate::office::tickets::queue;
use crate::office::tickets::ticket::{self, Kind, Ticket};
use crate::office::tickets::views::{self, TicketSummary, TicketView};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(ask).service(list).service(one).service(add).service(confirm).service(not_solved);
}

coded_enum! {
    /// What a resident may open; a bad rating opens its own.
    pub enum Asked {
        Unresolved = "unresolved", "办不成事反映";
        Problem = "problem", "反馈问题（信访）";
        PhoneCall = "phone_call", "请给我打电话";
        Visit = "visit", "请上门服务";
    }
}

impl Asked {
    fn kind(self) -> Kind {
        match self {
            Asked::Unresolved => Kind::Unresolved,
            Asked::Problem => Kind::Problem,
            Asked::PhoneCall => Kind::PhoneCall,
            Asked::Visit => Kind::Visit,
        }
    }
}

/// What somebody reports or asks for.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenTicket {
    #[schema(inline, example = "unresolved")]
    kind: Asked,
    #[validate(length(min = 2, max = 1000, message = "请写明情况，2 至 1000 个字。"))]
    #[schema(example = "学校不肯开在读证明，申请交不上去。")]
    text: String,
    /// One of your cases, when it is about one.
    case_id: Option<Id>,
    /// Whom it is about, one of `GET /me/persons`; yourself when left out.
    person_id: Option<Id>,
    /// Where: needed while nobody knows who you are. Twelve digits of `GET /public/areas`, county or smaller.
    #[schema(value_type = Option<String>, example = "990101100200", pattern = "^[0-9]{12}$")]
    area: Option<AreaCode>,
}
form!(OpenTicket { kind: "类别", text: "情况说明", case_id: "办件", person_id: "谁的事", area: "所在地" });

#[utoipa::path(tag = "tickets", operation_id = "openTicket", summary = "反映问题、请求联系",
    description = "办不成事、反馈问题、请给我打电话、请上门服务。没有核实身份也可以提，但要选择所在地。同一个人同一件事的电话或上门请求只保留一件，再提会补充进去。",
    params(Once), request_body = OpenTicket,
    responses((status = 201, description = "已收到，含办理期限", body = Envelope<TicketView>),
        (status = 404, description = "10006 办件或人与您无关", body = Failure),
        (status = 409, description = "23005 未办完的反映太多", body = Failure)), security(("resident" = [])))]
#[post("/me/tickets")]
async fn ask(
    who: Resident,
    once: Once,
    body: Body<OpenTicket>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let (spine, account, sent) = (Spine::of(&app, &services), who.account, body.value);
    not_blank(&sent.text)?;
    let done = once.write(&app, account, body.fingerprint, move |c| {
        let wish = Wish { kind: sent.kind.kind(), text: &sent.text, case: sent.case_id, person: sent.person_id, area: sent.area };
        let new = asking::wished(c, &spine, account, &wish)?;
        let id = open(c, &spine, &new)?;
        let ticket = ticket::find(c, id)?;
        views::for_resident(c, &spine, &ticket)
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

/// Blanks are no words.
pub(crate) fn not_blank(text: &str) -> Result<()> {
    let mut faults = Faults::new();
    if text.trim().chars().count() < 2 {
        faults.push("/text", "内容", "too_short", "没有写内容。", "请用自己的话写明情况。");
    }
    faults.settle()
}

/// Which of my tickets.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Mine {
    /// true: not closed yet; false: closed.
    live: Option<bool>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "tickets", operation_id = "listMyTickets", summary = "我的反映",
    description = "您提出的反映和请求，以及因为您的差评而开始的整改，最新的在前。数量见 `GET /me/bootstrap`。", params(Mine),
    responses((status = 200, description = "一页", body = Envelope<Page<TicketSummary>>)), security(("resident" = [])))]
#[get("/me/tickets")]
async fn list(who: Resident, q: Query<Mine>, app: web::Data<App>) -> Result<Answer<Page<TicketSummary>>> {
    let (limit, now, live) = (paging::limit(q.0.limit)?, app.clock.now_ms(), q.0.live);
    let name = format!("my-tickets:{}:{live:?}", who.account);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| {
        let rows = queue::list_own(c, who.account, live, after, limit)?;
        views::own_lines(c, &rows, now)
    });
    let (rows, next_cursor) = paging::cut(&app, &name, rows.await?, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}

#[utoipa::path(tag = "tickets", operation_id = "getMyTicket", summary = "查看我的反映",
    description = "办到哪一步、由谁办、哪天前答复、答复内容，以及您现在可以做什么。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "反映", body = Envelope<TicketView>)), security(("resident" = [])))]
#[get("/me/tickets/{id}")]
async fn one(who: Resident, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<TicketView>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let ticket = ticket::owned(c, who.account, id.0)?;
        views::for_resident(c, &spine, &ticket)
    });
    Ok(Answer::ok(view.await?))
}

/// More words.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketWords {
    #[validate(length(min = 2, max = 1000, message = "请写 2 至 1000 个字。"))]
    #[schema(example = "学校说要等到下周一。")]
    text: String,
}
form!(TicketWords { text: "补充说明" });

/// On what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketSolved {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
}
form!(TicketSolved { version: "版本" });

/// Why the answer did not solve it.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketNotSolved {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
    #[validate(length(min = 2, max = 1000, message = "请写明哪里没有解决，2 至 1000 个字。"))]
    #[schema(example = "证明还是没有开出来。")]
    text: String,
}
form!(TicketNotSolved { version: "版本", text: "哪里没有解决" });

/// One change of the resident's own ticket, and the ticket afterwards.
async fn changed<F>(
    who: Resident,
    once: Once,
    print: [u8; 32],
    app: &App,
    services: &Services,
    change: F,
) -> Result<Answer<TicketView>>
where
    F: Fn(&mut AnyConn, &Spine) -> Result<Ticket> + Send + 'static,
{
    let spine = Spine::of(app, services);
    let done = once.write(app, who.account, print, move |c| {
        let ticket = change(c, &spine)?;
        views::for_resident(c, &spine, &ticket)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "tickets", operation_id = "addToTicket", summary = "补充说明",
    description = "给还没有结束的反映补充说明，工作人员会看到。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = TicketWords,
    responses((status = 200, description = "已补充", body = Envelope<TicketView>),
        (status = 409, description = "23001 已经结束", body = Failure)), security(("resident" = [])))]
#[post("/me/tickets/{id}/actions/add")]
async fn add(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<TicketWords>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let (account, text) = (who.account, body.value.text);
    not_blank(&text)?;
    changed(who, once, body.fingerprint, &app, &services, move |c, spine| asking::add(c, spine, account, id.0, text.trim())).await
}

#[utoipa::path(tag = "tickets", operation_id = "confirmTicket", summary = "确认已经解决",
    description = "收到答复后确认问题已经解决，这件反映就结束了。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = TicketSolved,
    responses((status = 200, description = "已结束", body = Envelope<TicketView>),
        (status = 409, description = "10030 版本过期；23001 还没有答复或者已经结束", body = Failure)), security(("resident" = [])))]
#[post("/me/tickets/{id}/actions/confirm")]
async fn confirm(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<TicketSolved>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let (account, version) = (who.account, body.value.version);
    changed(who, once, body.fingerprint, &app, &services, move |c, spine| asking::confirm(c, spine, account, id.0, version)).await
}

#[utoipa::path(tag = "tickets", operation_id = "reopenTicket", summary = "没有解决",
    description = "收到答复但问题没有解决时使用，只能用一次：转给上一级重新办理，重新计算期限。",
    params(("id" = Id, Path, description = "反映编号"), Once), request_body = TicketNotSolved,
    responses((status = 200, description = "已重新办理", body = Envelope<TicketView>),
        (status = 409, description = "10030 版本过期；23001 还没有答复或者已经结束；23003 已经重新办理过一次", body = Failure)),
    security(("resident" = [])))]
#[post("/me/tickets/{id}/actions/not-solved")]
async fn not_solved(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<TicketNotSolved>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TicketView>> {
    let (account, sent) = (who.account, body.value);
    not_blank(&sent.text)?;
    let change = move |c: &mut AnyConn, spine: &Spine| asking::reopen(c, spine, account, id.0, sent.version, sent.text.trim());
    changed(who, once, body.fingerprint, &app, &services, change).await
}
