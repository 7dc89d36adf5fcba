//! The table of seasons: announced, listed, closed, and how much of their money is committed.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::codes;
use super::rules::{Season, SeasonStatus};
use super::targets::Target;
use crate::office::cases::service::figures::Scope;
use crate::office::reports::in_areas;
use crate::platform::db::columns::StoredDay;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::moments::Moment;
use crate::rules::money::Fen;

diesel::table! {
    seasons (id) {
        id -> Binary,
        county -> Text,
        year -> BigInt,
        code -> Text,
        name -> Text,
        notice_no -> Text,
        opens_on -> Text,
        closes_on -> Text,
        review_on -> Text,
        exam_on -> Nullable<Text>,
        second_evidence_due -> Nullable<Text>,
        budget_fen -> BigInt,
        quota -> BigInt,
        committed_fen -> BigInt,
        committed_count -> BigInt,
        standards -> Text,
        targets -> Text,
        status -> Text,
        version -> BigInt,
        created_by -> Binary,
        created_at -> BigInt,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = seasons, treat_none_as_default_value = false)]
struct Row {
    id: Id,
    county: AreaCode,
    year: i64,
    code: String,
    name: String,
    notice_no: String,
    opens_on: StoredDay,
    closes_on: StoredDay,
    review_on: StoredDay,
    exam_on: Option<StoredDay>,
    second_evidence_due: Option<StoredDay>,
    budget_fen: Fen,
    quota: i64,
    committed_fen: Fen,
    committed_count: i64,
    standards: String,
    targets: String,
    status: SeasonStatus,
    version: i64,
    created_by: Id,
    created_at: Moment,
}

/// The code by which a case knows its season: the year and the tail of the id.
pub fn code_of(year: i32, id: Id) -> String {
    let text = id.to_string();
    let tail = text.rsplit('-').next().unwrap_or_default();
    format!("{year}-{}", tail.get(4..).unwrap_or(tail))
}

fn targets(stored: &str) -> Result<Vec<Target>> {
    serde_json::from_str(stored).map_err(|e| Error::internal(format!("stored targets: {e}")))
}

fn season(row: Row) -> Result<Season> {
    let standards = serde_json::from_str(&row.standards).map_err(|e| Error::internal(format!("stored standards: {e}")))?;
    let targets = targets(&row.targets)?;
    Ok(Season {
        id: row.id,
        county: row.county,
        year: i32::try_from(row.year).map_err(Error::internal)?,
        code: row.code,
        name: row.name,
        notice_no: row.notice_no,
        opens_on: row.opens_on.into(),
        closes_on: row.closes_on.into(),
        review_on: row.review_on.into(),
        exam_on: row.exam_on.map(NaiveDate::from),
        second_evidence_due: row.second_evidence_due.map(NaiveDate::from),
        budget_fen: row.budget_fen,
        quota: row.quota,
        committed_fen: row.committed_fen,
        committed_count: row.committed_count,
        standards,
        targets,
        status: row.status,
        version: row.version,
    })
}

/// Stores a season whose rules found no fault.
pub fn announce(c: &mut AnyConn, season: &Season, by: Id, at: Moment) -> Result<()> {
    let row = Row {
        id: season.id,
        county: season.county,
        year: i64::from(season.year),
        code: season.code.clone(),
        name: season.name.clone(),
        notice_no: season.notice_no.clone(),
        opens_on: season.opens_on.into(),
        closes_on: season.closes_on.into(),
        review_on: season.review_on.into(),
        exam_on: season.exam_on.map(StoredDay::from),
        second_evidence_due: season.second_evidence_due.map(StoredDay::from),
        budget_fen: season.budget_fen,
        quota: season.quota,
        committed_fen: season.committed_fen,
        committed_count: season.committed_count,
        standards: serde_json::to_string(&season.standards).map_err(Error::internal)?,
        targets: serde_json::to_string(&season.targets).map_err(Error::internal)?,
        status: season.status,
        version: season.version,
        created_by: by,
        created_at: at,
    };
    diesel::insert_into(seasons::table).values(row).execute(c)?;
    Ok(())
}

/// The season of an id; 10006 when there is none.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Season> {
    let row = seasons::table.find(id).select(<Row as Selectable<MultiBackend>>::construct_selection());
    season(row.get_result(c).optional()?.ok_or_else(Error::not_found)?)
}

/// The season of a case's period.
pub fn of_period(c: &mut AnyConn, code: &str) -> Result<Season> {
    let row = seasons::table.filter(seasons::code.eq(code));
    let row = row.select(<Row as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?;
    season(row.ok_or_else(|| Error::internal("a case names a season that is not there"))?)
}

/// A page of a county's seasons, the newest year first; one row more than `limit` when there are more. The cursor's time
/// is the year.
pub fn of_county(c: &mut AnyConn, county: &AreaCode, after: Option<After>, limit: i64) -> Result<Vec<Season>> {
    let mut page = seasons::table.filter(seasons::county.eq(*county)).into_boxed();
    if let Some(a) = after {
        page = page.filter(seasons::year.lt(a.at).or(seasons::year.eq(a.at).and(seasons::id.lt(a.id))));
    }
    let rows = page.order((seasons::year.desc(), seasons::id.desc())).limit(limit.saturating_add(1));
    let rows: Vec<Row> = rows.select(<Row as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    rows.into_iter().map(season).collect()
}

/// What a season was to reach.
pub struct Planned {
    pub season: Id,
    pub quota: i64,
    pub targets: Vec<Target>,
}

/// What the seasons of a report's year were to reach.
pub fn planned(c: &mut AnyConn, scope: &Scope) -> Result<Vec<Planned>> {
    let rows = seasons::table.select((seasons::id, seasons::quota, seasons::targets));
    let rows = in_areas!(rows, seasons::county, scope).filter(seasons::year.eq(i64::from(scope.year()))).order(seasons::id);
    let rows: Vec<(Id, i64, String)> = rows.load(c)?;
    rows.into_iter().map(|(season, quota, stored)| Ok(Planned { season, quota, targets: targets(&stored)? })).collect()
}

/// The seasons of a county for which somebody may apply on that day or later, the next to open first.
pub fn to_come(c: &mut AnyConn, county: &AreaCode, today: NaiveDate) -> Result<Vec<Season>> {
    let rows = seasons::table.filter(seasons::county.eq(*county).and(seasons::closes_on.ge(today.to_string())));
    let rows = rows.order((seasons::opens_on, seasons::id));
    let rows: Vec<Row> = rows.select(<Row as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    rows.into_iter().map(season).collect()
}

/// Ends a season before its last day; submitted applications go on.
pub fn close(c: &mut AnyConn, season: &Season, seen: i64) -> Result<Season> {
    let current = Current {
        version: season.version,
        state: season.status.code().to_owned(),
        state_label: season.status.label().to_owned(),
    };
    if season.version != seen {
        return Err(Error::stale(current));
    }
    if season.status == SeasonStatus::Closed {
        return Err(Error::new(&codes::SEASON_CLOSED).with_current(current));
    }
    let row = seasons::table.filter(seasons::id.eq(season.id).and(seasons::version.eq(seen)));
    let change = (seasons::status.eq(SeasonStatus::Closed), seasons::version.eq(seen.saturating_add(1)));
    if diesel::update(row).set(change).execute(c)? == 1 { find(c, season.id) } else { Err(Error::stale(current).run_again()) }
}

/// Takes one place and this amount out of what is left; 31003 when there is not so much, and nothing was taken.
pub fn commit(c: &mut AnyConn, id: Id, amount_fen: Fen) -> Result<()> {
    use seasons::dsl as s;
    let room = s::seasons
        .filter(s::id.eq(id))
        .filter((s::committed_fen + amount_fen).le(s::budget_fen))
        .filter(s::committed_count.lt(s::quota));
    let taken = (s::committed_fen.eq(s::committed_fen + amount_fen), s::committed_count.eq(s::committed_count + 1));
    if diesel::update(room).set(taken).execute(c)? == 1 { Ok(()) } else { Err(Error::new(&codes::EXHAUSTED)) }
}

/// Gives back the money and the place of a revoked award.
pub fn release(c: &mut AnyConn, id: Id, amount_fen: Fen) -> Result<()> {
    use seasons::dsl as s;
    let given = (s::committed_fen.eq(s::committed_fen - amount_fen), s::committed_count.eq(s::committed_count - 1));
    diesel::update(s::seasons.find(id)).set(given).execute(c)?;
    Ok(())
}
