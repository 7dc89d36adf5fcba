//! The yearly report as JSON and as a workbook, for those who answer for an area.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::xlsx::notes;
use crate::office::accounts::guards::AreaOverseer;
use crate::office::cases::service::figures::{ReportTable, Scope};
use crate::office::cases::service::{Office, Services};
use crate::office::reports::scope::WantedYear;
use crate::office::reports::yearly;
use crate::operations;
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Operations, Query};
use crate::platform::sheets::{self, Download};

/// The operations of this file, before that of any report: the path of the workbook would be one of its.
pub fn routes(to: &mut Operations) {
    operations!(to;
        get_yearly: [code::NOT_FOUND],
        download_yearly: [code::NOT_FOUND],
    );
}

/// The tables of a year.
#[derive(Serialize, ToSchema)]
struct Yearly {
    #[schema(example = 2024)]
    year: i32,
    /// Those of each service, then the register's.
    tables: Vec<ReportTable>,
}

#[utoipa::path(get, path = "/staff/reports/yearly", tag = "reports", operation_id = "getYearlyReport", summary = "统计：年报",
    description = "年报的各张表：先是每项服务自己的表，再是持证残疾人的类别和等级。每张表写明统计口径；写明是现在的情况的，不随年度变化。",
    responses((status = 200, description = "年报")))]
async fn get_yearly(
    who: AreaOverseer,
    q: Query<WantedYear>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Yearly>> {
    let office = Office::of(&app, &services);
    let scope = Scope::of_year(&who, &office, &q.0)?;
    let year = scope.year();
    Ok(Answer::ok(Yearly { year, tables: app.db.read(move |c| yearly::tables(c, &office, &scope)).await? }))
}

#[utoipa::path(get, path = "/staff/reports/yearly/xlsx", tag = "reports", operation_id = "downloadYearlyReport", summary = "统计：下载年报电子表格",
    description = "年报的 XLSX 电子表格，每张表一页，写明统计口径和生成时间。",
    responses((status = 200, description = "XLSX 文件")))]
async fn download_yearly(
    who: AreaOverseer,
    q: Query<WantedYear>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Download> {
    let office = Office::of(&app, &services);
    let scope = Scope::of_year(&who, &office, &q.0)?;
    let (year, by) = (scope.year(), who.0.name);
    let made = app.db.read(move |c| {
        let notes = notes(c, &office, &scope, ("年报", &format!("{year}年"), &by))?;
        Ok((notes, yearly::tables(c, &office, &scope)?.iter().map(ReportTable::sheet).collect()))
    });
    let (notes, tables) = made.await?;
    Ok(Download {
        xlsx: sheets::write(notes, tables).await?,
        plain_name: format!("report-yearly-{year}"),
        name: format!("年报（{year}）"),
    })
}
