//! Workers within an administrator's reach: all their posts lie in the administrator's areas. And what is changed about them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes;
use super::events::{Change, Event};
use super::scope::{self, lies_in};
use crate::labelled;
use crate::office::accounts::faults;
use crate::office::accounts::guards::{Post, Worker};
use crate::office::accounts::posts::PostView;
use crate::office::accounts::staff::{self, Standing, assignments, workers};
use crate::office::people::persons;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Faults, Result};
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

/// A worker as the administrator knows one: nothing personal beyond the name.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = workers)]
pub struct Row {
    pub id: Id,
    pub username: String,
    pub name: String,
    pub status: Standing,
    pub locked_until: Moment,
    pub person_id: Option<Id>,
    pub created_at: Moment,
    pub version: i64,
}

impl Row {
    fn current(&self) -> Current {
        Current { version: self.version, state: self.status.code().to_owned(), state_label: self.status.label().to_owned() }
    }

    /// The worker has chosen a user name and a password; before, the user name is the id.
    pub fn has_enrolled(&self) -> bool {
        self.username != self.id.to_string()
    }

    /// 27002 unless the account has this status.
    ///
    /// # Errors
    /// 27002 with what is true now.
    pub fn must_be(&self, status: Standing) -> Result<()> {
        if self.status == status { Ok(()) } else { Err(Error::new(&codes::STANDING).with_current(self.current())) }
    }
}

/// A worker account.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct WorkerView {
    pub id: Id,
    /// Null while the worker has not enrolled yet.
    #[schema(example = "wang.li")]
    username: Option<String>,
    #[schema(example = "王丽")]
    name: String,
    /// invited, active, banned, closed.
    status: Labelled<Standing>,
    /// Too many wrong sign-ins: locked until then.
    #[schema(example = "2026-03-02T10:30:00+08:00", format = DateTime)]
    locked_until: Option<String>,
    /// The worker as a person of the register, so that nobody decides about themselves.
    person_id: Option<Id>,
    posts: Vec<PostView>,
    /// The version to send with the next change.
    #[schema(example = 1)]
    version: i64,
    #[schema(example = "2026-03-02T10:00:00+08:00", format = DateTime)]
    created_at: String,
}

impl WorkerView {
    fn of(row: &Row, posts: &[Post], now: Moment) -> WorkerView {
        WorkerView {
            id: row.id,
            username: row.has_enrolled().then(|| row.username.clone()),
            name: row.name.clone(),
            status: labelled!(row.status),
            locked_until: (row.locked_until > now).then(|| rfc3339(row.locked_until)),
            person_id: row.person_id,
            posts: posts.iter().map(PostView::from).collect(),
            version: row.version,
            created_at: rfc3339(row.created_at),
        }
    }
}

/// Which workers.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The administrator's areas.
    pub reach: Vec<AreaCode>,
    pub role: Option<Role>,
    /// With a post in this area or below it.
    pub area: Option<AreaCode>,
    pub status: Option<Standing>,
}

/// The posts that are held now.
#[diesel::dsl::auto_type(no_type_alias)]
fn held(now: Moment) -> _ {
    let begun = assignments::valid_from.le(now);
    let open = assignments::valid_to.is_null().or(assignments::valid_to.gt(now));
    assignments::table.filter(begun).filter(open)
}

/// The oldest account first; one row more than `limit` when there are more.
///
/// # Errors
/// Those of the database.
pub fn list(c: &mut AnyConn, f: &Filter, after: Option<After>, limit: i64, now: Moment) -> Result<Vec<(After, WorkerView)>> {
    use assignments::dsl as a;
    let inside = held(now).filter(lies_in(a::area, &f.reach)).select(a::worker_id);
    let outside = held(now).filter(diesel::dsl::not(lies_in(a::area, &f.reach))).select(a::worker_id);
    let mut page = workers::table.into_boxed::<MultiBackend>();
    page = page.filter(workers::id.eq_any(inside)).filter(workers::id.ne_all(outside));
    if let Some(role) = f.role {
        page = page.filter(workers::id.eq_any(held(now).filter(a::role.eq(role)).select(a::worker_id)));
    }
    if let Some(area) = f.area {
        page = page.filter(workers::id.eq_any(held(now).filter(lies_in(a::area, &[area])).select(a::worker_id)));
    }
    if let Some(status) = f.status {
        page = page.filter(workers::status.eq(status));
    }
    if let Some(last) = after {
        let later = workers::created_at.gt(last.at).or(workers::created_at.eq(last.at).and(workers::id.gt(last.id)));
        page = page.filter(later);
    }
    let rows: Vec<Row> = page
        .order((workers::created_at, workers::id))
        .limit(limit.saturating_add(1))
        .select(<Row as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    let posts = posts_of(c, &rows, now)?;
    let own = |id: Id| posts.iter().filter(move |(of, _)| *of == id).map(|(_, p)| p.clone()).collect::<Vec<Post>>();
    let line = |row: &Row| (After { at: row.created_at.ms(), id: row.id }, WorkerView::of(row, &own(row.id), now));
    Ok(rows.iter().map(line).collect())
}

/// The posts of a page of workers, in one query.
fn posts_of(c: &mut AnyConn, rows: &[Row], now: Moment) -> Result<Vec<(Id, Post)>> {
    use assignments::dsl as a;
    let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
    let found = held(now).filter(a::worker_id.eq_any(ids)).order((a::valid_from, a::id));
    let found = found.select((a::worker_id, a::role, a::area, a::point_id, a::lead));
    let found: Vec<(Id, Role, AreaCode, Option<Id>, bool)> = found.load(c)?;
    let post = |(id, role, area, point, lead): (Id, Role, AreaCode, Option<Id>, bool)| (id, Post { role, area, point, lead });
    Ok(found.into_iter().map(post).collect())
}

/// A worker within reach, with the posts held now.
///
/// # Errors
/// 10006 also when one post lies outside the administrator's areas.
pub fn reach(c: &mut AnyConn, admin: &Worker, id: Id, now: Moment) -> Result<(Row, Vec<Post>)> {
    let row = workers::table.find(id).select(<Row as Selectable<MultiBackend>>::construct_selection());
    let row: Row = row.get_result(c).optional()?.ok_or_else(Error::not_found)?;
    let posts = staff::posts_at(c, id, now)?;
    let mine = posts.iter().all(|p| admin.covers(Role::Administrator, &p.area));
    if mine && !posts.is_empty() { Ok((row, posts)) } else { Err(Error::not_found()) }
}

/// The same as an answer.
///
/// # Errors
/// 10006.
pub fn view(c: &mut AnyConn, admin: &Worker, id: Id, now: Moment) -> Result<WorkerView> {
    let (row, posts) = reach(c, admin, id, now)?;
    Ok(WorkerView::of(&row, &posts, now))
}

/// The beginning of every change: within reach, not oneself, and not changed since it was seen. Counts the version on.
///
/// # Errors
/// 10006, 12005 for oneself, 10030.
pub fn take(c: &mut AnyConn, admin: &Worker, id: Id, seen: i64, now: Moment) -> Result<(Row, Vec<Post>)> {
    let (row, posts) = reach(c, admin, id, now)?;
    if row.id == admin.id || (row.person_id.is_some() && row.person_id == admin.person) {
        return Err(Error::new(&faults::OWN_AFFAIR));
    }
    if row.version != seen {
        return Err(Error::stale(row.current()));
    }
    let same = workers::table.filter(workers::id.eq(id).and(workers::version.eq(seen)));
    diesel::update(same).set(workers::version.eq(seen.saturating_add(1))).execute(c)?;
    Ok((row, posts))
}

/// The line of a change to a worker with these posts.
pub fn event(admin: &Worker, change: Change, worker: Id, posts: &[Post], now: Moment) -> Event {
    Event::new(now, Some(admin.id), change, worker, scope::around(posts.iter().map(|p| &p.area)))
}

/// Posts in words.
pub fn in_words(posts: &[Post]) -> String {
    let word = |p: &Post| format!("{} {}{}", p.role.label(), p.area, if p.lead { "（负责人）" } else { "" });
    posts.iter().map(word).collect::<Vec<String>>().join("；")
}

/// The worker as a person must be somebody of the administrator's areas; 10002 otherwise.
///
/// # Errors
/// 10002.
pub fn linkable(c: &mut AnyConn, admin: &Worker, person: Option<Id>) -> Result<()> {
    let Some(person) = person else { return Ok(()) };
    let found = persons::find(c, person)?;
    if found.is_some_and(|p| admin.covers(Role::Administrator, &p.area)) {
        return Ok(());
    }
    let mut faults = Faults::new();
    faults.push("/person_id", "本人的人员编号", "unknown_person", "您管辖范围内没有这个人。", "请核对人员编号，或者留空。");
    faults.settle()
}
