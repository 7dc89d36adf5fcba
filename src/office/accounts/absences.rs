//! Who is away and who stands in: from, until, and how it ended. While it lasts the deputy has the posts.

use diesel::prelude::*;

use super::faults;
use super::tables::{Standing, assignments, workers};
use super::worker::Worker;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    absences (id) {
        id -> Binary,
        worker_id -> Binary,
        deputy_id -> Binary,
        from_at -> BigInt,
        until_at -> BigInt,
        why -> Text,
        stated_by -> Binary,
        stated_at -> BigInt,
        begun_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
        version -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(absences, workers);
diesel::allow_tables_to_appear_in_same_query!(absences, assignments);

coded_enum! {
    /// Why a worker is away; never free text, since it may be about health.
    pub enum Why as "AbsenceReason" {
        Leave = "leave", "休假";
        Sick = "sick", "病假";
        Training = "training", "培训学习";
        Field = "field", "外出工作";
        Other = "other", "其他";
    }
}

crate::text_columns!(Why);

/// One absence; all times are epoch milliseconds, `until_at` is the first moment of being back.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = absences, treat_none_as_default_value = false)]
pub struct Absence {
    pub id: Id,
    pub worker_id: Id,
    pub deputy_id: Id,
    pub from_at: Moment,
    pub until_at: Moment,
    pub why: Why,
    pub stated_by: Id,
    pub stated_at: Moment,
    /// When the claims of the one who left were given back.
    pub begun_at: Option<Moment>,
    /// When it ended, by its date or early, and the claims of the deputy were given back.
    pub ended_at: Option<Moment>,
    /// Who ended it early.
    pub ended_by: Option<Id>,
    pub version: i64,
}

impl Absence {
    /// It lasts at this moment.
    pub fn lasts(&self, now: Moment) -> bool {
        self.ended_at.is_none() && self.from_at <= now && now < self.until_at
    }

    /// What is true now, for an answer to a stale request.
    pub fn current(&self, now: Moment) -> Current {
        let (state, label) = match () {
            () if self.ended_at.is_some() || self.until_at <= now => ("ended", "已结束"),
            () if self.lasts(now) => ("away", "请假中"),
            () => ("planned", "未开始"),
        };
        Current { version: self.version, state: state.to_owned(), state_label: label.to_owned() }
    }
}

/// Whom this worker stands in for now; who was banned meanwhile has no posts to stand in for.
pub fn stood_in_for(c: &mut AnyConn, deputy: Id, now: Moment) -> Result<Vec<Id>> {
    use absences::dsl as a;
    let active = workers::table.filter(workers::status.eq(Standing::Active)).select(workers::id);
    let lasting = a::absences.filter(a::deputy_id.eq(deputy)).filter(a::ended_at.is_null());
    let lasting = lasting.filter(a::from_at.le(now).and(a::until_at.gt(now))).filter(a::worker_id.eq_any(active));
    Ok(lasting.order((a::from_at, a::id)).select(a::worker_id).load(c)?)
}

/// Those of the workers who are away now, each with their deputy.
pub fn away(c: &mut AnyConn, among: Vec<Id>, now: Moment) -> Result<Vec<(Id, Id)>> {
    use absences::dsl as a;
    let lasting = a::absences.filter(a::worker_id.eq_any(among)).filter(a::ended_at.is_null());
    let lasting = lasting.filter(a::from_at.le(now).and(a::until_at.gt(now)));
    Ok(lasting.order((a::from_at, a::id)).select((a::worker_id, a::deputy_id)).load(c)?)
}

/// An absence; 10006 when there is none.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Absence> {
    let row = absences::table.find(id).select(<Absence as Selectable<MultiBackend>>::construct_selection());
    row.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// The worker has another absence that touches these days.
pub fn overlaps(c: &mut AnyConn, worker: Id, from: Moment, until: Moment) -> Result<bool> {
    use absences::dsl as a;
    let open = a::absences.filter(a::worker_id.eq(worker)).filter(a::ended_at.is_null());
    Ok(open.filter(a::from_at.lt(until).and(a::until_at.gt(from))).count().get_result::<i64>(c)? > 0)
}

/// Stores a new absence; 12007 when another of this worker touches it.
pub fn state(c: &mut AnyConn, new: &Absence) -> Result<()> {
    if overlaps(c, new.worker_id, new.from_at, new.until_at)? {
        return Err(Error::new(&faults::ALREADY_AWAY));
    }
    diesel::insert_into(absences::table).values(new.clone()).execute(c)?;
    Ok(())
}

/// Marks that it has begun.
pub fn begin(c: &mut AnyConn, id: Id, now: Moment) -> Result<()> {
    use absences::dsl as a;
    diesel::update(a::absences.find(id)).set((a::begun_at.eq(now), a::version.eq(a::version + 1))).execute(c)?;
    Ok(())
}

/// Marks that it is over: by whom, or by its date.
pub fn end(c: &mut AnyConn, id: Id, by: Option<Id>, at: Moment) -> Result<()> {
    use absences::dsl as a;
    let set = (a::ended_at.eq(at), a::ended_by.eq(by), a::version.eq(a::version + 1));
    diesel::update(a::absences.find(id)).set(set).execute(c)?;
    Ok(())
}

/// Absences whose beginning or end has come and was not dealt with; some at a time.
pub fn due(c: &mut AnyConn, now: Moment) -> Result<Vec<Id>> {
    use absences::dsl as a;
    let begins = a::begun_at.is_null().and(a::from_at.le(now));
    let open = a::absences.filter(a::ended_at.is_null()).filter(begins.or(a::until_at.le(now)));
    Ok(open.order((a::from_at, a::id)).select(a::id).limit(50).load(c)?)
}

/// Absences that are not over, of workers with a post at a desk of this worker; one row more than `limit`.
///
/// # Errors
/// Those of the database.
pub fn at_desks_of(c: &mut AnyConn, worker: &Worker, now: Moment, after: Option<After>, limit: i64) -> Result<Vec<Absence>> {
    use assignments::dsl as a;
    let mut page = absences::table.into_boxed::<MultiBackend>();
    for post in worker.posts.iter().filter(|p| p.role.desk().is_some()) {
        let (from, to) = post.area.bounds();
        let above: Vec<String> = post.area.ancestors().iter().map(AreaCode::to_string).collect();
        let there = a::role.eq(post.role).and(a::area.between(from, to).or(a::area.eq_any(above)));
        let colleagues = a::assignments.filter(there).filter(a::valid_from.le(now));
        let colleagues = colleagues.filter(a::valid_to.is_null().or(a::valid_to.gt(now))).select(a::worker_id);
        page = page.or_filter(absences::worker_id.eq_any(colleagues));
    }
    page = page.filter(absences::ended_at.is_null()).filter(absences::until_at.gt(now));
    if let Some(last) = after {
        page = page.filter(absences::from_at.gt(last.at).or(absences::from_at.eq(last.at).and(absences::id.gt(last.id))));
    }
    let page = page.order((absences::from_at, absences::id)).limit(limit.saturating_add(1));
    Ok(page.select(<Absence as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}
