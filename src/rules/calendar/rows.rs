//! Reads the calendar file of one year: `date,working,name`, with comment lines that begin with `#`.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use csv::{ReaderBuilder, StringRecord, Trim};
use serde::{Deserialize, Serialize};

use crate::rules::coded::coded_enum;
use crate::rules::dates::Day;
use crate::rules::text::PlainText;
use crate::rules::typed::read;

/// One day that the State Council's notice speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarDay {
    /// The day in Beijing.
    pub date: NaiveDate,
    /// Whether offices work on it.
    pub is_working_day: bool,
    /// The holiday, or the holiday that a make-up day belongs to; 1 to 40 characters.
    pub name: String,
}

coded_enum! {
    /// What is wrong with a line of a calendar file.
    pub enum CalendarFaultKind {
        Empty = "calendar_empty", "文件中没有任何日期";
        Header = "calendar_header", "表头应为 date,working,name";
        Columns = "calendar_columns", "每行应有三列：日期、是否上班、名称";
        Date = "calendar_date", "日期应写成 2026-01-01 这样的格式";
        Working = "calendar_working", "是否上班应写 true 或 false";
        Name = "calendar_name", "名称应为 1 至 40 个字";
        Duplicate = "calendar_duplicate", "同一日期出现了两次";
    }
}

/// A fault and the line of the file, counted from 1, where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CalendarFault {
    /// The line, counted from 1 with comments and blank lines.
    pub line: u64,
    /// What is wrong there.
    pub kind: CalendarFaultKind,
}

impl fmt::Display for CalendarFault {
    /// The Chinese sentence for the person who imports the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行：{}。", self.line, self.kind.label())
    }
}

/// Reads a calendar file. `text` is UTF-8, with or without a byte-order mark; rows may come in any order and each
/// stands on one line. The first fault ends the reading, so that a file is imported whole or not at all.
pub fn parse_calendar_csv(text: &str) -> Result<Vec<CalendarDay>, CalendarFault> {
    let mut days = BTreeMap::new();
    let mut header_seen = false;
    let mut last_line = 1;
    // Line by line, because the csv reader gives a row after a comment the line of that comment.
    for (line, row) in (1_u64..).zip(text.trim_start_matches('\u{FEFF}').lines()) {
        last_line = line;
        if row.trim().is_empty() || row.starts_with('#') {
            continue;
        }
        let cells = cells_of(row).map_err(|kind| CalendarFault { line, kind })?;
        if !header_seen {
            if cells.iter().ne(["date", "working", "name"]) {
                return Err(CalendarFault { line, kind: CalendarFaultKind::Header });
            }
            header_seen = true;
            continue;
        }
        let day = day_of(&cells).map_err(|kind| CalendarFault { line, kind })?;
        if days.insert(day.date, day).is_some() {
            return Err(CalendarFault { line, kind: CalendarFaultKind::Duplicate });
        }
    }
    if days.is_empty() {
        return Err(CalendarFault { line: last_line, kind: CalendarFaultKind::Empty });
    }
    Ok(days.into_values().collect())
}

fn cells_of(row: &str) -> Result<StringRecord, CalendarFaultKind> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(row.as_bytes());
    reader.records().next().and_then(Result::ok).ok_or(CalendarFaultKind::Columns)
}

fn day_of(record: &StringRecord) -> Result<CalendarDay, CalendarFaultKind> {
    let mut cells = record.iter();
    let (Some(date), Some(working), Some(name), None) = (cells.next(), cells.next(), cells.next(), cells.next()) else {
        return Err(CalendarFaultKind::Columns);
    };
    let date = read::<Day>(date).map_err(|_| CalendarFaultKind::Date)?.0;
    let is_working_day = match working {
        "true" => true,
        "false" => false,
        _ => return Err(CalendarFaultKind::Working),
    };
    let name: PlainText<1, 40> = read(name).map_err(|_| CalendarFaultKind::Name)?;
    Ok(CalendarDay { date, is_working_day, name: name.into_string() })
}
