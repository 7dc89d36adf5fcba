//! What a point keeper may call: loans of the point, hand-out, return, and the steps of a unit.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::keeper_lists::{self, LoanFilter};
use super::keeping::{self, Back};
use super::states::{Condition, LoanState, UnitState, UnitStep};
use super::units::{self, Taken, UnitFilter};
use super::views::{self, KeeperLoanView, UnitView};
use super::{faults, store};
use crate::form;
use crate::office::accounts::guards::{PointKeeper, Worker};
use crate::office::cases::service::{Services, Spine};
use crate::platform::app::App;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::paging::{self, After};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::lifecycle::Role;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_loans).service(hand_out).service(one_loan).service(take_back);
    cfg.service(list_units).service(inspect).service(transfer).service(step_unit);
}

/// The points that a worker keeps.
fn kept(worker: &Worker) -> Vec<Id> {
    worker.posts_of(Role::PointKeeper).filter_map(|p| p.point).collect()
}

fn known<T>(code: Option<&str>, from_code: fn(&str) -> Option<T>) -> Result<Option<T>> {
    let Some(code) = code else { return Ok(None) };
    let mut faults = Faults::new();
    let found = from_code(code);
    if found.is_none() {
        faults.push("/state", "状态", "unknown_value", "没有这种状态。", "请从列表中选择。");
    }
    faults.settle().map(|()| found)
}

/// Which loans.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WantedLoans {
    /// reserved, displaced, out or ended.
    state: Option<String>,
    /// The open loan of this item, wherever in the county it was lent: what a keeper scans when it is brought back.
    asset_tag: Option<String>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "device-rental", operation_id = "listPointLoans", summary = "网点的借用",
    description = "您的网点的预约和借用，最新的在前；也可以扫资产标签查在外的那一件。", params(WantedLoans),
    responses((status = 200, description = "一页借用", body = Envelope<Page<KeeperLoanView>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("staff" = ["point_keeper"])))]
#[get("/staff/device-rental/loans")]
async fn list_loans(
    who: PointKeeper,
    q: Query<WantedLoans>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<KeeperLoanView>>> {
    let (spine, limit, q) = (Spine::of(&app, &services), paging::limit(q.0.limit)?, q.0);
    let filter =
        LoanFilter { points: kept(&who), state: known(q.state.as_deref(), LoanState::from_code)?, asset_tag: q.asset_tag };
    let name = format!("loans:{}:{filter:?}", who.id);
    let after = paging::open(&app, &name, q.cursor.as_deref())?;
    let rows = app.db.read(move |c| {
        let rows = keeper_lists::loans(c, &filter, after, limit)?;
        let view = |l: super::loans::Loan| Ok((After { at: l.reserved_at, id: l.id }, views::for_keeper(c, &spine, &l)?));
        rows.into_iter().map(view).collect::<Result<Vec<_>>>()
    });
    let (rows, next_cursor) = paging::cut(&app, &name, rows.await?, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, v)| v).collect(), next_cursor }))
}

#[utoipa::path(tag = "device-rental", operation_id = "getPointLoan", summary = "查看一次借用",
    description = "您的网点的一次借用，附借用人反映的问题。", params(("id" = Id, Path, description = "借用编号")),
    responses((status = 200, description = "借用", body = Envelope<KeeperLoanView>)), security(("staff" = ["point_keeper"])))]
#[get("/staff/device-rental/loans/{id}")]
async fn one_loan(
    who: PointKeeper,
    id: PathId,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<KeeperLoanView>> {
    let spine = Spine::of(&app, &services);
    let found = app.db.read(move |c| {
        let loan = keeper_lists::loan(c, &kept(&who), id.0)?;
        views::for_keeper(c, &spine, &loan)
    });
    Ok(Answer::ok(found.await?))
}

/// A hand-out.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOut {
    /// The six digits on the applicant's phone.
    #[validate(length(equal = 6, message = "取件码是六位数字。"))]
    #[schema(example = "482913")]
    pickup_code: String,
    /// The label of the item that is handed out.
    #[validate(length(min = 1, max = 40, message = "请扫描或填写资产标签。"))]
    #[schema(example = "LY-0003")]
    asset_tag: String,
}
form!(HandOut { pickup_code: "取件码", asset_tag: "资产标签" });

#[utoipa::path(tag = "device-rental", operation_id = "handOutDevice", summary = "借出辅具",
    description = "核对取件码，登记借出的是哪一件。只有检查和消毒都签过的同款辅具可以借出。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = HandOut,
    responses((status = 200, description = "已借出", body = Envelope<KeeperLoanView>),
        (status = 409, description = "30002 这件现在不能借出；20004 同事已领取", body = Failure)), security(("staff" = ["point_keeper"])))]
#[post("/staff/device-rental/loans/actions/hand-out")]
async fn hand_out(
    who: PointKeeper,
    once: Once,
    body: Body<HandOut>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<KeeperLoanView>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let loan = keeping::hand_out(c, &spine, &worker, &sent.pickup_code, &sent.asset_tag)?;
        views::for_keeper(c, &spine, &loan)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// A return.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Return {
    /// The version that was seen.
    #[schema(example = 6)]
    version: i64,
    #[schema(inline, example = "good")]
    condition: Condition,
    /// The label of the item that came back.
    #[validate(length(min = 1, max = 40, message = "请扫描或填写资产标签。"))]
    #[schema(example = "LY-0003")]
    asset_tag: String,
    /// Where it came back; a keeper of one point may leave it out.
    point_id: Option<Id>,
}
form!(Return { version: "版本", condition: "归还时的情况", asset_tag: "资产标签", point_id: "归还网点" });

#[utoipa::path(tag = "device-rental", operation_id = "takeBackDevice", summary = "收回辅具",
    description = "在本县任何网点归还，办件随即办结；辅具留在本网点，等待检查和消毒。",
    params(("id" = Id, Path, description = "借用编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Return,
    responses((status = 200, description = "已收回", body = Envelope<KeeperLoanView>),
        (status = 409, description = "10030 版本过期；20004 同事已领取；30012 没有借出", body = Failure)), security(("staff" = ["point_keeper"])))]
#[post("/staff/device-rental/loans/{id}/actions/return")]
async fn take_back(
    who: PointKeeper,
    once: Once,
    id: PathId,
    body: Body<Return>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<KeeperLoanView>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let point = sent.point_id.or_else(|| kept(&worker).first().copied()).ok_or_else(Error::not_found)?;
    let back = Back { version: sent.version, condition: sent.condition, asset_tag: sent.asset_tag, point };
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let loan = keeping::take_back(c, &spine, &worker, id.0, &back)?;
        views::for_keeper(c, &spine, &loan)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// Which units.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WantedUnits {
    /// One of the keeper's points; all of them when it is left out.
    point_id: Option<Id>,
    /// available, lent, to_inspect, to_disinfect, under_repair, missing or retired.
    state: Option<String>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "device-rental", operation_id = "listPointUnits", summary = "网点的辅具",
    description = "您的网点的每一件辅具和它的状态，最新入库的在前。", params(WantedUnits),
    responses((status = 200, description = "一页辅具", body = Envelope<Page<UnitView>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("staff" = ["point_keeper"])))]
#[get("/staff/device-rental/units")]
async fn list_units(who: PointKeeper, q: Query<WantedUnits>, app: web::Data<App>) -> Result<Answer<Page<UnitView>>> {
    let (limit, q) = (paging::limit(q.0.limit)?, q.0);
    let mut points = kept(&who);
    points.retain(|p| q.point_id.is_none_or(|wanted| wanted == *p));
    let filter = UnitFilter { points, state: known(q.state.as_deref(), UnitState::from_code)? };
    let name = format!("units:{}:{filter:?}", who.id);
    let after = paging::open(&app, &name, q.cursor.as_deref())?;
    let rows = app.db.read(move |c| units::list(c, &filter, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |u| After { at: u.created_at, id: u.id })?;
    Ok(Answer::ok(Page { items: rows.iter().map(UnitView::of).collect(), next_cursor }))
}

/// The result of an inspection.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Inspect {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
    /// The item is safe to use; otherwise it goes to repair.
    #[schema(example = true)]
    passed: bool,
}
form!(Inspect { version: "版本", passed: "检查结果" });

#[utoipa::path(tag = "device-rental", operation_id = "inspectUnit", summary = "签检查",
    description = "检查合格的等待消毒，不合格的送修。",
    params(("id" = Id, Path, description = "辅具编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Inspect,
    responses((status = 200, description = "已登记", body = Envelope<UnitView>),
        (status = 409, description = "10030 版本过期；30013 现在不能这样办理", body = Failure)), security(("staff" = ["point_keeper"])))]
#[post("/staff/device-rental/units/{id}/actions/inspect")]
async fn inspect(
    who: PointKeeper,
    once: Once,
    id: PathId,
    body: Body<Inspect>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<UnitView>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let step = if sent.passed { UnitStep::Inspect } else { UnitStep::FailInspection };
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let unit = units::kept(c, &worker, id.0)?;
        unit.seen(sent.version)?;
        Ok(UnitView::of(&units::take(c, &spine, unit, Taken::by(worker.id, step))?))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// A transfer.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
    /// The point of the same county to which it goes.
    point_id: Id,
}
form!(Transfer { version: "版本", point_id: "调往网点" });

#[utoipa::path(tag = "device-rental", operation_id = "transferUnit", summary = "调拨",
    description = "把一件辅具调到本县另一个网点。为别人保留的会换成另一件，没有另一件时会通知本人。",
    params(("id" = Id, Path, description = "辅具编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Transfer,
    responses((status = 200, description = "已调拨", body = Envelope<UnitView>),
        (status = 409, description = "10030 版本过期；30013 现在不能调拨", body = Failure)), security(("staff" = ["point_keeper"])))]
#[post("/staff/device-rental/units/{id}/actions/transfer")]
async fn transfer(
    who: PointKeeper,
    once: Once,
    id: PathId,
    body: Body<Transfer>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<UnitView>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let unit = units::kept(c, &worker, id.0)?;
        unit.seen(sent.version)?;
        let (from, to) = (store::point(c, unit.point_id)?, store::point(c, sent.point_id)?);
        if from.county != to.county {
            return Err(Error::not_found());
        }
        if from.id == to.id {
            return Err(Error::new(&faults::UNIT_STEP));
        }
        let taken = Taken { to_point: Some(to.id), ..Taken::by(worker.id, UnitStep::Transfer) };
        Ok(UnitView::of(&units::take(c, &spine, unit, taken)?))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// A step on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnitSeen {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
}
form!(UnitSeen { version: "版本" });

#[utoipa::path(tag = "device-rental", operation_id = "stepUnit", summary = "登记辅具情况",
    description = "签消毒、送修、修好、报废、登记遗失、找到。检查和消毒都签过才能再借出。",
    params(("id" = Id, Path, description = "辅具编号"),
        ("verb" = String, Path, description = "disinfect, repair, repaired, retire, report-missing 或 found", example = "disinfect"),
        ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = UnitSeen,
    responses((status = 200, description = "已登记", body = Envelope<UnitView>),
        (status = 409, description = "10030 版本过期；30013 现在不能这样办理", body = Failure)), security(("staff" = ["point_keeper"])))]
#[post("/staff/device-rental/units/{id}/actions/{verb}")]
async fn step_unit(
    who: PointKeeper,
    once: Once,
    path: web::Path<(String, String)>,
    body: Body<UnitSeen>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<UnitView>> {
    use UnitStep::{Disinfect, Found, Repair, Repaired, ReportMissing, Retire};
    let (id, verb) = path.into_inner();
    let id: Id = id.parse().map_err(|_| Error::not_found())?;
    let known = |s: &UnitStep| matches!(s, Disinfect | Repair | Repaired | Retire | ReportMissing | Found);
    let step = UnitStep::from_code(&verb).filter(known).ok_or_else(Error::not_found)?;
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let unit = units::kept(c, &worker, id)?;
        unit.seen(sent.version)?;
        let unit = match step {
            ReportMissing => keeping::report_missing(c, &spine, &worker, unit)?,
            _ => units::take(c, &spine, unit, Taken::by(worker.id, step))?,
        };
        Ok(UnitView::of(&unit))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
