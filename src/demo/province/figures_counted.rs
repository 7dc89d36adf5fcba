//! The figures of the reports, as the product's own yearly report counts them, beside what the reports say.

use serde::{Deserialize, Serialize};

use super::figures::County;
use super::marker;
use zhucan::office::cases::service::Office;
use zhucan::office::cases::service::figures::{ReportRow, ReportTable, Scope};
use zhucan::office::reports::yearly;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::rules::areas::AreaCode;
use zhucan::services::education_aid::terms::Beneficiary;

/// One figure of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// County, year and what is counted, in words.
    pub name: String,
    pub reported: i64,
    pub counted: i64,
}

/// Every figure of domain.md §6 for the counties that this demo has, county by county.
pub fn all(c: &mut AnyConn, office: &Office) -> Result<Vec<Figure>> {
    let mut all = Vec::new();
    for (county, name) in marker::counties(c)?.iter().zip(["甲区", "乙县", "丙县"]) {
        let area = AreaCode::parse(county.code).map_err(Error::internal)?;
        let tables = yearly::tables(c, office, &Scope::whole_year(&area, county.report_year))?;
        let title = format!("{name}{}年", county.report_year);
        let mut sheet = Sheet { title, tables, figures: Vec::new() };
        sheet.aid(county);
        sheet.rentals(county);
        sheet.certificates(county);
        sheet.holders(county);
        all.append(&mut sheet.figures);
    }
    Ok(all)
}

struct Sheet {
    title: String,
    tables: Vec<ReportTable>,
    figures: Vec<Figure>,
}

impl Sheet {
    /// A figure by its table, the code of its row (none for the sum or the only row) and its column; -1 when the product
    /// has no such figure, so that the comparison fails.
    fn counted(&self, table: &str, row: Option<&str>, column: &str) -> i64 {
        let found = self.tables.iter().find(|t| t.code == table).and_then(|table| {
            let at = table.columns.iter().position(|c| c.value == column)?;
            let row_of = |code| table.rows.iter().find(|r| r.names.last().is_some_and(|n| n.value == code));
            let figures = match row {
                Some(code) => &row_of(code)?.figures,
                None => table.total.as_ref().or(table.rows.first().map(|r| &r.figures))?,
            };
            figures.get(at).copied()
        });
        found.unwrap_or(-1)
    }

    /// What a report does not speak of is no line.
    fn line(&mut self, name: &str, reported: usize, counted: i64) {
        if reported > 0 {
            let reported = i64::try_from(reported).unwrap_or(i64::MAX);
            self.figures.push(Figure { name: format!("{} {name}", self.title), reported, counted });
        }
    }

    /// Paid awards by beneficiary and stage, and what of them counts towards a target.
    fn aid(&mut self, county: &County) {
        for group in county.students {
            let who = if group.beneficiary == "disabled_student" { Beneficiary::Student } else { Beneficiary::Child };
            let counted = self.counted("aid_by_stage", Some(group.stage), who.code());
            let name = format!("教育救助 {} {}", who.label(), self.label("aid_by_stage", group.stage));
            self.line(&name, group.count, counted);
        }
        let all = self.counted("aid_by_stage", None, "all");
        self.line("教育救助 合计", county.students.iter().map(|s| s.count).sum(), all);
        for target in county.targets {
            let done = county.students.iter().filter(|s| target.stages.contains(&s.stage)).map(|s| s.count).sum();
            let planned = self.counted("aid_plan", Some(target.name), "planned");
            let counted = self.counted("aid_plan", Some(target.name), "done");
            self.line(&format!("{}资助 任务{planned}人 完成", target.name), done, counted);
        }
    }

    fn rentals(&mut self, county: &County) {
        if county.borrowers == 0 {
            return;
        }
        let stock: Vec<(String, i64)> = self.tables.iter().filter(|t| t.code == "rental_stock").flat_map(stock).collect();
        for (name, units) in stock {
            self.line(&format!("辅具租赁 {name}"), 5, units);
        }
        self.line("辅具租赁 帮助人数", county.borrowers, self.counted("rental_people", None, "people"));
    }

    fn certificates(&mut self, county: &County) {
        let kinds = [("new", county.new_cards), ("renewal", county.renewals), ("change", county.changes)];
        for (code, reported) in kinds {
            let counted = self.counted("certificates_by_kind", Some(code), "completed");
            self.line(&format!("残疾人证 {}", self.label("certificates_by_kind", code)), reported, counted);
        }
        self.line("残疾人证 跨省通办", county.cross_province, self.counted("certificates_by_kind", None, "cross_province"));
        self.line("残疾人证 上门评定", county.at_home, self.counted("certificates_by_kind", None, "at_home"));
        self.line("残疾人证 下乡评残次数", county.village_rounds, self.counted("certificate_rounds", None, "rounds"));
    }

    /// Who holds a valid card now.
    fn holders(&mut self, county: &County) {
        if !county.holders_reported {
            return;
        }
        let (severe, other) =
            county.holders.iter().fold((0_usize, 0_usize), |(s, o), k| (s.saturating_add(k.1), o.saturating_add(k.2)));
        self.line("持证人 合计", severe.saturating_add(other), self.counted("holders", None, "holders"));
        self.line("持证人 重度", severe, self.counted("holders", None, "severe"));
        self.line("持证人 其他", other, self.counted("holders", None, "other"));
        for (category, severe, other) in county.holders {
            let counted = self.counted("holders", Some(category.code()), "holders");
            self.line(&format!("持证人 {}", category.label()), severe.saturating_add(*other), counted);
        }
    }

    /// The words of a row.
    fn label(&self, table: &str, row: &str) -> String {
        let rows = self.tables.iter().filter(|t| t.code == table).flat_map(|t| &t.rows);
        rows.flat_map(|r| &r.names).find(|n| n.value == row).map_or(row, |n| n.label.as_str()).to_owned()
    }
}

/// Point and model of each line, and its units.
fn stock(table: &ReportTable) -> Vec<(String, i64)> {
    let words = |row: &ReportRow| row.names.iter().map(|n| n.label.as_str()).collect::<Vec<_>>().join(" ");
    table.rows.iter().map(|row| (words(row), row.figures.first().copied().unwrap_or(-1))).collect()
}
