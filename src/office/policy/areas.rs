//! The tree of areas: imported from a list, dated, and named in full for people.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::area_rows::{AreaRow, parse};
use crate::office::stored;
use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::{Error, Result};
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::text_columns;

diesel::table! {
    areas (code) {
        code -> Text,
        level -> Text,
        parent -> Nullable<Text>,
        name -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
    }
}

text_columns!(AreaLevel);

/// An area as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    pub code: AreaCode,
    pub level: AreaLevel,
    pub name: String,
}

/// Imports a list whole or not at all: `code,level,parent,name,valid_from,valid_to`, the last one empty while the area
/// exists. Known codes take the new name and dates; codes that the list leaves out stay. All faults come back at once
/// (10002), each with its line. Answers how many areas the list has.
pub fn import(c: &mut AnyConn, csv: &str) -> Result<usize> {
    let known: Vec<String> = areas::table.select(areas::code).order(areas::code).load(c)?;
    let rows = parse(csv, &|code| known.iter().any(|k| k == code.as_str())).map_err(Error::invalid)?;
    for row in &rows {
        save(c, row)?;
    }
    Ok(rows.len())
}

fn save(c: &mut AnyConn, row: &AreaRow) -> Result<()> {
    use areas::dsl as a;
    let facts = (
        a::level.eq(row.code.level()),
        a::parent.eq(row.code.parent().map(|p| p.to_string())),
        a::name.eq(row.name.clone()),
        a::valid_from.eq(row.valid_from.to_string()),
        a::valid_to.eq(row.valid_to.map(|d| d.to_string())),
    );
    let insert = diesel::insert_into(a::areas).values((a::code.eq(row.code.to_string()), facts.clone()));
    both(insert.on_conflict(a::code).do_update().set(facts)).execute(c)?;
    Ok(())
}

/// The name of an area; its code when no list has it.
pub fn name(c: &mut AnyConn, code: &AreaCode) -> Result<String> {
    Ok(find(c, code)?.map_or_else(|| code.to_string(), |a| a.name))
}

/// County, town and village in one, as on an envelope; wider areas by their own name.
pub fn full_name(c: &mut AnyConn, code: &AreaCode) -> Result<String> {
    let mut chain: Vec<AreaCode> = code.ancestors().into_iter().filter(|a| a.level() >= AreaLevel::County).collect();
    chain.reverse();
    chain.push(*code);
    chain.iter().map(|a| name(c, a)).collect()
}

/// One area of the list, also one that has ended.
pub fn find(c: &mut AnyConn, code: &AreaCode) -> Result<Option<Area>> {
    let row = areas::table.find(code.to_string()).select((areas::code, areas::level, areas::name));
    let row: Option<(String, AreaLevel, String)> = row.get_result(c).optional()?;
    row.map(area).transpose()
}

/// The areas right under one that exist on that day, in the order of their codes; without a parent the provinces.
pub fn children(c: &mut AnyConn, parent: Option<&AreaCode>, on: NaiveDate) -> Result<Vec<Area>> {
    use areas::dsl as a;
    let on = on.to_string();
    let there = a::valid_from.le(on.clone()).and(a::valid_to.is_null().or(a::valid_to.ge(on)));
    let named = (a::code, a::level, a::name);
    let rows: Vec<(String, AreaLevel, String)> = match parent {
        Some(p) => a::areas.filter(a::parent.eq(p.to_string())).filter(there).order(a::code).select(named).load(c)?,
        None => a::areas.filter(a::parent.is_null()).filter(there).order(a::code).select(named).load(c)?,
    };
    rows.into_iter().map(area).collect()
}

fn area((code, level, name): (String, AreaLevel, String)) -> Result<Area> {
    Ok(Area { code: stored::area(&code)?, level, name })
}
