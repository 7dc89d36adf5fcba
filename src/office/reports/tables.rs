//! A table of the yearly report: named rows with figures, for a front end and for a workbook.

use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::http::Labelled;
use crate::platform::sheets::{Cell, Table};

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
