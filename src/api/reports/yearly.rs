//! The yearly report as JSON and as a workbook, for those who answer for an area.

use serde::Serialize;
use utoipa::ToSchema;

use super::xlsx::Heading;
use crate::office::accounts::guards::AreaOverseer;
use crate::office::cases::service::figures::{ReportTable, Scope};
use crate::office::frame::Call;
use crate::office::reports::scope::YearQuestion;
use crate::office::reports::yearly;
use crate::operations;
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
async fn get_yearly(who: AreaOverseer, q: Query<YearQuestion>, call: Call) -> Result<Answer<Yearly>> {
    let scope = Scope::of_year(&who, &call.office, &q.0)?;
    call.read(move |c, office| Ok(Yearly { year: scope.year(), tables: yearly::tables(c, office, &scope)? })).await
}

#[utoipa::path(get, path = "/staff/reports/yearly/xlsx", tag = "reports", operation_id = "downloadYearlyReport", summary = "统计：下载年报电子表格",
    description = "年报的 XLSX 电子表格，每张表一页，写明统计口径和生成时间。",
    responses((status = 200, description = "XLSX 文件")))]
async fn download_yearly(who: AreaOverseer, q: Query<YearQuestion>, call: Call) -> Result<Download> {
    let scope = Scope::of_year(&who, &call.office, &q.0)?;
    let year = scope.year();
    let heading = Heading { label: "年报", days: format!("{year}年"), by: who.0.name };
    let made = call.found(move |c, office| {
        let notes = heading.notes(c, office, &scope)?;
        Ok((notes, yearly::tables(c, office, &scope)?.iter().map(ReportTable::sheet).collect()))
    });
    let (notes, tables) = made.await?;
    Ok(Download {
        xlsx: sheets::write(notes, tables).await?,
        plain_name: format!("report-yearly-{year}"),
        name: format!("年报（{year}）"),
    })
}
