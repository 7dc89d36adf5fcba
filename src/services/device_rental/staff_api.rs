//! What a point keeper may call: loans of the point, hand-out, return, and the steps of a unit.

use actix_web::web;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::desk::{POINT_KEEPER, PointKeeper};
use super::handover::{self, Back};
use super::keeper_lists::{self, LoanFilter};
use super::states::{Condition, LoanState, UnitState, UnitStep};
use super::units::{self, Taken, UnitFilter};
use super::views::{self, KeeperLoanView, UnitView};
use super::{codes, store};
use crate::office::accounts::guards::Worker;
use crate::office::cases::record::codes as case_codes;
use crate::office::frame::{Call, Write};
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::{self, After, Cursor};
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::text::KeyedCode;
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_loans,
        hand_out: [case_codes::CLAIMED, case_codes::CONFLICTED, codes::UNIT_NOT_READY, codes::CODE_UNKNOWN],
        show_loan,
        take_back: [case_codes::CLAIMED, case_codes::CONFLICTED, codes::OTHER_UNIT, codes::NOT_OUT],
        list_units,
        inspect: [codes::UNIT_STEP],
        transfer: [codes::UNIT_STEP],
        step_unit: [codes::UNIT_STEP],
    );
}

/// The points that a worker keeps.
fn kept(worker: &Worker) -> Vec<Id> {
    worker.posts_of(POINT_KEEPER).filter_map(|p| p.point).collect()
}

/// Which loans.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LoanQuestion {
    /// reserved, displaced, out or ended.
    #[param(inline)]
    state: Option<LoanState>,
    /// The open loan of this item, wherever in the county it was lent: what a keeper scans when it is brought back.
    #[param(value_type = Option<String>, min_length = 1, max_length = 40)]
    #[serde(default, deserialize_with = "blank_is_none")]
    asset_tag: Option<KeyedCode<1, 40>>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/staff/device-rental/loans", tag = "device-rental", operation_id = "listPointLoans", summary = "网点的借用",
    description = "您的网点的预约和借用，最新的在前；也可以扫资产标签查在外的那一件。",
    responses((status = 200, description = "一页借用")))]
async fn list_loans(who: PointKeeper, q: Query<LoanQuestion>, call: Call) -> Result<Answer<Page<KeeperLoanView>>> {
    let q = q.0;
    let filter = LoanFilter { points: kept(&who), state: q.state, asset_tag: q.asset_tag.map(KeyedCode::into_string) };
    let name = format!("loans:{}:{filter:?}", who.id);
    call.page(&name, q.limit, q.cursor.as_deref(), move |c, office, after, limit| {
        let rows = keeper_lists::loans(c, &filter, after, limit)?;
        let view = |l: super::loans::Loan| Ok((After { at: l.reserved_at.ms(), id: l.id }, views::for_keeper(c, office, &l)?));
        rows.into_iter().map(view).collect::<Result<Vec<_>>>()
    })
    .await
}

#[utoipa::path(get, path = "/staff/device-rental/loans/{id}", tag = "device-rental", operation_id = "getPointLoan", summary = "查看一次借用",
    description = "您的网点的一次借用，附借用人反映的问题。",
    params(("id" = Id, Path, description = "借用编号")),
    responses((status = 200, description = "借用")))]
async fn show_loan(who: PointKeeper, id: PathId, call: Call) -> Result<Answer<KeeperLoanView>> {
    call.read(move |c, office| {
        let loan = keeper_lists::loan(c, &kept(&who), id.0)?;
        views::for_keeper(c, office, &loan)
    })
    .await
}

/// A hand-out.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOut {
    /// The six digits on the applicant's phone.
    #[schema(value_type = String, min_length = 6, max_length = 6, example = "482913")]
    pickup_code: KeyedCode<6, 6>,
    /// The label of the item that is handed out.
    #[schema(value_type = String, min_length = 1, max_length = 40, example = "LY-0003")]
    asset_tag: KeyedCode<1, 40>,
}
form!(HandOut { pickup_code: "取件码", asset_tag: "资产标签" });

#[utoipa::path(post, path = "/staff/device-rental/loans/actions/hand-out", tag = "device-rental", operation_id = "handOutDevice", summary = "借出辅具",
    description = "核对取件码，登记借出的是哪一件。只有检查和消毒都签过的同款辅具可以借出。",
    responses((status = 200, description = "已借出")))]
async fn hand_out(who: PointKeeper, call: Write<HandOut>) -> Result<Answer<KeeperLoanView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let loan = handover::hand_out(c, office, &worker, &sent.pickup_code, &sent.asset_tag)?;
        views::for_keeper(c, office, &loan)
    })
    .await
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
    #[schema(value_type = String, min_length = 1, max_length = 40, example = "LY-0003")]
    asset_tag: KeyedCode<1, 40>,
    /// Where it came back; a keeper of one point may leave it out.
    point_id: Option<Id>,
}
form!(Return { version: "版本", condition: "归还时的情况", asset_tag: "资产标签", point_id: "归还网点" });

#[utoipa::path(post, path = "/staff/device-rental/loans/{id}/actions/return", tag = "device-rental", operation_id = "takeBackDevice", summary = "收回辅具",
    description = "在本县任何网点归还，办件随即办结；辅具留在本网点，等待检查和消毒。",
    params(("id" = Id, Path, description = "借用编号")),
    responses((status = 200, description = "已收回")))]
async fn take_back(who: PointKeeper, id: PathId, call: Write<Return>) -> Result<Answer<KeeperLoanView>> {
    let worker = who.0;
    let point = call.sent.point_id.or_else(|| kept(&worker).first().copied()).ok_or_else(Error::not_found)?;
    call.once(worker.id, move |c, office, sent| {
        let condition = sent.condition;
        let asset_tag = sent.asset_tag.to_string();
        let back = Back { version: Version(sent.version), condition, asset_tag, point };
        let loan = handover::take_back(c, office, &worker, id.0, &back)?;
        views::for_keeper(c, office, &loan)
    })
    .await
}

/// Which units.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnitQuestion {
    /// One of the keeper's points; all of them when it is left out.
    point_id: Option<Id>,
    /// available, lent, to_inspect, to_disinfect, under_repair, missing or retired.
    #[param(inline)]
    state: Option<UnitState>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/staff/device-rental/units", tag = "device-rental", operation_id = "listPointUnits", summary = "网点的辅具",
    description = "您的网点的每一件辅具和它的状态，最新入库的在前。",
    responses((status = 200, description = "一页辅具")))]
async fn list_units(who: PointKeeper, q: Query<UnitQuestion>, call: Call) -> Result<Answer<Page<UnitView>>> {
    let q = q.0;
    let mut points = kept(&who);
    points.retain(|p| q.point_id.is_none_or(|wanted| wanted == *p));
    let filter = UnitFilter { points, state: q.state };
    let name = format!("units:{}:{filter:?}", who.id);
    call.page(&name, q.limit, q.cursor.as_deref(), move |c, _, after, limit| {
        let rows = units::list(c, &filter, after, limit)?;
        Ok(paging::placed(&rows, rows.iter().map(UnitView::of).collect(), |u| After { at: u.created_at.ms(), id: u.id }))
    })
    .await
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

#[utoipa::path(post, path = "/staff/device-rental/units/{id}/actions/inspect", tag = "device-rental", operation_id = "inspectUnit", summary = "签检查",
    description = "检查合格的等待消毒，不合格的送修。",
    params(("id" = Id, Path, description = "辅具编号")),
    responses((status = 200, description = "已登记")))]
async fn inspect(who: PointKeeper, id: PathId, call: Write<Inspect>) -> Result<Answer<UnitView>> {
    let worker = who.0;
    let step = if call.sent.passed { UnitStep::Inspect } else { UnitStep::FailInspection };
    call.once(worker.id, move |c, office, sent| {
        let unit = units::kept(c, &worker, id.0)?;
        unit.seen(sent.version)?;
        Ok(UnitView::of(&units::take_step(c, office, unit, Taken::by(worker.id, step))?))
    })
    .await
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

#[utoipa::path(post, path = "/staff/device-rental/units/{id}/actions/transfer", tag = "device-rental", operation_id = "transferUnit", summary = "调拨",
    description = "把一件辅具调到本县另一个网点。为别人保留的会换成另一件，没有另一件时会通知本人。",
    params(("id" = Id, Path, description = "辅具编号")),
    responses((status = 200, description = "已调拨")))]
async fn transfer(who: PointKeeper, id: PathId, call: Write<Transfer>) -> Result<Answer<UnitView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let unit = units::kept(c, &worker, id.0)?;
        unit.seen(sent.version)?;
        let from = store::point(c, unit.point_id)?;
        let to = store::point(c, sent.point_id)?;
        if from.county != to.county {
            return Err(Error::not_found());
        }
        if from.id == to.id {
            return Err(Error::new(&codes::UNIT_STEP));
        }
        let taken = Taken { to_point: Some(to.id), ..Taken::by(worker.id, UnitStep::Transfer) };
        Ok(UnitView::of(&units::take_step(c, office, unit, taken)?))
    })
    .await
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

#[utoipa::path(post, path = "/staff/device-rental/units/{id}/actions/{verb}", tag = "device-rental", operation_id = "stepUnit", summary = "登记辅具情况",
    description = "签消毒、送修、修好、报废、登记遗失、找到。检查和消毒都签过才能再借出。",
    params(("id" = Id, Path, description = "辅具编号"), ("verb" = String, Path, description = "disinfect, repair, repaired, retire, report-missing 或 found", example = "disinfect")),
    responses((status = 200, description = "已登记")))]
async fn step_unit(who: PointKeeper, path: web::Path<(String, String)>, call: Write<UnitSeen>) -> Result<Answer<UnitView>> {
    use UnitStep::{Disinfect, Found, Repair, Repaired, ReportMissing, Retire};
    let (id, verb) = path.into_inner();
    let id: Id = id.parse().map_err(|_| Error::not_found())?;
    let known = |s: &UnitStep| matches!(s, Disinfect | Repair | Repaired | Retire | ReportMissing | Found);
    let step = UnitStep::from_code(&verb).filter(known).ok_or_else(Error::not_found)?;
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let unit = units::kept(c, &worker, id)?;
        unit.seen(sent.version)?;
        let unit = match step {
            ReportMissing => handover::report_missing(c, office, &worker, unit)?,
            _ => units::take_step(c, office, unit, Taken::by(worker.id, step))?,
        };
        Ok(UnitView::of(&unit))
    })
    .await
}
