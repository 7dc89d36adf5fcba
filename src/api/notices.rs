//! What a resident may call: my notices, how many are unread, reading one, and consents to WeChat messages.

use actix_web::{get, post, web};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::Resident;
use crate::office::notices::ledger;
use crate::office::notices::telling::notices;
use crate::platform::app::App;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::After;
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(count_unread).service(mark_read).service(subscribed);
}

/// A notice in the app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticeView {
    pub id: Id,
    pub case_id: Option<Id>,
    #[schema(example = "教育救助：需要补正")]
    pub title: String,
    #[schema(example = "有材料需要补充，全部内容已经一次列出。")]
    pub body: String,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub created_at: String,
    pub read: bool,
}

type Row = (Id, Option<Id>, String, String, i64, Option<i64>);

fn view((id, case_id, title, body, created_at, read_at): Row) -> NoticeView {
    NoticeView { id, case_id, title, body, created_at: rfc3339(created_at), read: read_at.is_some() }
}

/// Which notices.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// true: only unread ones.
    unread: Option<bool>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// The one definition of list and count.
fn mine<'a>(account: Id, unread: bool) -> notices::BoxedQuery<'a, MultiBackend> {
    let all = notices::table.filter(notices::account_id.eq(account)).into_boxed();
    if unread { all.filter(notices::read_at.is_null()) } else { all }
}

/// How many notices an account has not read.
pub fn unread(c: &mut AnyConn, account: Id) -> Result<i64> {
    Ok(mine(account, true).count().get_result(c)?)
}

fn page(c: &mut AnyConn, account: Id, unread: bool, after: Option<After>, limit: i64) -> Result<Vec<(After, NoticeView)>> {
    let mut query = mine(account, unread);
    if let Some(a) = after {
        query = query.filter(notices::created_at.lt(a.at).or(notices::created_at.eq(a.at).and(notices::id.lt(a.id))));
    }
    let rows: Vec<Row> = query
        .order((notices::created_at.desc(), notices::id.desc()))
        .limit(limit.saturating_add(1))
        .select((notices::id, notices::case_id, notices::title, notices::body, notices::created_at, notices::read_at))
        .load(c)?;
    Ok(rows.into_iter().map(|r| (After { at: r.4, id: r.0 }, view(r))).collect())
}

#[utoipa::path(tag = "notices", operation_id = "listNotices", summary = "我的消息",
    description = "办理进展的消息，最新的在前。", params(Wanted),
    responses((status = 200, description = "一页消息", body = Envelope<Page<NoticeView>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("resident" = [])))]
#[get("/me/notices")]
async fn list(who: Resident, q: Query<Wanted>, app: web::Data<App>) -> Result<Answer<Page<NoticeView>>> {
    let (limit, unread) = (paging::limit(q.0.limit)?, q.0.unread.unwrap_or(false));
    let name = format!("notices:{}:{unread}", who.account);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| page(c, who.account, unread, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, n)| n).collect(), next_cursor }))
}

/// How many notices are unread.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Unread {
    count: i64,
}

#[utoipa::path(tag = "notices", operation_id = "countUnreadNotices", summary = "未读消息数量",
    description = "与消息列表同一口径。",
    responses((status = 200, description = "数量", body = Envelope<Unread>)), security(("resident" = [])))]
#[get("/me/notices/unread")]
async fn count_unread(who: Resident, app: web::Data<App>) -> Result<Answer<Unread>> {
    let count = app.db.read(move |c| unread(c, who.account)).await?;
    Ok(Answer::ok(Unread { count }))
}

#[utoipa::path(tag = "notices", operation_id = "readNotice", summary = "标为已读", description = "把一条消息标为已读。重复调用没有影响。",
    params(("id" = Id, Path, description = "消息编号")),
    responses((status = 200, description = "已读", body = Envelope<NoticeView>)), security(("resident" = [])))]
#[post("/me/notices/{id}/actions/read")]
async fn mark_read(who: Resident, id: PathId, app: web::Data<App>) -> Result<Answer<NoticeView>> {
    let now = app.clock.now_ms();
    let view = app.db.write(move |c| {
        use notices::dsl as n;
        let own = n::notices.filter(n::id.eq(id.0).and(n::account_id.eq(who.account)));
        let columns = (n::id, n::case_id, n::title, n::body, n::created_at, n::read_at);
        let row: Option<Row> = own.select(columns).get_result(c).optional()?;
        let row = row.ok_or_else(Error::not_found)?;
        diesel::update(n::notices.filter(n::id.eq(id.0).and(n::read_at.is_null()))).set(n::read_at.eq(now)).execute(c)?;
        Ok(NoticeView { read: true, ..view(row) })
    });
    Ok(Answer::ok(view.await?))
}

/// What the resident answered to one template.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Subscribed {
    /// Template id of WeChat.
    #[validate(length(min = 1, max = 64, message = "模板编号不正确。"))]
    #[schema(example = "tmpl_case_progress")]
    template: String,
    /// true for `accept`; false for everything else.
    #[schema(example = true)]
    accepted: bool,
}
form!(Subscribed { template: "模板", accepted: "是否同意" });

/// Messages that the resident still allows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Credits {
    credits: i64,
}

#[utoipa::path(tag = "notices", operation_id = "noteSubscription", summary = "记录订阅结果",
    description = "把 wx.requestSubscribeMessage 的结果告诉后台：同意一次，可以收到一条微信消息。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = Subscribed,
    responses((status = 200, description = "剩余条数", body = Envelope<Credits>)), security(("resident" = [])))]
#[post("/me/subscriptions")]
async fn subscribed(who: Resident, once: Once, body: Body<Subscribed>, app: web::Data<App>) -> Result<Answer<Credits>> {
    let (sent, now, account) = (body.value, app.clock.now_ms(), who.account);
    let done = once.write(&app, account, body.fingerprint, move |c| {
        Ok(Credits { credits: ledger::note(c, account, &sent.template, sent.accepted, now)? })
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
