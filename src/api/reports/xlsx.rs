//! Each report as a workbook, with what was asked and when above each table.

use actix_web::web;

use crate::office::accounts::guards::AreaOverseer;
use crate::office::cases::service::figures::Scope;
use crate::office::cases::service::{Office, Services};
use crate::office::policy::areas;
use crate::office::reports::scope::Wanted;
use crate::office::reports::{ages, desk_times, returns, satisfaction, volumes, workload};
use crate::operations;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Operations, Query};
use crate::platform::sheets::{self, Download, Notes, Table};
use crate::rules::calendar::rfc3339;
use crate::rules::coded::coded_enum;

/// The operation of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; download);
}

coded_enum! {
    /// A report.
    pub enum Sheet {
        Volumes = "volumes", "办件量";
        Ages = "ages", "在办时长";
        Returns = "returns", "退回原因";
        Desks = "desks", "窗口用时";
        Workload = "workload", "工作量";
        Satisfaction = "satisfaction", "满意度";
    }
}

impl Sheet {
    fn tables(self, c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Vec<Table>> {
        Ok(match self {
            Sheet::Volumes => volumes::count(c, office, scope)?.tables(),
            Sheet::Ages => ages::count(c, office, scope)?.tables(),
            Sheet::Returns => returns::count(c, office, scope)?.tables(),
            Sheet::Desks => desk_times::count(c, office, scope)?.tables(),
            Sheet::Workload => workload::count(c, office, scope)?.tables(),
            Sheet::Satisfaction => satisfaction::count(c, office, scope)?.tables(),
        })
    }

    /// Which days it speaks of.
    fn days(self, scope: &Scope) -> String {
        match self {
            Sheet::Ages => "生成时的情况".to_owned(),
            _ => format!("{} 至 {}", scope.period.from, scope.period.to),
        }
    }
}

/// What was asked, when, and by whom; what it is called, its days and the caller's name are given.
pub fn notes(c: &mut AnyConn, office: &Office, scope: &Scope, (label, days, by): (&str, &str, &str)) -> Result<Notes> {
    let mut places = Vec::new();
    for (first, _) in &scope.areas {
        places.push(areas::full_name(c, first)?);
    }
    let service = match &scope.service {
        Some(code) => office.services.get(code)?.label(),
        None => "全部事项",
    };
    Ok(vec![
        ("报表", label.to_owned()),
        ("地区", places.join("、")),
        ("事项", service.to_owned()),
        ("时间", days.to_owned()),
        ("生成时间", rfc3339(office.now)),
        ("生成人", by.to_owned()),
    ])
}

#[utoipa::path(get, path = "/staff/reports/{report}/xlsx", tag = "reports", operation_id = "downloadReport", summary = "统计：下载电子表格",
    description = "任何一种统计的 XLSX 电子表格，写明统计口径和生成时间。在办时长（ages）说的是现在的情况，不看时间段。",
    params(("report" = inline(Sheet), Path, description = "哪一种统计", example = "volumes")),
    responses((status = 200, description = "XLSX 文件")))]
async fn download(
    who: AreaOverseer,
    path: web::Path<String>,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Download> {
    let report = Sheet::from_code(&path).ok_or_else(Error::not_found)?;
    let office = Office::of(&app, &services);
    let scope = Scope::of(&who, &office, &q.0)?;
    let (period, by) = (scope.period, who.0.name);
    let made = app.db.read(move |c| {
        let notes = notes(c, &office, &scope, (report.label(), &report.days(&scope), &by))?;
        Ok((notes, report.tables(c, &office, &scope)?))
    });
    let (notes, tables) = made.await?;
    Ok(Download {
        xlsx: sheets::write(notes, tables).await?,
        plain_name: format!("report-{}-{}", report.code(), period.to),
        name: format!("{}（{}）", report.label(), period.to),
    })
}
