//! Announcements and maintenance windows: created, changed, ended; what is in force for a county.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::labelled;
use crate::office::accounts::guards::Worker;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Faults, Result};
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::calendar::rfc3339;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

crate::codes! { ANNOUNCEMENTS;
    ENDED = 24001, 409, "这条公告已经结束，不能再改，请另发一条。", "An ended announcement stays as it was; create another one.";
}

diesel::table! {
    announcements (id) {
        id -> Binary,
        kind -> Text,
        level -> Text,
        county -> Nullable<Text>,
        title -> Text,
        body -> Text,
        from_at -> BigInt,
        until_at -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        changed_by -> Binary,
        changed_at -> BigInt,
    }
}

coded_enum! {
    /// What it is.
    pub enum AnnouncementKind {
        Announcement = "announcement", "公告";
        Maintenance = "maintenance", "停机维护";
    }
}

coded_enum! {
    /// How loudly a front end shows it.
    pub enum AnnouncementLevel {
        Normal = "normal", "一般";
        Important = "important", "重要";
        Urgent = "urgent", "紧急";
    }
}

crate::text_columns!(AnnouncementKind, AnnouncementLevel);

/// What an administrator says, checked.
#[derive(Clone, Debug)]
pub struct Words {
    pub kind: AnnouncementKind,
    pub level: AnnouncementLevel,
    /// None for everywhere.
    pub county: Option<AreaCode>,
    pub title: String,
    pub body: String,
    /// Epoch milliseconds, the end not included.
    pub from_at: Moment,
    pub until_at: Moment,
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = announcements)]
struct Row {
    id: Id,
    kind: AnnouncementKind,
    level: AnnouncementLevel,
    county: Option<AreaCode>,
    title: String,
    body: String,
    from_at: Moment,
    until_at: Moment,
    version: i64,
    created_at: Moment,
}

/// An announcement or a maintenance window.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AnnouncementView {
    pub id: Id,
    pub kind: Labelled<AnnouncementKind>,
    pub level: Labelled<AnnouncementLevel>,
    /// Twelve digits; null for everywhere.
    #[schema(example = "990101000000")]
    pub county: Option<String>,
    #[schema(example = "国庆放假安排")]
    pub title: String,
    #[schema(example = "10月1日至7日窗口不办公，网上可以照常申请。")]
    pub body: String,
    #[schema(example = "2026-09-28T09:00:00+08:00", format = DateTime)]
    pub from: String,
    #[schema(example = "2026-10-08T09:00:00+08:00", format = DateTime)]
    pub until: String,
    /// The version to send with the next change.
    #[schema(example = 1)]
    pub version: i64,
}

impl Row {
    fn view(self) -> AnnouncementView {
        AnnouncementView {
            id: self.id,
            kind: labelled!(self.kind),
            level: labelled!(self.level),
            county: self.county.map(String::from),
            title: self.title,
            body: self.body,
            from: rfc3339(self.from_at),
            until: rfc3339(self.until_at),
            version: self.version,
        }
    }
}

/// Most that a start shows of a kind; the soonest to end come first.
const MOST_SHOWN: i64 = 50;

/// What is in force: everywhere, and in this county (in every county when none is named). Maintenance that is yet to
/// come is in it, so that people can plan.
pub fn in_force(
    c: &mut AnyConn,
    kind: AnnouncementKind,
    county: Option<&AreaCode>,
    now: Moment,
) -> Result<Vec<AnnouncementView>> {
    use announcements::dsl as a;
    let mut all = a::announcements.filter(a::until_at.gt(now).and(a::kind.eq(kind))).into_boxed::<MultiBackend>();
    if kind == AnnouncementKind::Announcement {
        all = all.filter(a::from_at.le(now));
    }
    if let Some(county) = county {
        all = all.filter(a::county.is_null().or(a::county.eq(Some(*county))));
    }
    let rows: Vec<Row> = all.order((a::until_at, a::id)).limit(MOST_SHOWN).select(Row::as_select()).load(c)?;
    Ok(rows.into_iter().map(Row::view).collect())
}

/// The administrator may speak for this county, or for everywhere with a whole province.
fn reaches(worker: &Worker, county: Option<&AreaCode>) -> bool {
    match county {
        Some(county) => worker.covers(Role::Administrator, county),
        None => worker.posts_of(Role::Administrator).any(|p| p.area.level() == AreaLevel::Province),
    }
}

/// All of the administrator's areas, the newest first; one row more than `limit` when there are more.
pub fn list(c: &mut AnyConn, worker: &Worker, after: Option<After>, limit: i64) -> Result<Vec<(After, AnnouncementView)>> {
    use announcements::dsl as a;
    let mut page = a::announcements.filter(a::version.lt(0)).into_boxed::<MultiBackend>();
    for post in worker.posts_of(Role::Administrator) {
        let (first, last) = post.area.bounds();
        page = page.or_filter(a::county.between(Some(first), Some(last)));
    }
    if reaches(worker, None) {
        page = page.or_filter(a::county.is_null());
    }
    if let Some(at) = after {
        page = page.filter(a::created_at.lt(at.at).or(a::created_at.eq(at.at).and(a::id.lt(at.id))));
    }
    let page = page.order((a::created_at.desc(), a::id.desc())).limit(limit.saturating_add(1));
    let rows: Vec<Row> = page.select(Row::as_select()).load(c)?;
    Ok(rows.into_iter().map(|r| (After { at: r.created_at.ms(), id: r.id }, r.view())).collect())
}

/// What keeps the words from being said: 10002, or 10006 for a county of somebody else.
fn check(worker: &Worker, words: &Words, now: Moment) -> Result<()> {
    if !reaches(worker, words.county.as_ref()) {
        return Err(Error::not_found());
    }
    let mut faults = Faults::new();
    if words.county.is_some_and(|county| county.level() != AreaLevel::County) {
        faults.push("/county", "县（区）", "not_a_county", "这不是县（区）的代码。", "请选择县（区），全省都要看到的不用选。");
    }
    if words.until_at <= words.from_at || words.until_at <= now {
        faults.push("/until", "结束时间", "too_early", "结束时间要晚于开始时间，并且还没有过去。", "请重新选择结束时间。");
    }
    faults.settle()
}

/// Stores a new one.
pub fn create(c: &mut AnyConn, worker: &Worker, id: Id, words: &Words, now: Moment) -> Result<AnnouncementView> {
    check(worker, words, now)?;
    use announcements::dsl as a;
    let row = (
        (a::id.eq(id), a::kind.eq(words.kind), a::level.eq(words.level), a::county.eq(words.county)),
        (a::title.eq(&words.title), a::body.eq(&words.body), a::from_at.eq(words.from_at), a::until_at.eq(words.until_at)),
        (a::version.eq(1), a::created_at.eq(now), a::changed_by.eq(worker.id), a::changed_at.eq(now)),
    );
    diesel::insert_into(a::announcements).values(row).execute(c)?;
    Ok(find(c, worker, id)?.view())
}

fn find(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Row> {
    let row: Option<Row> = announcements::table.find(id).select(Row::as_select()).get_result(c).optional()?;
    let row = row.ok_or_else(Error::not_found)?;
    if reaches(worker, row.county.as_ref()) { Ok(row) } else { Err(Error::not_found()) }
}

/// The one that was seen, while it has not ended.
fn living(c: &mut AnyConn, worker: &Worker, id: Id, version: i64, now: Moment) -> Result<Row> {
    let row = find(c, worker, id)?;
    let over = row.until_at <= now;
    let (state, label) = if over { ("ended", "已结束") } else { ("in_force", "有效") };
    let current = Current { version: row.version, state: state.into(), state_label: label.into() };
    if row.version != version {
        return Err(Error::stale(current));
    }
    if over { Err(Error::new(&ENDED).with_current(current)) } else { Ok(row) }
}

/// Other words over the version that was seen.
pub fn change(c: &mut AnyConn, worker: &Worker, id: Id, version: i64, words: &Words, now: Moment) -> Result<AnnouncementView> {
    living(c, worker, id, version, now)?;
    check(worker, words, now)?;
    use announcements::dsl as a;
    let facts = (
        (a::kind.eq(words.kind), a::level.eq(words.level), a::county.eq(words.county)),
        (a::title.eq(&words.title), a::body.eq(&words.body), a::from_at.eq(words.from_at), a::until_at.eq(words.until_at)),
        (a::version.eq(version.saturating_add(1)), a::changed_by.eq(worker.id), a::changed_at.eq(now)),
    );
    diesel::update(a::announcements.find(id)).set(facts).execute(c)?;
    Ok(find(c, worker, id)?.view())
}

/// Takes it down at once.
pub fn end(c: &mut AnyConn, worker: &Worker, id: Id, version: i64, now: Moment) -> Result<AnnouncementView> {
    living(c, worker, id, version, now)?;
    use announcements::dsl as a;
    let over =
        (a::until_at.eq(now), a::version.eq(version.saturating_add(1)), a::changed_by.eq(worker.id), a::changed_at.eq(now));
    diesel::update(a::announcements.find(id)).set(over).execute(c)?;
    Ok(find(c, worker, id)?.view())
}
