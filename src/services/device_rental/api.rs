//! What an applicant may call: what is free where, a draft with its sections, the loan, extension, trouble.

use actix_web::{get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::availability::{self, Stock};
use super::begin;
use super::keeping;
use super::sections::{CHOICE, CONTACT, Choice, Contact};
use super::states::{Delivery, Trouble};
use super::store;
use super::views::{self, PointView, RentalView};
use crate::form;
use crate::office::accounts::guards::{Caller, Filer, Resident};
use crate::office::cases::act::Actor;
use crate::office::cases::drafts;
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::{CaseView, full};
use crate::platform::app::App;
use crate::platform::error::{Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, PathId, Query, Sent};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::dates::Day;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;
use crate::rules::text::Note;
use crate::rules::typed::blank_is_none;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(points).service(free).service(draft).service(read_rental).service(read_choice).service(save_choice);
    cfg.service(read_contact).service(save_contact).service(extend).service(report);
}

/// In which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InCounty {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
}

#[utoipa::path(tag = "device-rental", operation_id = "listRentalPoints", summary = "辅具租赁网点",
    description = "一个县（区）的网点：地址、电话和开门的日子。一个县的网点不多，一次全部列出。", params(InCounty),
    responses((status = 200, description = "网点", body = Envelope<Vec<PointView>>)),
    security(("resident" = []), ("staff" = [])))]
#[get("/device-rental/points")]
async fn points(_who: Caller, q: Query<InCounty>, app: web::Data<App>) -> Result<Answer<Vec<PointView>>> {
    let found =
        app.db.read(move |c| store::points(c, q.0.county.as_str())?.iter().map(PointView::of).collect::<Result<Vec<_>>>());
    Ok(Answer::ok(found.await?))
}

/// Of which county and model.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// Only this model.
    model: Option<Id>,
}

#[utoipa::path(tag = "device-rental", operation_id = "getDeviceAvailability", summary = "哪里有空闲的辅具",
    description = "每个网点每种辅具现在有几件可以预约、几人排队，数字准确。一个县的网点和辅具种类不多，一次全部列出。", params(Wanted),
    responses((status = 200, description = "各网点的辅具", body = Envelope<Vec<Stock>>)),
    security(("resident" = []), ("staff" = [])))]
#[get("/device-rental/availability")]
async fn free(_who: Caller, q: Query<Wanted>, app: web::Data<App>) -> Result<Answer<Vec<Stock>>> {
    let found = app.db.read(move |c| availability::of_county(c, q.0.county.as_str(), q.0.model));
    Ok(Answer::ok(found.await?))
}

/// For whom a device is borrowed.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// One of `GET /me/persons`.
    person_id: Id,
}
form!(Begin { person_id: "借用人" });

#[utoipa::path(tag = "device-rental", operation_id = "beginDeviceRental", summary = "开始借辅具",
    description = "为本人或者您可以代办的人开始一份借用申请，可以随时接着填。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = Begin,
    responses((status = 201, description = "草稿", body = Envelope<CaseView>),
        (status = 404, description = "10006 没有这个人，或者您不能代办", body = Failure),
        (status = 409, description = "20006 已有一件在办理；20009 本地没有开通", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/device-rental/drafts")]
async fn draft(
    who: Filer,
    once: Once,
    body: Body<Begin>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, id, sent) = (Spine::of(&app, &services), app.clock.id(), body.value);
    let done = once.write(&app, who.id(), body.fingerprint, move |c| {
        let case = begin::draft(c, &spine, id, &who, sent.person_id)?;
        full(c, &spine, &case, Some(&Actor::from(&who)))
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "device-rental", operation_id = "getDeviceRental", summary = "查看借用",
    description = "申请内容、办理情况；预约成功后有取件码和保留到哪天，领取后有归还日期。取件码只给申请人看。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "借用", body = Envelope<RentalView>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/device-rental/cases/{id}")]
async fn read_rental(who: Filer, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<RentalView>> {
    let spine = Spine::of(&app, &services);
    let found = app.db.read(move |c| {
        let case = keeping::own_case(c, &who, id.0, spine.now)?;
        views::rental(c, &spine, &case, &Actor::from(&who))
    });
    Ok(Answer::ok(found.await?))
}

#[utoipa::path(tag = "device-rental", operation_id = "getDeviceRentalChoice", summary = "辅具和领取时间",
    description = "已经保存的内容和版本；还没有保存时为空。", params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存的内容", body = Envelope<Option<views::ChoiceView>>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/device-rental/cases/{id}/sections/choice")]
async fn read_choice(
    who: Filer,
    id: PathId,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Option<views::ChoiceView>>> {
    let spine = Spine::of(&app, &services);
    let found = app.db.read(move |c| {
        let case = keeping::own_case(c, &who, id.0, spine.now)?;
        views::choice(c, &spine, &case)
    });
    Ok(Answer::ok(found.await?))
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

#[utoipa::path(tag = "device-rental", operation_id = "saveDeviceRentalChoice", summary = "保存辅具和领取时间",
    description = "选择网点、辅具和领取日期。提交之前都可以改。", params(("id" = Id, Path, description = "办件编号")),
    request_body = SaveChoice,
    responses((status = 200, description = "已保存", body = Envelope<Option<views::ChoiceView>>),
        (status = 409, description = "10030 版本过期；20007 现在不能修改", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[put("/device-rental/cases/{id}/sections/choice")]
async fn save_choice(
    who: Filer,
    id: PathId,
    body: Body<SaveChoice>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Option<views::ChoiceView>>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let choice = Choice { point_id: sent.point_id, model_id: sent.model_id, pickup_on: sent.pickup_on.0 };
    let saved = app.db.write(move |c| {
        let case = keeping::own_case(c, &who, id.0, spine.now)?;
        drafts::save(c, &spine, &case, CHOICE, sent.version, &choice)?;
        views::choice(c, &spine, &case)
    });
    Ok(Answer::ok(saved.await?))
}

#[utoipa::path(tag = "device-rental", operation_id = "getDeviceRentalContact", summary = "联系方式",
    description = "已经保存的内容和版本；还没有保存时为空。", params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存的内容", body = Envelope<Option<views::ContactView>>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/device-rental/cases/{id}/sections/contact")]
async fn read_contact(
    who: Filer,
    id: PathId,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Option<views::ContactView>>> {
    let spine = Spine::of(&app, &services);
    let found = app.db.read(move |c| {
        let case = keeping::own_case(c, &who, id.0, spine.now)?;
        views::contact(c, &spine, &case)
    });
    Ok(Answer::ok(found.await?))
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
        contact(&self.name, &self.phone, self.delivery, self.note.as_ref().map(ToString::to_string), faults)
    }
}

/// The contact of a reservation; delivery at home needs to know where.
pub(super) fn contact(
    name: &PersonName,
    phone: &PhoneNumber,
    delivery: Delivery,
    note: Option<String>,
    faults: &mut Faults,
) -> Contact {
    if delivery == Delivery::Home && note.is_none() {
        faults.push("/note", "说明", "required", "送货上门需要地址。", "请在说明里写明送到哪里。");
    }
    Contact { name: name.reveal().to_owned(), phone: phone.reveal().to_owned(), delivery, note }
}

#[utoipa::path(tag = "device-rental", operation_id = "saveDeviceRentalContact", summary = "保存联系方式",
    description = "联系人、手机号，自取还是送货上门。提交之前都可以改。", params(("id" = Id, Path, description = "办件编号")),
    request_body = SaveContact,
    responses((status = 200, description = "已保存", body = Envelope<Option<views::ContactView>>),
        (status = 409, description = "10030 版本过期；20007 现在不能修改", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[put("/device-rental/cases/{id}/sections/contact")]
async fn save_contact(
    who: Filer,
    id: PathId,
    body: Body<Sent<SaveContact>>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Option<views::ContactView>>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let (seen, contact) = sent.judged(|s, faults| Ok(Some((s.version, s.contact(faults)))))?;
    let saved = app.db.write(move |c| {
        let case = keeping::own_case(c, &who, id.0, spine.now)?;
        drafts::save(c, &spine, &case, CONTACT, seen, &contact)?;
        views::contact(c, &spine, &case)
    });
    Ok(Answer::ok(saved.await?))
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

#[utoipa::path(tag = "device-rental", operation_id = "extendDeviceLoan", summary = "申请延期",
    description = "还要用的，可以在归还日期之前延长。有人在排队时不能延长。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Extend,
    responses((status = 200, description = "已延长", body = Envelope<RentalView>),
        (status = 409, description = "10030 版本过期；30004 有人排队；30009 不能再延长；30012 没有借出", body = Failure)),
    security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/device-rental/cases/{id}/extension")]
async fn extend(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Extend>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<RentalView>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let done = once.write(&app, who.id(), body.fingerprint, move |c| {
        let case = keeping::extend(c, &spine, &who, id.0, sent.version)?;
        views::rental(c, &spine, &case, &Actor::from(&who))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
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

#[utoipa::path(tag = "device-rental", operation_id = "reportDeviceTrouble", summary = "反映辅具问题",
    description = "借来的辅具坏了或者不合适，可以在这里告诉网点。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Report,
    responses((status = 201, description = "已收到", body = Envelope<RentalView>),
        (status = 409, description = "10030 版本过期；30012 没有借出", body = Failure)), security(("resident" = [])))]
#[post("/device-rental/cases/{id}/damage-reports")]
async fn report(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<Report>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<RentalView>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let done = once.write(&app, who.account, body.fingerprint, move |c| {
        let case = keeping::report(c, &spine, who.account, id.0, sent.version, sent.kind, &sent.text)?;
        views::rental(c, &spine, &case, &Actor::Applicant(who.account))
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}
