//! The tree of areas: imported from a list, dated, and named in full for people.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::area_rows::{AreaRow, parse};
use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::{Error, Faults, Result};
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
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Area {
    pub code: AreaCode,
    pub level: AreaLevel,
    pub name: String,
}

/// What a list would change.
#[derive(Clone, Debug)]
pub struct AreasPlan {
    /// Lines of the list.
    pub lines: usize,
    /// Lines that are new or differ from what is on record, in the order of the list.
    pub changes: Vec<AreaChange>,
}

/// One line that changes something, with the name on record before.
#[derive(Clone, Debug)]
pub struct AreaChange {
    pub row: AreaRow,
    pub before: Option<String>,
}

/// Reads a list (`code,level,parent,name,valid_from,valid_to`, the last one empty while the area exists) and finds what it
/// would change. Codes that the list leaves out stay. `may` tells which areas may be changed. All faults come back at
/// once (10002), each with its line or its code.
pub fn plan(c: &mut AnyConn, csv: &str, may: &dyn Fn(&AreaCode) -> bool) -> Result<AreasPlan> {
    use areas::dsl as a;
    let all = a::areas.select((a::code, a::name, a::valid_from, a::valid_to)).order(a::code);
    let known: Vec<(String, String, String, Option<String>)> = all.load(c)?;
    let known: BTreeMap<String, (String, String, Option<String>)> =
        known.into_iter().map(|(code, name, from, to)| (code, (name, from, to))).collect();
    let rows = parse(csv, &|code| known.contains_key(code.as_str())).map_err(Error::invalid)?;
    let lines = rows.len();
    let mut changes = Vec::new();
    let mut faults = Faults::new();
    for row in rows {
        let told = (row.name.clone(), row.valid_from.to_string(), row.valid_to.map(|d| d.to_string()));
        let before = known.get(row.code.as_str());
        if before == Some(&told) {
            continue;
        }
        if !may(&row.code) {
            let field = format!("/{}", row.code);
            let label = format!("区划 {}", row.code);
            faults.push(&field, &label, "areas_elsewhere", "这个区划不在您的管辖范围内。", "请删去这一行，或请上级管理员导入。");
        }
        changes.push(AreaChange { before: before.map(|(name, ..)| name.clone()), row });
    }
    faults.settle().map(|()| AreasPlan { lines, changes })
}

/// Writes what a list changes.
pub fn apply(c: &mut AnyConn, plan: &AreasPlan) -> Result<()> {
    plan.changes.iter().try_for_each(|change| save(c, &change.row))
}

/// Imports a list whole or not at all, wherever its areas lie; answers how many lines it has.
pub fn import(c: &mut AnyConn, csv: &str) -> Result<usize> {
    let plan = plan(c, csv, &|_| true)?;
    apply(c, &plan)?;
    Ok(plan.lines)
}

/// The counties on record.
pub fn counties(c: &mut AnyConn) -> Result<Vec<AreaCode>> {
    let rows = areas::table.filter(areas::level.eq(AreaLevel::County)).select(areas::code).order(areas::code);
    Ok(rows.load(c)?)
}

/// An area and all that lie in it and exist on that day, in the order of their codes.
pub fn inside(c: &mut AnyConn, area: &AreaCode, on: NaiveDate) -> Result<Vec<Area>> {
    use areas::dsl as a;
    let (first, last) = area.bounds();
    let on = on.to_string();
    let there = a::valid_from.le(on.clone()).and(a::valid_to.is_null().or(a::valid_to.ge(on)));
    let rows = a::areas.filter(a::code.between(first, last)).filter(there).order(a::code);
    Ok(rows.select((a::code, a::level, a::name)).load(c)?)
}

fn save(c: &mut AnyConn, row: &AreaRow) -> Result<()> {
    use areas::dsl as a;
    let facts = (
        a::level.eq(row.code.level()),
        a::parent.eq(row.code.parent()),
        a::name.eq(row.name.clone()),
        a::valid_from.eq(row.valid_from.to_string()),
        a::valid_to.eq(row.valid_to.map(|d| d.to_string())),
    );
    let insert = diesel::insert_into(a::areas).values((a::code.eq(row.code), facts.clone()));
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
    let row = areas::table.find(*code).select((areas::code, areas::level, areas::name));
    Ok(row.get_result(c).optional()?)
}

/// The list has this area, and it exists on that day.
pub fn exists_on(c: &mut AnyConn, code: &AreaCode, on: NaiveDate) -> Result<bool> {
    use areas::dsl as a;
    let on = on.to_string();
    let there = a::valid_from.le(on.clone()).and(a::valid_to.is_null().or(a::valid_to.ge(on)));
    Ok(a::areas.filter(a::code.eq(*code)).filter(there).count().get_result::<i64>(c)? > 0)
}

/// The areas right under one that exist on that day, in the order of their codes; without a parent the provinces.
pub fn children(c: &mut AnyConn, parent: Option<&AreaCode>, on: NaiveDate) -> Result<Vec<Area>> {
    use areas::dsl as a;
    let on = on.to_string();
    let there = a::valid_from.le(on.clone()).and(a::valid_to.is_null().or(a::valid_to.ge(on)));
    let named = (a::code, a::level, a::name);
    let rows = match parent {
        Some(p) => a::areas.filter(a::parent.eq(*p)).filter(there).order(a::code).select(named).load(c)?,
        None => a::areas.filter(a::parent.is_null()).filter(there).order(a::code).select(named).load(c)?,
    };
    Ok(rows)
}
