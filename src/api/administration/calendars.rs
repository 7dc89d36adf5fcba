//! Working days for the administrator: the years on record, what a notice would change, and the import.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::Administrator;
use crate::office::administration::events::{Change, Event};
use crate::office::administration::{codes, scope};
use crate::office::alarms::recount;
use crate::office::frame::{Call, Write};
use crate::office::policy::calendar::{self, CalendarPlan};
use crate::operations;
use crate::platform::error::Result;
use crate::platform::http::{Answer, CsvBody, Operations};
use crate::rules::calendar::CalendarDay;

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        on_record,
        preview: [codes::NOT_WHOLE],
        import: [codes::NOT_WHOLE],
    );
}

/// Which years are on record.
#[derive(Serialize, ToSchema)]
struct CalendarYears {
    years: Vec<YearOnRecord>,
    /// What to say while this or the next year is missing.
    #[schema(example = "2027 年的放假安排还没有录入，期限暂按周一至周五计算，录入后可能会变。")]
    warning: Option<String>,
}

/// A year whose notice is loaded.
#[derive(Serialize, ToSchema)]
struct YearOnRecord {
    #[schema(example = 2026)]
    year: i32,
    /// Title of the notice.
    source: String,
}

#[utoipa::path(get, path = "/staff/admin/calendars", tag = "administration", operation_id = "listCalendarYears", summary = "已录入的放假安排",
    description = "哪些年份的放假安排已经录入；今年或明年的还没有录入时给出提醒。年份数量有限，一次列全。",
    responses((status = 200, description = "年份")))]
async fn on_record(_: Administrator, call: Call) -> Result<Answer<CalendarYears>> {
    call.read(|c, office| {
        let today = office.today();
        let next = NaiveDate::from_ymd_opt(today.year().saturating_add(1), 12, 31).unwrap_or(today);
        let years = calendar::years(c)?.into_iter();
        Ok(CalendarYears {
            years: years.map(|(year, source)| YearOnRecord { year, source }).collect(),
            warning: calendar::missing_warning(&calendar::load(c)?, today, next),
        })
    })
    .await
}

/// What a notice changes.
#[derive(Serialize, Deserialize, ToSchema)]
struct CalendarChange {
    #[schema(example = json!([2027]))]
    years: Vec<i32>,
    /// Title of the notice, from the file's first line.
    source: String,
    /// Days that are new or differ.
    set: Vec<NoticedDay>,
    /// Days that the notice does not name any more.
    removed: Vec<NoticedDay>,
}

/// A day that a notice names.
#[derive(Serialize, Deserialize, ToSchema)]
struct NoticedDay {
    #[schema(example = "2027-02-06", format = Date)]
    date: String,
    working: bool,
    #[schema(example = "春节")]
    name: String,
}

impl CalendarChange {
    fn of(plan: CalendarPlan) -> CalendarChange {
        let days = |list: Vec<CalendarDay>| -> Vec<NoticedDay> {
            let day = |d: CalendarDay| NoticedDay { date: d.date.to_string(), working: d.is_working_day, name: d.name };
            list.into_iter().map(day).collect()
        };
        CalendarChange { years: plan.years, source: plan.source, set: days(plan.set), removed: days(plan.removed) }
    }
}

#[utoipa::path(post, path = "/staff/admin/calendars/preview", tag = "administration", operation_id = "previewCalendar", summary = "预览放假安排导入",
    description = "检查 CSV 文件并列出会改动哪些日子，不作任何改动。列为 date,working,name，第一行用 # 注明国务院办公厅通知的文号，UTF-8。",
    responses((status = 200, description = "会改动什么")))]
async fn preview(who: Administrator, file: CsvBody, call: Call) -> Result<Answer<CalendarChange>> {
    call.read(move |c, _| {
        let plan = calendar::plan(c, &file.text)?;
        scope::whole_installation(c, &who)?;
        Ok(CalendarChange::of(plan))
    })
    .await
}

#[utoipa::path(post, path = "/staff/admin/calendars/import", tag = "administration", operation_id = "importCalendar", summary = "导入放假安排",
    description = "与预览同样的检查和同样的列（date,working,name）；整份导入，代替这一年原来的安排；正在办理的办件和群众反映随后重新计算期限。",
    responses((status = 200, description = "改动了什么")))]
async fn import(who: Administrator, call: Write<CsvBody>) -> Result<Answer<CalendarChange>> {
    call.once(who.id, move |c, office, file| {
        let now = office.now;
        let plan = calendar::plan(c, &file.text)?;
        scope::whole_installation(c, &who)?;
        let imported: Vec<String> = calendar::import(c, &file.text, now)?.iter().map(i32::to_string).collect();
        // The limits of running cases are counted anew by the worker.
        recount::order(c, &office.keys, now)?;
        let said = format!("{}，改动 {} 天", plan.source, plan.set.len().saturating_add(plan.removed.len()));
        Event::new(now, Some(who.id), Change::CalendarImported, imported.join("、"), None).words(None, said).record(c)?;
        Ok(CalendarChange::of(plan))
    })
    .await
}
