//! The tables of the yearly report that a service answers, and what it is asked: places, service, days.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::http::Labelled;
use crate::platform::sheets::{Cell, Table};
use crate::rules::areas::AreaCode;
use crate::rules::calendar::{end_of_day, start_of_day};
use crate::rules::moments::Moment;

/// One table. Codes are stable, words are for people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportTable {
    #[schema(example = "aid_by_stage")]
    pub code: &'static str,
    /// At most 31 characters: it names a sheet, too.
    #[schema(example = "教育救助人数")]
    pub title: &'static str,
    /// What is counted, in one sentence.
    #[schema(example = "本年度各季中已发放的救助。")]
    pub counted: &'static str,
    /// Headings of the names of a row.
    #[schema(example = json!(["学段"]))]
    pub names: Vec<&'static str>,
    /// Headings of its figures.
    pub columns: Vec<ReportColumn>,
    pub rows: Vec<ReportRow>,
    /// The sum of each column; null where rows overlap.
    pub total: Option<Vec<i64>>,
}

/// What a figure says.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ReportColumn {
    #[schema(example = "student")]
    pub value: &'static str,
    #[schema(example = "残疾学生")]
    pub label: &'static str,
}

/// One row: a name for each heading of names, a figure for each column.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportRow {
    pub names: Vec<Labelled>,
    #[schema(example = json!([60]))]
    pub figures: Vec<i64>,
}

impl ReportRow {
    pub fn new(names: impl Into<Vec<Labelled>>, figures: impl Into<Vec<i64>>) -> ReportRow {
        ReportRow { names: names.into(), figures: figures.into() }
    }
}

/// Code and words of columns.
pub fn columns(all: &[(&'static str, &'static str)]) -> Vec<ReportColumn> {
    all.iter().map(|(value, label)| ReportColumn { value, label }).collect()
}

impl ReportTable {
    /// With the sum of each column.
    pub fn summed(mut self) -> ReportTable {
        let mut total = vec![0_i64; self.columns.len()];
        for row in &self.rows {
            for (sum, figure) in total.iter_mut().zip(&row.figures) {
                *sum = sum.saturating_add(*figure);
            }
        }
        self.total = Some(total);
        self
    }

    /// As a sheet; what is counted stands below the rows.
    pub fn sheet(&self) -> Table {
        let head = self.names.iter().copied().chain(self.columns.iter().map(|c| c.label)).collect();
        let line =
            |names: Vec<Cell>, figures: &[i64]| names.into_iter().chain(figures.iter().map(|n| Cell::Number(*n))).collect();
        let mut rows: Vec<Vec<Cell>> =
            self.rows.iter().map(|r| line(r.names.iter().map(|n| Cell::text(&n.label)).collect(), &r.figures)).collect();
        if let Some(total) = &self.total {
            let mut names = vec![Cell::text("合计")];
            names.resize(self.names.len(), Cell::text(""));
            rows.push(line(names, total));
        }
        rows.extend([Vec::new(), vec![Cell::text("统计口径"), Cell::text(self.counted)]]);
        Table { name: self.title, head, rows }
    }
}

/// The days of a report.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Period {
    #[schema(value_type = String, format = Date, example = "2026-01-01")]
    pub from: NaiveDate,
    /// Included.
    #[schema(value_type = String, format = Date, example = "2026-12-31")]
    pub to: NaiveDate,
}

impl Period {
    pub fn of_year(year: i32) -> Period {
        let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        Period { from: day(1, 1), to: day(12, 31) }
    }
}

/// What is asked, after the caller's rights were looked at.
#[derive(Clone, Debug)]
pub struct Scope {
    /// First and last code of each area, both included.
    pub areas: Vec<(AreaCode, AreaCode)>,
    pub service: Option<String>,
    pub period: Period,
    /// The caller may learn who of the workers it was.
    pub names: bool,
}

impl Scope {
    /// All services of one area in a year, for whoever needs no right: a command on the machine itself.
    pub fn whole_year(area: &AreaCode, year: i32) -> Scope {
        Scope { areas: vec![area.bounds()], service: None, period: Period::of_year(year), names: false }
    }

    /// The year, of a scope that is one.
    pub fn year(&self) -> i32 {
        self.period.from.year()
    }

    /// First and last moment, both included.
    pub fn moments(&self) -> (Moment, Moment) {
        (start_of_day(self.period.from), end_of_day(self.period.to))
    }
}
