//! The yearly report: the tables of every service, counted by itself, and who holds a certificate.

use crate::labelled;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{ReportRow, ReportTable, Scope, columns};
use crate::office::people::rolls::{self, Roll};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::certificate::{Category, Level};

/// The tables of a year, in the order of the services; the register is no service's.
pub fn tables(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Vec<ReportTable>> {
    let mut tables = Vec::new();
    let asked = |code: &str| scope.service.as_deref().is_none_or(|service| service == code);
    for service in office.services.all().filter(|s| asked(s.code())) {
        tables.extend(service.report_tables(c, scope)?);
    }
    if scope.service.is_none() {
        tables.push(holders(c, scope)?);
    }
    Ok(tables)
}

/// Who holds a valid card now: the register keeps no day of the past.
fn holders(c: &mut AnyConn, scope: &Scope) -> Result<ReportTable> {
    let areas = scope.areas.iter().map(|(first, _)| *first).collect();
    let counts = rolls::count(c, &Roll::holders(areas))?;
    let row = |category: &Category| {
        let of = |level: &Level| counts.of(*category, *level);
        let levels: Vec<i64> = Level::ALL.iter().map(of).collect();
        let severe = Level::ALL.iter().filter(|l| l.severe()).map(of).sum();
        let all: i64 = levels.iter().sum();
        ReportRow::new([labelled!(*category).untyped()], [levels, vec![severe, all.saturating_sub(severe), all]].concat())
    };
    let heads: Vec<(&str, &str)> = Level::ALL.iter().map(|l| (l.code(), l.label())).collect();
    let table = ReportTable {
        code: "holders",
        title: "持证残疾人",
        counted: "现在持有效残疾人证的人，按登记的类别和等级。重度是一级和二级。",
        names: vec!["类别"],
        columns: columns(&[heads, vec![("severe", "重度"), ("other", "其他"), ("holders", "合计")]].concat()),
        rows: Category::ALL.iter().map(row).collect(),
        total: None,
    };
    Ok(table.summed())
}
