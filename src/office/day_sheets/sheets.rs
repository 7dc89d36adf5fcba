//! A sheet that was taken along: its lines, and who of the village left the office with it.

use diesel::prelude::*;

use super::errands;
use crate::office::accounts::guards::Worker;
use crate::office::cases::service::{Errand, Office};
use crate::office::people::persons::{self, Person};
use crate::office::people::reveals::{self, Reveal, RevealField};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::moments::Moment;

diesel::table! {
    day_sheets (id) {
        id -> Binary,
        worker_id -> Binary,
        area -> Text,
        taken_at -> BigInt,
    }
}

diesel::table! {
    day_sheet_lines (sheet_id, line) {
        sheet_id -> Binary,
        line -> BigInt,
        person_id -> Binary,
        errand -> Text,
        errand_label -> Text,
        case_id -> Nullable<Binary>,
        ticket_id -> Nullable<Binary>,
        due_on -> Nullable<Text>,
    }
}

/// How long the system waits, after a correction's day, for papers that a worker took along before it.
const CARRIED_MS: i64 = 2 * 24 * 3_600_000;
diesel::allow_tables_to_appear_in_same_query!(day_sheets, day_sheet_lines);

/// What the log of opened facts says.
const PURPOSE: &str = "走访单随身带出";

/// A sheet as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = day_sheets)]
pub struct Sheet {
    pub id: Id,
    pub area: AreaCode,
    pub taken_at: Moment,
}

/// One line of a sheet.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = day_sheet_lines, treat_none_as_default_value = false)]
pub struct Line {
    pub sheet_id: Id,
    /// From 1, as printed.
    pub line: i64,
    pub person_id: Id,
    /// Why the person was to be seen, in code and in the words that stood on the sheet.
    pub errand: String,
    pub errand_label: String,
    pub case_id: Option<Id>,
    pub ticket_id: Option<Id>,
    pub due_on: Option<String>,
}

/// The village, if it is one of the worker's.
///
/// # Errors
/// 10006 for any other; 10002 for a wider area.
pub fn village(worker: &Worker, area: AreaCode) -> Result<AreaCode> {
    if !worker.knows_residents_of(&area) {
        return Err(Error::not_found());
    }
    if area.level() == AreaLevel::Village {
        return Ok(area);
    }
    let reason = "走访单一次只能是一个村（社区）。";
    let way_out = "请选择要去的村（社区）。";
    Err(Error::invalid(vec![Detail::new("/area", "村（社区）", "not_a_village", reason, way_out)]))
}

/// Takes a village's sheet along: the lines are kept, and each person's opened facts are written down (domain.md: every
/// reveal logged). Answers the lines, and the people on them, opened.
pub fn take(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, village: &AreaCode) -> Result<(Vec<Line>, Vec<Person>)> {
    let found = errands::of_village(c, office, worker, village)?;
    use day_sheets::dsl as s;
    let row = (s::id.eq(id), s::worker_id.eq(worker.id), s::area.eq(village.to_string()), s::taken_at.eq(office.now));
    diesel::insert_into(s::day_sheets).values(row).execute(c)?;
    let lines: Vec<Line> = (1..).zip(found).map(|(line, errand)| line_of(id, line, errand)).collect();
    if lines.is_empty() {
        return Ok((lines, Vec::new()));
    }
    let mut people: Vec<Id> = lines.iter().map(|l| l.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let people = persons::open_all(c, &office.keys, people)?;
    let insert = diesel::insert_into(day_sheet_lines::table).values(&lines);
    match c {
        AnyConn::Sqlite(c) => insert.execute(c)?,
        AnyConn::Postgres(c) => insert.execute(c)?,
    };
    let reveal = |p: &Person| Reveal {
        id: Id::at(office.now),
        at: office.now,
        worker: worker.id,
        person: p.id,
        case: None,
        fields: vec![RevealField::Name, RevealField::Phone, RevealField::Address],
        purpose: PURPOSE.to_owned(),
    };
    reveals::record_all(c, &people.iter().map(reveal).collect::<Vec<_>>())?;
    Ok((lines, people))
}

fn line_of(sheet_id: Id, line: i64, errand: Errand) -> Line {
    let (code, label) = errand.what;
    let Errand { person, case, ticket, due_on, .. } = errand;
    let errand = code.to_owned();
    let errand_label = label.to_owned();
    Line { sheet_id, line, person_id: person, errand, errand_label, case_id: case, ticket_id: ticket, due_on }
}

/// Until when the papers of a correction are waited for although its day is over: a worker took it along in time, and what is
/// handed over on the way must not be lost for want of a network. None when nobody carries it.
pub fn carried_until(c: &mut AnyConn, case: Id, due_at: Moment, now: Moment) -> Result<Option<Moment>> {
    use day_sheet_lines::dsl as l;
    let mine = l::day_sheet_lines.inner_join(day_sheets::table.on(day_sheets::id.eq(l::sheet_id)));
    let out = day_sheets::taken_at.le(due_at).and(day_sheets::taken_at.gt(now.saturating_sub(CARRIED_MS)));
    let taken = mine.filter(l::case_id.eq(Some(case)).and(out)).select(diesel::dsl::max(day_sheets::taken_at));
    let last: Option<Moment> = taken.get_result(c)?;
    Ok(last.map(|at| at.saturating_add(CARRIED_MS)))
}

/// The worker's own sheet of an id; anybody else's is 10006.
pub fn find(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Sheet> {
    let own = day_sheets::table.find(id).filter(day_sheets::worker_id.eq(worker.id));
    let found = own.select(<Sheet as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?;
    found.ok_or_else(Error::not_found)
}

/// The lines of a sheet in their order.
pub fn lines(c: &mut AnyConn, sheet: Id) -> Result<Vec<Line>> {
    let all = day_sheet_lines::table.filter(day_sheet_lines::sheet_id.eq(sheet)).order(day_sheet_lines::line);
    Ok(all.select(<Line as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The worker's sheets, the latest first; one row more than `limit` when there are more.
pub fn of_worker(c: &mut AnyConn, worker: Id, after: Option<After>, limit: i64) -> Result<Vec<Sheet>> {
    use day_sheets::dsl as s;
    let mut page = s::day_sheets.filter(s::worker_id.eq(worker)).into_boxed::<MultiBackend>();
    if let Some(a) = after {
        page = page.filter(s::taken_at.lt(a.at).or(s::taken_at.eq(a.at).and(s::id.lt(a.id))));
    }
    let page = page.order((s::taken_at.desc(), s::id.desc())).limit(limit.saturating_add(1));
    Ok(page.select(<Sheet as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}
