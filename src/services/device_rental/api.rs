//! What an applicant may call: what is free where, a draft with its sections, the loan, extension, damage reports.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::availability::{self, Stock};
use super::sections::{Choice, Contact, RentalSection};
use super::states::{Delivery, Trouble};
use super::views::{self, PointView, RentalView};
use super::{CODE, begin, codes, handover, store};
use crate::office::accounts::guards::{Caller, Filer, Resident};
use crate::office::cases::filing::drafts;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::showing::views::{CaseView, full};
use crate::office::frame::{Call, Own, Save, Write};
use crate::platform::code;
use crate::platform::error::{Faults, Result};
use crate::platform::http::{Answer, Created, List, Nullable, Operations, PathId, Query, Sent};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::dates::Day;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;
use crate::rules::text::Note;
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_points,
        show_availability,
        begin_draft: [code::NOT_FOUND, case_codes::ALREADY_LIVE, case_codes::NO_POLICY],
        read_rental,
        read_choice,
        save_choice: [case_codes::NOT_EDITABLE],
        read_contact,
        save_contact: [case_codes::NOT_EDITABLE],
        extend_loan: [codes::SOMEBODY_WAITS, codes::NO_EXTENSION, codes::NOT_OUT],
        report_damage: [codes::NOT_OUT],
    );
}

fn own(who: Filer, id: PathId) -> Own {
    Own { who, case: id.0, service: CODE }
}

/// In which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PointFilter {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
}

#[utoipa::path(get, path = "/device-rental/points", tag = "device-rental", operation_id = "listRentalPoints", summary = "辅具租赁网点",
    description = "一个县（区）的网点：地址、电话和开门的日子。一个县的网点不多，一次全部列出。",
    responses((status = 200, description = "网点")))]
async fn list_points(_who: Caller, q: Query<PointFilter>, call: Call) -> Result<Answer<List<PointView>>> {
    call.read(move |c, _| store::points(c, &q.0.county)?.iter().map(PointView::of).collect::<Result<Vec<_>>>().map(List)).await
}

/// Of which county and model.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StockFilter {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// Only this model.
    model: Option<Id>,
}

#[utoipa::path(get, path = "/device-rental/availability", tag = "device-rental", operation_id = "getDeviceAvailability", summary = "哪里有空闲的辅具",
    description = "每个网点每种辅具现在有几件可以预约、几人排队，数字准确。一个县的网点和辅具种类不多，一次全部列出。",
    responses((status = 200, description = "各网点的辅具")))]
async fn show_availability(_who: Caller, q: Query<StockFilter>, call: Call) -> Result<Answer<List<Stock>>> {
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
async fn begin_draft(who: Filer, call: Write<Begin>) -> Result<Created<CaseView>> {
    let id = call.app.clock.id();
    call.once(who.id(), move |c, office, sent| {
        let case = begin::draft(c, office, id, &who, sent.person_id)?;
        full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/cases/{id}", tag = "device-rental", operation_id = "getDeviceRental", summary = "查看借用",
    description = "申请内容、办理情况；预约成功后有取件码和保留到哪天，领取后有归还日期。取件码只给申请人看。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "借用")))]
async fn read_rental(who: Filer, id: PathId, call: Call) -> Result<Answer<RentalView>> {
    let reader = Actor::from(&who);
    call.read_own(own(who, id), move |c, office, case| views::rental(c, office, case, &reader)).await
}

#[utoipa::path(get, path = "/device-rental/cases/{id}/sections/choice", tag = "device-rental", operation_id = "getDeviceRentalChoice", summary = "辅具和领取时间",
    description = "已经保存的内容和版本；还没有保存时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存的内容")))]
async fn read_choice(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<views::ChoiceView>>> {
    call.read_own(own(who, id), |c, office, case| views::choice(c, office, case).map(Nullable)).await
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
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    pickup_on: Day,
}
form!(SaveChoice { version: "版本", point_id: "网点", model_id: "辅具", pickup_on: "领取日期" });

#[utoipa::path(put, path = "/device-rental/cases/{id}/sections/choice", tag = "device-rental", operation_id = "saveDeviceRentalChoice", summary = "保存辅具和领取时间",
    description = "选择网点、辅具和领取日期。提交之前都可以改。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_choice(who: Filer, id: PathId, call: Save<SaveChoice>) -> Result<Answer<Nullable<views::ChoiceView>>> {
    call.save_own(own(who, id), |c, office, case, sent| {
        let choice = Choice { point_id: sent.point_id, model_id: sent.model_id, pickup_on: sent.pickup_on.0 };
        drafts::save(c, office, case, RentalSection::Choice.code(), sent.version, &choice)?;
        views::choice(c, office, case).map(Nullable)
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/cases/{id}/sections/contact", tag = "device-rental", operation_id = "getDeviceRentalContact", summary = "联系方式",
    description = "已经保存的内容和版本；还没有保存时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存的内容")))]
async fn read_contact(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<views::ContactView>>> {
    call.read_own(own(who, id), |c, office, case| views::contact(c, office, case).map(Nullable)).await
}

/// Whom to call, and how the device comes.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveContact {
    /// The version that was seen; 0 for the first time.
    #[schema(example = 0)]
    version: i64,
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王小明")]
    name: PersonName,
    #[schema(value_type = String, min_length = 11, max_length = 30, example = "13800000000")]
    phone: PhoneNumber,
    #[schema(inline, example = "pickup")]
    delivery: Delivery,
    /// Where to bring it, or what to know; needed for delivery at home.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300, example = "家住三楼，没有电梯。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 300>>,
}
form!(SaveContact { version: "版本", name: "联系人", phone: "手机号", delivery: "领取方式", note: "说明" });

impl SaveContact {
    fn contact(&self, faults: &mut Faults) -> Contact {
        Contact::read(&self.name, &self.phone, self.delivery, self.note.as_ref().map(ToString::to_string), faults)
    }
}

#[utoipa::path(put, path = "/device-rental/cases/{id}/sections/contact", tag = "device-rental", operation_id = "saveDeviceRentalContact", summary = "保存联系方式",
    description = "联系人、手机号，自取还是送货上门。提交之前都可以改。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_contact(who: Filer, id: PathId, call: Save<Sent<SaveContact>>) -> Result<Answer<Nullable<views::ContactView>>> {
    let (seen, contact) = call.sent.judged(|s, faults| Ok(Some((s.version, s.contact(faults)))))?;
    call.save_own(own(who, id), move |c, office, case, _| {
        drafts::save(c, office, case, RentalSection::Contact.code(), seen, &contact)?;
        views::contact(c, office, case).map(Nullable)
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
async fn extend_loan(who: Filer, id: PathId, call: Write<Extend>) -> Result<Answer<RentalView>> {
    call.once(who.id(), move |c, office, sent| {
        let case = handover::extend(c, office, &who, id.0, Version(sent.version))?;
        views::rental(c, office, &case, &Actor::from(&who))
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
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "左边的刹车松了。")]
    text: Note<1, 500>,
}
form!(Report { version: "版本", kind: "问题", text: "说明" });

#[utoipa::path(post, path = "/device-rental/cases/{id}/damage-reports", tag = "device-rental", operation_id = "reportDeviceTrouble", summary = "反映辅具问题",
    description = "借来的辅具坏了或者不合适，可以在这里告诉网点。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 201, description = "已收到")))]
async fn report_damage(who: Resident, id: PathId, call: Write<Report>) -> Result<Created<RentalView>> {
    call.once(who.account, move |c, office, sent| {
        let case = handover::report(c, office, who.account, id.0, Version(sent.version), sent.kind, &sent.text)?;
        views::rental(c, office, &case, &Actor::Applicant(who.account))
    })
    .await
}
