//! Which days are working days: the State Council's yearly notices, imported, and read a few years at a time.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::{Detail, Error, Result};
use crate::rules::calendar::{CalendarDay, WorkCalendar, parse_calendar_csv};
use crate::rules::moments::Moment;

diesel::table! {
    calendar_days (day) {
        day -> Text,
        working -> Bool,
        name -> Text,
    }
}

diesel::table! {
    calendar_years (year) {
        year -> BigInt,
        source -> Text,
        loaded_at -> BigInt,
    }
}

/// The notices that come with the program; later years are imported when they are published (each November).
const SHIPPED: [&str; 4] = [
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2023.csv")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2024.csv")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2025.csv")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2026.csv")),
];

/// Loads the shipped notices of years that no notice was loaded for yet; answers the years.
pub fn seed(c: &mut AnyConn, now_ms: Moment) -> Result<Vec<i32>> {
    let loaded: Vec<i64> = years(c)?.into_iter().map(|(year, _)| i64::from(year)).collect();
    let mut added = Vec::new();
    for text in SHIPPED {
        let days = parsed(text)?;
        if !covered(&days).iter().all(|year| loaded.contains(&i64::from(*year))) {
            added.extend(store(c, &days, source(text), now_ms)?);
        }
    }
    Ok(added)
}

/// Imports one notice, in place of what was loaded for its year; answers the years that it covers. A faulty file is
/// refused whole (10002) with the line.
pub fn import(c: &mut AnyConn, csv: &str, now_ms: Moment) -> Result<Vec<i32>> {
    let days = parsed(csv)?;
    store(c, &days, source(csv), now_ms)
}

/// What a notice would change.
#[derive(Clone, Debug)]
pub struct CalendarPlan {
    pub years: Vec<i32>,
    /// Title of the notice, from the file's first line.
    pub source: String,
    /// Days that are new or differ.
    pub set: Vec<CalendarDay>,
    /// Days on record that the notice does not name any more.
    pub removed: Vec<CalendarDay>,
}

/// Finds what a notice would change; a faulty file is refused whole (10002) with the line.
pub fn plan(c: &mut AnyConn, csv: &str) -> Result<CalendarPlan> {
    let days = parsed(csv)?;
    let years = covered(&days);
    let first = years.iter().min().copied().unwrap_or(0);
    let last = years.iter().max().copied().unwrap_or(0);
    let known = between(c, &first.saturating_sub(1).to_string(), &last.saturating_add(1).to_string())?;
    // Days in December are kept: they may come from the notice of the next year.
    let replaced = |d: &CalendarDay| years.contains(&d.date.year()) && d.date.month() < 12;
    let named = |d: &CalendarDay| days.iter().any(|n| n.date == d.date);
    Ok(CalendarPlan {
        source: source(csv).to_owned(),
        set: days.iter().filter(|d| !known.contains(d)).cloned().collect(),
        removed: known.iter().filter(|d| replaced(d) && !named(d)).cloned().collect(),
        years,
    })
}

fn parsed(csv: &str) -> Result<Vec<CalendarDay>> {
    parse_calendar_csv(csv).map_err(|fault| {
        let field = format!("/{}", fault.line);
        let label = format!("第 {} 行", fault.line);
        let reason = format!("{}。", fault.kind.label());
        Error::invalid(vec![Detail::new(&field, &label, fault.kind.code(), &reason, "请改好这一行后重新导入。")])
    })
}

/// The first line says which notice the file holds.
fn source(csv: &str) -> &str {
    let first = csv.trim_start_matches('\u{FEFF}').lines().next().unwrap_or_default();
    first.strip_prefix('#').map_or("", str::trim)
}

/// The years of a notice; it may name days in the December before.
fn covered(days: &[CalendarDay]) -> Vec<i32> {
    let mut years: Vec<i32> = days.iter().filter(|d| d.date.month() < 12).map(|d| d.date.year()).collect();
    years.dedup();
    years
}

fn store(c: &mut AnyConn, days: &[CalendarDay], source: &str, now_ms: Moment) -> Result<Vec<i32>> {
    use calendar_days::dsl as d;
    use calendar_years::dsl as y;
    let years = covered(days);
    for year in &years {
        // Days in December are kept: they may come from the notice of the next year.
        let earlier = d::calendar_days.filter(d::day.between(format!("{year}-01-01"), format!("{year}-11-30")));
        diesel::delete(earlier).execute(c)?;
        let facts = (y::source.eq(source.to_owned()), y::loaded_at.eq(now_ms));
        let row = diesel::insert_into(y::calendar_years).values((y::year.eq(i64::from(*year)), facts.clone()));
        both(row.on_conflict(y::year).do_update().set(facts)).execute(c)?;
    }
    for day in days {
        let facts = (d::working.eq(day.is_working_day), d::name.eq(day.name.clone()));
        let row = diesel::insert_into(d::calendar_days).values((d::day.eq(day.date.to_string()), facts.clone()));
        both(row.on_conflict(d::day).do_update().set(facts)).execute(c)?;
    }
    Ok(years)
}

/// The whole calendar, for reports and imports; cases need [`load_around`] only.
pub fn load(c: &mut AnyConn) -> Result<WorkCalendar> {
    between(c, "0000", "9999").map(|days| WorkCalendar::from_days(&days))
}

/// The calendar from the year before a date to the second year after it, in one indexed read: enough for every
/// deadline of a case and every clock that ran into this year.
pub fn load_around(c: &mut AnyConn, date: NaiveDate) -> Result<WorkCalendar> {
    let year = date.year();
    let first = year.saturating_sub(1).to_string();
    let last = year.saturating_add(3).to_string();
    between(c, &first, &last).map(|days| WorkCalendar::from_days(&days))
}

/// The days that a year's notice names, in order.
pub fn days_of(c: &mut AnyConn, year: i32) -> Result<Vec<CalendarDay>> {
    between(c, &year.to_string(), &year.saturating_add(1).to_string())
}

/// The years for which a notice is loaded, each with the notice's title.
pub fn years(c: &mut AnyConn) -> Result<Vec<(i32, String)>> {
    let rows = calendar_years::table.select((calendar_years::year, calendar_years::source)).order(calendar_years::year);
    let rows: Vec<(i64, String)> = rows.load(c)?;
    Ok(rows.into_iter().filter_map(|(year, source)| Some((i32::try_from(year).ok()?, source))).collect())
}

/// What must be said while the notice of a year is missing; deadlines in it count Monday to Friday.
pub fn missing_warning(calendar: &WorkCalendar, from: NaiveDate, to: NaiveDate) -> Option<String> {
    let missing: Vec<String> = calendar.missing_years(from, to).iter().map(|y| format!("{y} 年")).collect();
    (!missing.is_empty()).then(|| format!("{}的放假安排还没有录入，期限暂按周一至周五计算，录入后可能会变。", missing.join("、")))
}

fn between(c: &mut AnyConn, first: &str, last: &str) -> Result<Vec<CalendarDay>> {
    use calendar_days::dsl as d;
    let rows = d::calendar_days.filter(d::day.ge(first.to_owned())).filter(d::day.lt(last.to_owned())).order(d::day);
    let rows: Vec<(NaiveDate, bool, String)> = rows.select((d::day, d::working, d::name)).load(c)?;
    Ok(rows.into_iter().map(|(date, is_working_day, name)| CalendarDay { date, is_working_day, name }).collect())
}
