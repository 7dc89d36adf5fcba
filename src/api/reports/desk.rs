//! Each report as JSON, for those who answer for an area.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::accounts::guards::AreaOverseer;
use crate::office::cases::service::{Services, Spine};
use crate::office::reports::ages::{self, Ages};
use crate::office::reports::desk_times::{self, DeskTimes};
use crate::office::reports::returns::{self, Returns};
use crate::office::reports::satisfaction::{self, Satisfaction};
use crate::office::reports::scope::{Scope, Wanted, WantedNow};
use crate::office::reports::volumes::{self, Volumes};
use crate::office::reports::workload::{self, Workload};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Envelope, Failure, Query};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_volumes).service(get_ages).service(get_returns).service(get_desks);
    cfg.service(get_workload).service(get_satisfaction);
}

#[utoipa::path(tag = "reports", operation_id = "getVolumeReport", summary = "统计：办件量",
    description = "一段时间里开始填写、提交、受理、批准、不予受理或批准、申诉、办结、撤回、终止的件次，按事项和月份列出。按办理记录的日期（北京时间）计算。", params(Wanted),
    responses((status = 200, description = "件次", body = Envelope<Volumes>),
        (status = 404, description = "10006 不是您的辖区", body = Failure)),
    security(("staff" = ["county_officer", "city_officer", "administrator", "auditor"])))]
#[get("/staff/reports/volumes")]
async fn get_volumes(
    who: AreaOverseer,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Volumes>> {
    let spine = Spine::of(&app, &services);
    let scope = Scope::of(&who, &spine, &q.0)?;
    Ok(Answer::ok(app.db.read(move |c| volumes::count(c, &spine, &scope)).await?))
}

#[utoipa::path(tag = "reports", operation_id = "getAgeReport", summary = "统计：在办时长",
    description = "现在在各窗口办理的件，按期限情况和提交以来的工作日数列出。口径与待办列表相同。", params(WantedNow),
    responses((status = 200, description = "在办件数", body = Envelope<Ages>),
        (status = 404, description = "10006 不是您的辖区", body = Failure)),
    security(("staff" = ["county_officer", "city_officer", "administrator", "auditor"])))]
#[get("/staff/reports/ages")]
async fn get_ages(
    who: AreaOverseer,
    q: Query<WantedNow>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Ages>> {
    let spine = Spine::of(&app, &services);
    let scope = Scope::of(&who, &spine, &q.0.into())?;
    Ok(Answer::ok(app.db.read(move |c| ages::count(c, &spine, &scope)).await?))
}

#[utoipa::path(tag = "reports", operation_id = "getReturnReport", summary = "统计：退回原因",
    description = "一段时间里要求补正、不予受理或批准、退回下级的原因和次数，以及这段时间提交的件里被退回过的比例。", params(Wanted),
    responses((status = 200, description = "原因和比例", body = Envelope<Returns>),
        (status = 404, description = "10006 不是您的辖区", body = Failure)),
    security(("staff" = ["county_officer", "city_officer", "administrator", "auditor"])))]
#[get("/staff/reports/returns")]
async fn get_returns(
    who: AreaOverseer,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Returns>> {
    let spine = Spine::of(&app, &services);
    let scope = Scope::of(&who, &spine, &q.0)?;
    Ok(Answer::ok(app.db.read(move |c| returns::count(c, &spine, &scope)).await?))
}

#[utoipa::path(tag = "reports", operation_id = "getDeskReport", summary = "统计：窗口用时",
    description = "一段时间里离开窗口的件在窗口停留的工作日（中位数和90%以内），不含补正、公示和暂缓的日子。", params(Wanted),
    responses((status = 200, description = "窗口用时", body = Envelope<DeskTimes>),
        (status = 404, description = "10006 不是您的辖区", body = Failure)),
    security(("staff" = ["county_officer", "city_officer", "administrator", "auditor"])))]
#[get("/staff/reports/desks")]
async fn get_desks(
    who: AreaOverseer,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<DeskTimes>> {
    let spine = Spine::of(&app, &services);
    let scope = Scope::of(&who, &spine, &q.0)?;
    Ok(Answer::ok(app.db.read(move |c| desk_times::count(c, &spine, &scope)).await?))
}

#[utoipa::path(tag = "reports", operation_id = "getWorkloadReport", summary = "统计：工作量",
    description = "每名工作人员手上的件数、一段时间里办理的件次、被下一环节退回的次数。负责人和系统管理员能看到姓名，其他人看不到。", params(Wanted),
    responses((status = 200, description = "工作量", body = Envelope<Workload>),
        (status = 404, description = "10006 不是您的辖区", body = Failure)),
    security(("staff" = ["county_officer", "city_officer", "administrator", "auditor"])))]
#[get("/staff/reports/workload")]
async fn get_workload(
    who: AreaOverseer,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Workload>> {
    let spine = Spine::of(&app, &services);
    let scope = Scope::of(&who, &spine, &q.0)?;
    Ok(Answer::ok(app.db.read(move |c| workload::count(c, &spine, &scope)).await?))
}

#[utoipa::path(tag = "reports", operation_id = "getSatisfactionReport", summary = "统计：满意度",
    description = "一段时间里的评价，按事项和月份列出，附差评整改的件数。", params(Wanted),
    responses((status = 200, description = "评价", body = Envelope<Satisfaction>),
        (status = 404, description = "10006 不是您的辖区", body = Failure)),
    security(("staff" = ["county_officer", "city_officer", "administrator", "auditor"])))]
#[get("/staff/reports/satisfaction")]
async fn get_satisfaction(
    who: AreaOverseer,
    q: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Satisfaction>> {
    let spine = Spine::of(&app, &services);
    let scope = Scope::of(&who, &spine, &q.0)?;
    Ok(Answer::ok(app.db.read(move |c| satisfaction::count(c, &spine, &scope)).await?))
}
