//! The figures of the reports, counted from cases and register, beside what the reports say.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::figures::{COUNTIES, County};
use crate::office::people::rolls;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::areas::AreaCode;
use crate::rules::calendar::start_of_day_ms;
use crate::services::certificate::counts::{self as certificates, Span};
use crate::services::certificate::rules::Kind;
use crate::services::device_rental::counts as rentals;
use crate::services::education_aid::store::{self as awards, AwardState};
use crate::services::education_aid::terms::{Beneficiary, Stage};

/// One figure of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// County, year and what is counted, in words.
    pub name: String,
    pub reported: i64,
    pub counted: i64,
}

/// Every figure of domain.md §6, county by county.
pub fn all(c: &mut AnyConn) -> Result<Vec<Figure>> {
    let mut all = Vec::new();
    for (county, name) in COUNTIES.iter().zip(["甲区", "乙县", "丙县"]) {
        let mut sheet = Sheet { title: format!("{name}{}年", county.report_year), figures: Vec::new() };
        let area = AreaCode::parse(county.code).map_err(Error::internal)?;
        sheet.aid(c, county, &area)?;
        sheet.rentals(c, county, &area)?;
        sheet.certificates(c, county, &area)?;
        sheet.holders(c, county, &area)?;
        all.append(&mut sheet.figures);
    }
    Ok(all)
}

struct Sheet {
    title: String,
    figures: Vec<Figure>,
}

impl Sheet {
    /// What a report does not speak of is no line.
    fn line(&mut self, name: &str, reported: usize, counted: i64) {
        if reported > 0 {
            let reported = i64::try_from(reported).unwrap_or(i64::MAX);
            self.figures.push(Figure { name: format!("{} {name}", self.title), reported, counted });
        }
    }

    /// Paid awards by beneficiary and stage, and what of them counts towards a target.
    fn aid(&mut self, c: &mut AnyConn, county: &County, area: &AreaCode) -> Result<()> {
        let mut paid = awards::counts_by_beneficiary_and_stage(c, area, county.report_year)?;
        paid.retain(|row| row.state == AwardState::Paid);
        for group in county.students {
            let who = if group.beneficiary == "disabled_student" { Beneficiary::Student } else { Beneficiary::Child };
            let stage = Stage::from_code(group.stage).ok_or_else(|| Error::internal("a figure of no stage"))?;
            let counted = paid.iter().filter(|row| row.beneficiary == who && row.stage == stage).map(|row| row.count).sum();
            self.line(&format!("教育救助 {} {}", who.label(), stage.label()), group.count, counted);
        }
        self.line("教育救助 合计", county.students.iter().map(|s| s.count).sum(), paid.iter().map(|row| row.count).sum());
        for target in county.targets {
            let done = county.students.iter().filter(|s| target.counts(s.stage)).map(|s| s.count).sum();
            let counted = paid.iter().filter(|row| target.counts(row.stage.code())).map(|row| row.count).sum();
            self.line(&format!("{}资助 任务{}人 完成", target.name, target.planned), done, counted);
        }
        Ok(())
    }

    fn rentals(&mut self, c: &mut AnyConn, county: &County, area: &AreaCode) -> Result<()> {
        if county.borrowers == 0 {
            return Ok(());
        }
        for stock in rentals::stock(c, area)? {
            self.line(&format!("辅具租赁 {} {}", stock.point, stock.model), 5, stock.units);
        }
        let day = |month, day| NaiveDate::from_ymd_opt(county.report_year, month, day).unwrap_or_default();
        let helped = rentals::people_helped(c, area, day(1, 1), day(12, 31))?;
        self.line("辅具租赁 帮助人数", county.borrowers, helped);
        Ok(())
    }

    fn certificates(&mut self, c: &mut AnyConn, county: &County, area: &AreaCode) -> Result<()> {
        let first_of = |year| start_of_day_ms(NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default());
        let (from, until) = (first_of(county.report_year), first_of(county.report_year.saturating_add(1)));
        let span = Span { county: *area, from, until };
        for (kind, counted) in certificates::by_kind(c, &span)? {
            let reported = match kind {
                Kind::New => county.new_cards,
                Kind::Renewal => county.renewals,
                Kind::Change => county.changes,
            };
            self.line(&format!("残疾人证 {}", kind.label()), reported, counted);
        }
        let (at_home, rounds) = certificates::at_home(c, &span)?;
        self.line("残疾人证 跨省通办", county.cross_province, certificates::cross_province(c, &span)?);
        self.line("残疾人证 上门评定", county.at_home, at_home);
        self.line("残疾人证 下乡评残次数", county.village_rounds, rounds);
        Ok(())
    }

    /// Who holds a valid card now.
    fn holders(&mut self, c: &mut AnyConn, county: &County, area: &AreaCode) -> Result<()> {
        if !county.holders_reported {
            return Ok(());
        }
        let now = rolls::count_by(c, area)?;
        let (severe, other) =
            county.holders.iter().fold((0_usize, 0_usize), |(s, o), k| (s.saturating_add(k.1), o.saturating_add(k.2)));
        self.line("持证人 合计", severe.saturating_add(other), now.holders);
        self.line("持证人 重度", severe, now.severe);
        self.line("持证人 其他", other, now.other);
        for (category, severe, other) in county.holders {
            let counted = now.by_category.iter().find(|(k, _)| k == category).map_or(0, |(_, n)| *n);
            self.line(&format!("持证人 {}", category.label()), severe.saturating_add(*other), counted);
        }
        Ok(())
    }
}
