//! What an applicant may call: what is free where, a draft with its sections, the loan, extension, trouble.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::availability::{self, Stock};
use super::sections::{CHOICE, CONTACT, Choice, Contact};
use super::states::{Delivery, Trouble};
use super::views::{self, PointView, RentalView};
use super::{begin, handover, store};
use crate::office::accounts::guards::{Caller, Filer, Resident};
use crate::office::cases::filing::drafts;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::showing::views::{CaseView, full};
use crate::office::frame::{Call, Save, Write};
use crate::platform::code;
use crate::platform::error::{Detail, Faults, Result};
use crate::platform::http::{Answer, Created, List, Nullable, Operations, PathId, Query};
use crate::platform::id::Id;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;
use crate::services::device_rental::faults as device_rental_codes;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        points,
        free,
        draft: [code::NOT_FOUND, case_codes::ALREADY_LIVE, case_codes::NO_POLICY],
        read_rental,
        read_choice,
        save_choice: [case_codes::NOT_EDITABLE],
        read_contact,
        save_contact: [case_codes::NOT_EDITABLE],
        extend: [device_rental_codes::SOMEBODY_WAITS, device_rental_codes::NO_EXTENSION, device_rental_codes::NOT_OUT],
        report: [device_rental_codes::NOT_OUT],
    );
}

/// In which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InCounty {
    /// Twelve-digit code of the county.
    #[param(example = "990101000000")]
    county: String,
}

#[utoipa::path(get, path = "/device-rental/points", tag = "device-rental", operation_id = "listRentalPoints", summary = "辅具租赁网点",
    description = "一个县（区）的网点：地址、电话和开门的日子。一个县的网点不多，一次全部列出。",
    responses((status = 200, description = "网点")))]
async fn points(_who: Caller, q: Query<InCounty>, call: Call) -> Result<Answer<List<PointView>>> {
    call.read(move |c, _| store::points(c, &q.0.county)?.iter().map(PointView::of).collect::<Result<Vec<_>>>().map(List)).await
}

/// Of which county and model.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Twelve-digit code of the county.
    #[param(example = "990101000000")]
    county: String,
    /// Only this model.
    model: Option<Id>,
}

#[utoipa::path(get, path = "/device-rental/availability", tag = "device-rental", operation_id = "getDeviceAvailability", summary = "哪里有空闲的辅具",
    description = "每个网点每种辅具现在有几件可以预约、几人排队，数字准确。一个县的网点和辅具种类不多，一次全部列出。",
    responses((status = 200, description = "各网点的辅具")))]
async fn free(_who: Caller, q: Query<Wanted>, call: Call) -> Result<Answer<List<Stock>>> {
    call.read(move |c, _| availability::of_county(c, &q.0.county, q.0.model).map(List)).await
}

/// For whom a device is borrowed.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// One of `GET /me/persons`.
    person_id: Id,
}
form!(Begin { person_id: "借用人" });

#[utoipa::path(post, path = "/device-rental/drafts", tag = "device-rental", operation_id = "beginDeviceRental", summary = "开始借辅具",
    description = "为本人或者您可以代办的人开始一份借用申请，可以随时接着填。",
    responses((status = 201, description = "草稿")))]
async fn draft(who: Filer, call: Write<Begin>) -> Result<Created<CaseView>> {
    let id = call.app.clock.id();
    call.once(who.id(), move |c, spine, sent| {
        let case = begin::draft(c, spine, id, &who, sent.person_id)?;
        full(c, spine, &case, Some(&Actor::from(&who)))
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/cases/{id}", tag = "device-rental", operation_id = "getDeviceRental", summary = "查看借用",
    description = "申请内容、办理情况；预约成功后有取件码和保留到哪天，领取后有归还日期。取件码只给申请人看。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "借用")))]
async fn read_rental(who: Filer, id: PathId, call: Call) -> Result<Answer<RentalView>> {
    call.read(move |c, spine| {
        let case = handover::own_case(c, &who, id.0, spine.now)?;
        views::rental(c, spine, &case, &Actor::from(&who))
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/cases/{id}/sections/choice", tag = "device-rental", operation_id = "getDeviceRentalChoice", summary = "辅具和领取时间",
    description = "已经保存的内容和版本；还没有保存时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存的内容")))]
async fn read_choice(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<views::ChoiceView>>> {
    call.read(move |c, spine| {
        let case = handover::own_case(c, &who, id.0, spine.now)?;
        views::choice(c, spine, &case).map(Nullable)
    })
    .await
}

/// Which device, where and when.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveChoice {
    /// The version that was seen; 0 for the first time.
    #[schema(example = 0)]
    version: i64,
    /// One of `GET /device-rental/points`.
    point_id: Id,
    /// A model of `GET /device-rental/availability`.
    model_id: Id,
    /// Day of pickup.
    #[schema(example = "2026-11-23")]
    pickup_on: String,
}
form!(SaveChoice { version: "版本", point_id: "网点", model_id: "辅具", pickup_on: "领取日期" });

/// A day as typed; what is no day is noted.
pub(super) fn day(text: &str, field: &str, label: &str, faults: &mut Faults) -> NaiveDate {
    text.parse().unwrap_or_else(|_| {
        faults.push(field, label, "bad_date", "日期不正确。", "请填写年-月-日，例如 2026-11-23。");
        NaiveDate::default()
    })
}

#[utoipa::path(put, path = "/device-rental/cases/{id}/sections/choice", tag = "device-rental", operation_id = "saveDeviceRentalChoice", summary = "保存辅具和领取时间",
    description = "选择网点、辅具和领取日期。提交之前都可以改。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_choice(who: Filer, id: PathId, call: Save<SaveChoice>) -> Result<Answer<Nullable<views::ChoiceView>>> {
    let mut faults = Faults::new();
    let pickup_on = day(&call.sent.pickup_on, "/pickup_on", "领取日期", &mut faults);
    faults.settle()?;
    let choice = Choice { point_id: call.sent.point_id, model_id: call.sent.model_id, pickup_on };
    call.save(move |c, spine, sent| {
        let case = handover::own_case(c, &who, id.0, spine.now)?;
        drafts::save(c, spine, &case, CHOICE, sent.version, &choice)?;
        views::choice(c, spine, &case).map(Nullable)
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/cases/{id}/sections/contact", tag = "device-rental", operation_id = "getDeviceRentalContact", summary = "联系方式",
    description = "已经保存的内容和版本；还没有保存时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存的内容")))]
async fn read_contact(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<views::ContactView>>> {
    call.read(move |c, spine| {
        let case = handover::own_case(c, &who, id.0, spine.now)?;
        views::contact(c, spine, &case).map(Nullable)
    })
    .await
}

/// Whom to call, and how the device comes.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveContact {
    /// The version that was seen; 0 for the first time.
    #[schema(example = 0)]
    version: i64,
    #[schema(example = "王小明")]
    name: String,
    #[schema(example = "13800000000")]
    phone: String,
    #[schema(inline, example = "pickup")]
    delivery: Delivery,
    /// Where to bring it, or what to know; needed for delivery at home.
    #[validate(length(max = 300, message = "最多写300个字。"))]
    #[schema(example = "家住三楼，没有电梯。")]
    note: Option<String>,
}
form!(SaveContact { version: "版本", name: "联系人", phone: "手机号", delivery: "领取方式", note: "说明" });

/// A contact as typed; what is wrong is noted, in the order of the form, under `root`.
pub(super) fn parsed_contact(
    name: &str,
    phone: &str,
    delivery: Delivery,
    note: Option<&str>,
    root: &str,
    faults: &mut Faults,
) -> Contact {
    let name = PersonName::parse(name).map(|n| n.reveal().to_owned()).unwrap_or_else(|e| {
        faults.add(Detail::new(&format!("{root}/name"), "联系人", e.code(), e.reason(), e.suggestion()));
        String::new()
    });
    let phone = PhoneNumber::parse(phone).map(|p| p.reveal().to_owned()).unwrap_or_else(|e| {
        faults.add(Detail::new(&format!("{root}/phone"), "手机号", e.code(), e.reason(), e.suggestion()));
        String::new()
    });
    let note = note.map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned);
    if delivery == Delivery::Home && note.is_none() {
        let (reason, way) = ("送货上门需要地址。", "请在说明里写明送到哪里。");
        faults.add(Detail::new(&format!("{root}/note"), "说明", "required", reason, way));
    }
    Contact { name, phone, delivery, note }
}

#[utoipa::path(put, path = "/device-rental/cases/{id}/sections/contact", tag = "device-rental", operation_id = "saveDeviceRentalContact", summary = "保存联系方式",
    description = "联系人、手机号，自取还是送货上门。提交之前都可以改。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_contact(who: Filer, id: PathId, call: Save<SaveContact>) -> Result<Answer<Nullable<views::ContactView>>> {
    let mut faults = Faults::new();
    let contact =
        parsed_contact(&call.sent.name, &call.sent.phone, call.sent.delivery, call.sent.note.as_deref(), "", &mut faults);
    faults.settle()?;
    call.save(move |c, spine, sent| {
        let case = handover::own_case(c, &who, id.0, spine.now)?;
        drafts::save(c, spine, &case, CONTACT, sent.version, &contact)?;
        views::contact(c, spine, &case).map(Nullable)
    })
    .await
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Extend {
    /// The version that was seen.
    #[schema(example = 5)]
    version: i64,
}
form!(Extend { version: "版本" });

#[utoipa::path(post, path = "/device-rental/cases/{id}/extension", tag = "device-rental", operation_id = "extendDeviceLoan", summary = "申请延期",
    description = "还要用的，可以在归还日期之前延长。有人在排队时不能延长。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已延长")))]
async fn extend(who: Filer, id: PathId, call: Write<Extend>) -> Result<Answer<RentalView>> {
    call.once(who.id(), move |c, spine, sent| {
        let case = handover::extend(c, spine, &who, id.0, sent.version)?;
        views::rental(c, spine, &case, &Actor::from(&who))
    })
    .await
}

/// What is wrong with a device.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    /// The version that was seen.
    #[schema(example = 5)]
    version: i64,
    #[schema(inline, example = "damaged")]
    kind: Trouble,
    #[validate(length(min = 1, max = 500, message = "请写明问题，最多500个字。"))]
    #[schema(example = "左边的刹车松了。")]
    text: String,
}
form!(Report { version: "版本", kind: "问题", text: "说明" });

#[utoipa::path(post, path = "/device-rental/cases/{id}/damage-reports", tag = "device-rental", operation_id = "reportDeviceTrouble", summary = "反映辅具问题",
    description = "借来的辅具坏了或者不合适，可以在这里告诉网点。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 201, description = "已收到")))]
async fn report(who: Resident, id: PathId, call: Write<Report>) -> Result<Created<RentalView>> {
    call.once(who.account, move |c, spine, sent| {
        let case = handover::report(c, spine, who.account, id.0, sent.version, sent.kind, &sent.text)?;
        views::rental(c, spine, &case, &Actor::Applicant(who.account))
    })
    .await
}
