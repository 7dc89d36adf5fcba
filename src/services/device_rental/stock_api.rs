//! What a county officer may call: open points, add models, take units in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rules::OpenDays;
use super::states::{InUse, UnitState};
use super::store::{self, Model, Point};
use super::terms::Terms;
use super::units::{self, Unit};
use super::views::{PointView, UnitView};
use super::{CODE, codes};
use crate::office::accounts::guards::{CountyOfficer, Worker};
use crate::office::cases::record::codes as case_codes;
use crate::office::frame::Write;
use crate::office::policy::county;
use crate::platform::code;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Created, Operations};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;
use crate::rules::text::{Code, KeyedCode, PlainText};
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        add_point: [code::NOT_FOUND, case_codes::NO_POLICY, codes::TAKEN_NAME],
        add_model: [code::NOT_FOUND, codes::TAKEN_NAME],
        add_unit: [code::NOT_FOUND, codes::TAKEN_NAME],
    );
}

/// The area must lie in the worker's; the county of it comes back. Anything else is 10006.
fn covered(worker: &Worker, area: AreaCode) -> Result<AreaCode> {
    let within = std::iter::once(area).chain(area.ancestors()).find(|a| a.level() == AreaLevel::County);
    let county = within.ok_or_else(Error::not_found)?;
    if worker.covers(Role::CountyOfficer, &county) { Ok(county) } else { Err(Error::not_found()) }
}

/// A new point.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPoint {
    /// Twelve-digit code of its village, town or county.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101101001")]
    area: AreaCode,
    #[schema(value_type = String, min_length = 2, max_length = 60, example = "宋疃镇卫生院")]
    name: PlainText<2, 60>,
    #[schema(value_type = String, min_length = 2, max_length = 120, example = "宋疃镇人民路1号")]
    address: PlainText<2, 120>,
    #[schema(value_type = String, min_length = 3, max_length = 30, example = "0561-0000000")]
    phone: KeyedCode<3, 30>,
    /// Monday is 1; as in the county's policy when it is left out.
    #[schema(example = json!([1, 2, 3, 4, 5]))]
    opening_weekdays: Option<Vec<u8>>,
    /// As in the county's policy when it is left out.
    #[validate(range(min = 1, max = 1000, message = "每天领取人数应为1到1000。"))]
    #[schema(example = 10)]
    pickups_per_day: Option<i64>,
}
form!(NewPoint {
    area: "所在地区",
    name: "网点名称",
    address: "地址",
    phone: "电话",
    opening_weekdays: "开门的日子",
    pickups_per_day: "每天领取人数"
});

impl NewPoint {
    /// The point; what was left out is as in the county's policy.
    fn point(&self, id: Id, county: &AreaCode, terms: &Terms, now: Moment) -> Result<Point> {
        let mut faults = Faults::new();
        let days = OpenDays::new(self.opening_weekdays.as_deref().unwrap_or(&terms.opening_weekdays));
        if days.is_none() {
            faults.push("/opening_weekdays", "开门的日子", "bad_days", "开门的日子不正确。", "请填写1到7，1是周一。");
        }
        faults.settle()?;
        Ok(Point {
            id,
            county: *county,
            area: self.area,
            name: self.name.to_string(),
            address: self.address.to_string(),
            phone: self.phone.to_string(),
            opening_days: days.map(|d| d.text()).unwrap_or_default(),
            pickups_per_day: self.pickups_per_day.unwrap_or(i64::from(terms.pickups_per_day)),
            status: InUse::Open,
            created_at: now,
        })
    }
}

#[utoipa::path(post, path = "/staff/device-rental/points", tag = "device-rental", operation_id = "addRentalPoint", summary = "开设网点",
    description = "在本县（区）开设一个辅具租赁网点。",
    responses((status = 201, description = "已开设")))]
async fn add_point(who: CountyOfficer, call: Write<NewPoint>) -> Result<Created<PointView>> {
    let id = call.app.clock.id();
    let in_county = covered(&who, call.sent.area)?;
    call.once(who.id, move |c, office, sent| {
        let policy = county::current(c, &in_county, CODE, office.today())?.ok_or_else(|| Error::new(&case_codes::NO_POLICY))?;
        let point = sent.point(id, &in_county, &policy.service()?, office.now)?;
        store::add_point(c, &point)?;
        PointView::of(&point)
    })
    .await
}

/// A new model of the catalogue.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewModel {
    /// Twelve-digit code of the county.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    #[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "wheelchair_basic")]
    code: Code<1, 40>,
    #[schema(value_type = String, min_length = 1, max_length = 60, example = "普通轮椅")]
    name: PlainText<1, 60>,
    /// Kind of device; a person has one of a kind at a time.
    #[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "wheelchair")]
    kind: Code<1, 40>,
    /// The picture in words.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "一辆可折叠的手动轮椅")]
    alt_text: PlainText<1, 200>,
    /// No second device of the kind for that long after a hand-out; 0 for no such rule.
    #[validate(range(min = 0, max = 240, message = "使用年限应为0到240个月。"))]
    #[schema(example = 0)]
    service_life_months: i64,
}

impl NewModel {
    fn model(&self, id: Id, county: &AreaCode, now: Moment) -> Model {
        Model {
            id,
            county: *county,
            code: self.code.to_string(),
            name: self.name.to_string(),
            kind: self.kind.to_string(),
            alt_text: self.alt_text.to_string(),
            service_life_months: self.service_life_months,
            status: InUse::Open,
            created_at: now,
        }
    }
}
form!(NewModel {
    county: "县（区）",
    code: "代码",
    name: "名称",
    kind: "类别",
    alt_text: "图片说明",
    service_life_months: "使用年限（月）"
});

/// A model of the catalogue.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ModelView {
    id: Id,
    #[schema(example = "wheelchair_basic")]
    code: String,
    #[schema(example = "普通轮椅")]
    name: String,
    #[schema(example = "wheelchair")]
    kind: String,
}

#[utoipa::path(post, path = "/staff/device-rental/models", tag = "device-rental", operation_id = "addDeviceModel", summary = "增加辅具型号",
    description = "在本县（区）的目录里增加一种辅具。",
    responses((status = 201, description = "已增加")))]
async fn add_model(who: CountyOfficer, call: Write<NewModel>) -> Result<Created<ModelView>> {
    let id = call.app.clock.id();
    let county = covered(&who, call.sent.county)?;
    call.once(who.id, move |c, office, sent| {
        let model = sent.model(id, &county, office.now);
        store::add_model(c, &model)?;
        Ok(ModelView { id, code: model.code.clone(), name: model.name.clone(), kind: model.kind.clone() })
    })
    .await
}

/// A new item.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUnit {
    model_id: Id,
    point_id: Id,
    #[schema(value_type = String, min_length = 1, max_length = 40, example = "LY-0003")]
    asset_tag: KeyedCode<1, 40>,
    #[schema(value_type = String, min_length = 1, max_length = 60, example = "SN20240003")]
    serial: PlainText<1, 60>,
    /// The officer signs that it was inspected and disinfected on arrival; otherwise the keeper does both first.
    #[schema(example = true)]
    inspected_and_disinfected: bool,
}
form!(NewUnit {
    model_id: "型号",
    point_id: "网点",
    asset_tag: "资产标签",
    serial: "序列号",
    inspected_and_disinfected: "已检查、已消毒"
});

impl NewUnit {
    /// The item, ready at once when the officer signs for it.
    fn unit(&self, id: Id, worker: Id, now: Moment) -> Unit {
        let signed = self.inspected_and_disinfected;
        Unit {
            id,
            model_id: self.model_id,
            point_id: self.point_id,
            asset_tag: self.asset_tag.to_string(),
            serial: self.serial.to_string(),
            state: if signed { UnitState::Available } else { UnitState::ToInspect },
            inspected_by: signed.then_some(worker),
            inspected_at: signed.then_some(now),
            disinfected_by: signed.then_some(worker),
            disinfected_at: signed.then_some(now),
            created_at: now,
            version: 1,
        }
    }
}

#[utoipa::path(post, path = "/staff/device-rental/units", tag = "device-rental", operation_id = "addDeviceUnit", summary = "辅具入库",
    description = "登记一件辅具。入库时已检查、已消毒的马上可借，有人排队的先给排队的人。",
    responses((status = 201, description = "已入库")))]
async fn add_unit(who: CountyOfficer, call: Write<NewUnit>) -> Result<Created<UnitView>> {
    let id = call.app.clock.id();
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let point = store::point(c, sent.point_id)?;
        let model = store::model(c, sent.model_id)?;
        let covers = worker.covers(Role::CountyOfficer, &point.county);
        if !covers || point.county != model.county {
            return Err(Error::not_found());
        }
        let unit = sent.unit(id, worker.id, office.now);
        units::admit(c, office, &unit, worker.id)?;
        Ok(UnitView::of(&unit))
    })
    .await
}
