//! Each report as JSON, for those who answer for an area.

use serde::Serialize;

use crate::office::accounts::guards::AreaOverseer;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::Scope;
use crate::office::frame::Call;
use crate::office::reports::ages::{self, Ages};
use crate::office::reports::desk_times::{self, DeskTimes};
use crate::office::reports::returns::{self, Returns};
use crate::office::reports::satisfaction::{self, Satisfaction};
use crate::office::reports::scope::{ReportQuestion, ReportQuestionNow};
use crate::office::reports::volumes::{self, Volumes};
use crate::office::reports::workload::{self, Workload};
use crate::operations;
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Operations, Query};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        get_volumes: [code::NOT_FOUND],
        get_ages: [code::NOT_FOUND],
        get_returns: [code::NOT_FOUND],
        get_desks: [code::NOT_FOUND],
        get_workload: [code::NOT_FOUND],
        get_satisfaction: [code::NOT_FOUND],
    );
}

/// One report, as far as its caller sees.
async fn counted<T: Serialize + Send + 'static>(
    who: AreaOverseer,
    question: ReportQuestion,
    call: Call,
    count: fn(&mut AnyConn, &Office, &Scope) -> Result<T>,
) -> Result<Answer<T>> {
    let scope = Scope::of(&who, &call.office, &question)?;
    call.read(move |c, office| count(c, office, &scope)).await
}

#[utoipa::path(get, path = "/staff/reports/volumes", tag = "reports", operation_id = "getVolumeReport", summary = "统计：办件量",
    description = "一段时间里开始填写、提交、受理、批准、不予受理或批准、申诉、办结、撤回、终止的件次，按事项和月份列出。按办理记录的日期（北京时间）计算。",
    responses((status = 200, description = "件次")))]
async fn get_volumes(who: AreaOverseer, q: Query<ReportQuestion>, call: Call) -> Result<Answer<Volumes>> {
    counted(who, q.0, call, volumes::count).await
}

#[utoipa::path(get, path = "/staff/reports/ages", tag = "reports", operation_id = "getAgeReport", summary = "统计：在办时长",
    description = "现在在各窗口办理的件，按期限情况和提交以来的工作日数列出。口径与待办列表相同。",
    responses((status = 200, description = "在办件数")))]
async fn get_ages(who: AreaOverseer, q: Query<ReportQuestionNow>, call: Call) -> Result<Answer<Ages>> {
    counted(who, q.0.into(), call, ages::count).await
}

#[utoipa::path(get, path = "/staff/reports/returns", tag = "reports", operation_id = "getReturnReport", summary = "统计：退回原因",
    description = "一段时间里要求补正、不予受理或批准、退回下级的原因和次数，以及这段时间提交的件里被退回过的比例。",
    responses((status = 200, description = "原因和比例")))]
async fn get_returns(who: AreaOverseer, q: Query<ReportQuestion>, call: Call) -> Result<Answer<Returns>> {
    counted(who, q.0, call, returns::count).await
}

#[utoipa::path(get, path = "/staff/reports/desks", tag = "reports", operation_id = "getDeskReport", summary = "统计：窗口用时",
    description = "一段时间里离开窗口的件在窗口停留的工作日（中位数和90%以内），不含补正、公示和暂缓的日子。",
    responses((status = 200, description = "窗口用时")))]
async fn get_desks(who: AreaOverseer, q: Query<ReportQuestion>, call: Call) -> Result<Answer<DeskTimes>> {
    counted(who, q.0, call, desk_times::count).await
}

#[utoipa::path(get, path = "/staff/reports/workload", tag = "reports", operation_id = "getWorkloadReport", summary = "统计：工作量",
    description = "每名工作人员手上的件数、一段时间里办理的件次、被下一环节退回的次数。负责人和系统管理员能看到姓名，其他人看不到。",
    responses((status = 200, description = "工作量")))]
async fn get_workload(who: AreaOverseer, q: Query<ReportQuestion>, call: Call) -> Result<Answer<Workload>> {
    counted(who, q.0, call, workload::count).await
}

#[utoipa::path(get, path = "/staff/reports/satisfaction", tag = "reports", operation_id = "getSatisfactionReport", summary = "统计：满意度",
    description = "一段时间里的评价，按事项和月份列出，附差评整改的件数。",
    responses((status = 200, description = "评价")))]
async fn get_satisfaction(who: AreaOverseer, q: Query<ReportQuestion>, call: Call) -> Result<Answer<Satisfaction>> {
    counted(who, q.0, call, satisfaction::count).await
}
