//! Reads a list of areas: every line is checked, and everything that is wrong is told at once.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use csv::{ReaderBuilder, StringRecord, Trim};

use crate::platform::error::Detail;
use crate::rules::areas::AreaCode;
use crate::rules::coded::fault_enum;
use crate::rules::dates::Day;
use crate::rules::glyphs::compact;
use crate::rules::text::PlainText;
use crate::rules::typed::read;

/// One line of the list. Level and parent follow from the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaRow {
    pub code: AreaCode,
    pub name: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

fault_enum! {
    /// Why a line of the list is refused.
    pub enum AreaRowFault {
        Empty = "areas_empty", "名单里没有任何行政区划。", "请检查文件是否选对。";
        Header = "areas_header", "表头不正确。", "表头应为 code,level,parent,name,valid_from,valid_to。";
        Columns = "areas_columns", "这一行的列数不对。", "每行应有六列，还在使用的区划最后一列留空。";
        Code = "areas_code", "区划代码不正确。", "请填写 12 位数字的区划代码。";
        Level = "areas_level", "级别与代码不一致。", "级别应为 province、city、county、town 或 village，并与代码相符。";
        Parent = "areas_parent", "上级代码与代码不一致。", "上级代码由代码的前几位补零而成，省级留空。";
        Unknown = "areas_unknown_parent", "上级区划不在名单里，也没有录入过。", "请先录入上级区划。";
        Name = "areas_name", "名称应为 1 至 40 个字。", "请填写区划的名称。";
        Dates = "areas_dates", "日期不正确。", "日期应写成 2026-01-01 这样的格式，止日不早于起日。";
        Duplicate = "areas_duplicate", "同一代码出现了两次。", "请删去重复的一行。";
    }
}

const HEADER: [&str; 6] = ["code", "level", "parent", "name", "valid_from", "valid_to"];
/// More faults than these are one fault: the wrong file.
const MOST_FAULTS: usize = 50;

/// Reads a list (UTF-8, with or without a byte-order mark). `known` tells which codes are on record already.
pub fn parse(text: &str, known: &dyn Fn(&AreaCode) -> bool) -> Result<Vec<AreaRow>, Vec<Detail>> {
    let text = text.trim_start_matches('\u{FEFF}');
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    if !reader.headers().is_ok_and(|h| h.iter().eq(HEADER)) {
        return Err(vec![detail(1, AreaRowFault::Header)]);
    }
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for record in reader.records() {
        let line = record.as_ref().ok().and_then(StringRecord::position).map_or(0, csv::Position::line);
        let read = record.map_err(|_| AreaRowFault::Columns).and_then(|r| row_of(&r));
        match read {
            Ok(row) if !seen.insert(row.code) => faults.push(detail(line, AreaRowFault::Duplicate)),
            Ok(row) => rows.push((line, row)),
            Err(fault) => faults.push(detail(line, fault)),
        }
    }
    for (line, row) in &rows {
        if row.code.parent().is_some_and(|p| !seen.contains(&p) && !known(&p)) {
            faults.push(detail(*line, AreaRowFault::Unknown));
        }
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(detail(1, AreaRowFault::Empty));
    }
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(faults) }
}

fn row_of(record: &StringRecord) -> Result<AreaRow, AreaRowFault> {
    let cells: Vec<&str> = record.iter().collect();
    let [code, level, parent, name, from, to] = cells.as_slice() else { return Err(AreaRowFault::Columns) };
    let code: AreaCode = read(code).map_err(|_| AreaRowFault::Code)?;
    if *level != code.level().code() {
        return Err(AreaRowFault::Level);
    }
    if compact(parent) != code.parent().map(|p| p.to_string()).unwrap_or_default() {
        return Err(AreaRowFault::Parent);
    }
    let name: PlainText<1, 40> = read(name).map_err(|_| AreaRowFault::Name)?;
    let day = |text: &str| read::<Day<1949, 2099>>(text).map(NaiveDate::from).map_err(|_| AreaRowFault::Dates);
    let valid_from = day(from)?;
    let valid_to = if to.is_empty() { None } else { Some(day(to)?) };
    if valid_to.is_some_and(|last| last < valid_from) {
        return Err(AreaRowFault::Dates);
    }
    Ok(AreaRow { code, name: name.into_string(), valid_from, valid_to })
}

fn detail(line: u64, fault: AreaRowFault) -> Detail {
    Detail::new(&format!("/{line}"), &format!("第 {line} 行"), fault.code(), fault.reason(), fault.suggestion())
}
