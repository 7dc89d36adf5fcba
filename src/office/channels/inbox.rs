//! Notices in the app: each account's own, written before any message leaves, so that a failure of a channel loses nothing.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::crypto::Keyring;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::calendar::rfc3339;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    notices (id) {
        id -> Binary,
        account_id -> Binary,
        case_id -> Nullable<Binary>,
        event_seq -> Nullable<BigInt>,
        kind -> Text,
        title -> Text,
        body -> Text,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

coded_enum! {
    /// What a notice is about.
    pub enum NoticeKind {
        CaseProgress = "case_progress", "办件有进展";
        Mandate = "mandate", "有工作人员代为办理";
        ToBeTakenOn = "to_be_taken_on", "有办件等待接手";
        Ticket = "ticket", "您的反映";
        /// What the account waited for can be had now.
        Offer = "device_offer", "轮到您了";
    }
}

crate::text_columns!(NoticeKind);

/// What an account is told that is about no case's event, for example that a device has become free.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    pub account: Id,
    pub kind: NoticeKind,
    pub title: &'a str,
    pub body: &'a str,
}

/// Puts it into the inbox at once; the outbox row lets it go out by another way too.
///
/// # Errors
/// Those of the database and the key ring.
pub fn inform(c: &mut AnyConn, keys: &Keyring, news: News<'_>, now: Moment) -> Result<()> {
    use notices::dsl as n;
    let id = Id::at(now);
    let row = (
        n::id.eq(id),
        n::account_id.eq(news.account),
        n::kind.eq(news.kind),
        n::title.eq(news.title),
        n::body.eq(news.body),
        n::created_at.eq(now),
    );
    diesel::insert_into(n::notices).values(row).execute(c)?;
    let event = Informed { notice: id, account: news.account, title: news.title.to_owned() };
    let lane = format!("notice:{}", news.account);
    outbox::push(c, keys, &Effect { kind: INFORMED, class: Class::Repeatable, lane: &lane, body: &event }, now)
}

/// Kind of the outbox row that [`inform`] leaves.
pub const INFORMED: &str = "informed";

/// A notice that stands in the app and may go out by another way too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Informed {
    pub notice: Id,
    pub account: Id,
    pub title: String,
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

/// A stored notice, as its view needs it.
#[derive(Queryable)]
struct Row {
    id: Id,
    case_id: Option<Id>,
    title: String,
    body: String,
    created_at: Moment,
    read_at: Option<Moment>,
}

fn view(row: Row) -> NoticeView {
    NoticeView {
        id: row.id,
        case_id: row.case_id,
        title: row.title,
        body: row.body,
        created_at: rfc3339(row.created_at),
        read: row.read_at.is_some(),
    }
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

/// A page of an account's notices, the newest first; one row more than `limit` when there are more.
pub fn page(c: &mut AnyConn, account: Id, unread: bool, after: Option<After>, limit: i64) -> Result<Vec<(After, NoticeView)>> {
    let mut query = mine(account, unread);
    if let Some(a) = after {
        query = query.filter(notices::created_at.lt(a.at).or(notices::created_at.eq(a.at).and(notices::id.lt(a.id))));
    }
    let rows: Vec<Row> = query
        .order((notices::created_at.desc(), notices::id.desc()))
        .limit(limit.saturating_add(1))
        .select((notices::id, notices::case_id, notices::title, notices::body, notices::created_at, notices::read_at))
        .load(c)?;
    Ok(rows.into_iter().map(|r| (After { at: r.created_at.ms(), id: r.id }, view(r))).collect())
}

/// Marks an account's own notice as read, and answers it; anybody else's is 10006.
pub fn read(c: &mut AnyConn, account: Id, id: Id, now: Moment) -> Result<NoticeView> {
    use notices::dsl as n;
    let own = n::notices.filter(n::id.eq(id).and(n::account_id.eq(account)));
    let columns = (n::id, n::case_id, n::title, n::body, n::created_at, n::read_at);
    let row: Option<Row> = own.select(columns).get_result(c).optional()?;
    let row = row.ok_or_else(Error::not_found)?;
    diesel::update(n::notices.filter(n::id.eq(id).and(n::read_at.is_null()))).set(n::read_at.eq(now)).execute(c)?;
    Ok(NoticeView { read: true, ..view(row) })
}
