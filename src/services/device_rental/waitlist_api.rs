//! What somebody who waits may call: join the line, look at it, leave it, take up an offer.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::api::{day, parsed_contact};
use super::begin::{self, Acceptance};
use super::sections::Choice;
use super::states::Delivery;
use super::views::{self, RentalView, WaitView};
use super::waitlist::{self, Joining};
use crate::office::accounts::guards::Resident;
use crate::office::cases::record::actor::Actor;
use crate::office::frame::{Call, Write};
use crate::platform::code;
use crate::platform::error::{Faults, Result};
use crate::platform::http::{Answer, Created, List, Operations, PathId};
use crate::platform::id::Id;
use crate::services::device_rental::faults as device_rental_codes;
use crate::services::device_rental::placing;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        join: [
            code::NOT_FOUND, device_rental_codes::NOT_ELIGIBLE, device_rental_codes::FREE_NOW,
            device_rental_codes::WAITING_ALREADY,
        ],
        mine,
        leave: [device_rental_codes::OFFER_OVER],
        accept: [device_rental_codes::OFFER_OVER],
    );
}

/// For whom, where and for what to wait.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Join {
    /// One of `GET /me/persons`.
    person_id: Id,
    point_id: Id,
    model_id: Id,
}
form!(Join { person_id: "借用人", point_id: "网点", model_id: "辅具" });

#[utoipa::path(post, path = "/device-rental/waitlist", tag = "device-rental", operation_id = "joinDeviceWaitlist", summary = "排队等辅具",
    description = "没有空闲的辅具时排队。轮到您时会保留一段时间，过时转给下一位。",
    responses((status = 201, description = "已排队")))]
async fn join(who: Resident, call: Write<Join>) -> Result<Created<WaitView>> {
    let id = call.app.clock.id();
    call.once(who.account, move |c, spine, sent| {
        let new = Joining { id, account: who.account, person: sent.person_id, point: sent.point_id, model: sent.model_id };
        let wait = waitlist::join(c, spine, new)?;
        views::wait(c, &wait)
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/waitlist", tag = "device-rental", operation_id = "listMyDeviceWaits", summary = "我的排队",
    description = "您正在排的队：前面还有几位，轮到时保留到什么时候。每人在每个网点每种辅具只能排一次，一次全部列出。",
    responses((status = 200, description = "排队情况")))]
async fn mine(who: Resident, call: Call) -> Result<Answer<List<WaitView>>> {
    call.read(move |c, _| {
        let mine = waitlist::mine(c, who.account)?;
        mine.iter().map(|wait| views::wait(c, wait)).collect::<Result<Vec<_>>>().map(List)
    })
    .await
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Leave {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
}
form!(Leave { version: "版本" });

#[utoipa::path(post, path = "/device-rental/waitlist/{id}/actions/leave", tag = "device-rental", operation_id = "leaveDeviceWaitlist", summary = "不排队了",
    description = "退出排队；已经为您保留的会转给下一位。",
    params(("id" = Id, Path, description = "排队编号")),
    responses((status = 200, description = "已退出")))]
async fn leave(who: Resident, id: PathId, call: Write<Leave>) -> Result<Answer<WaitView>> {
    call.once(who.account, move |c, spine, sent| {
        let wait = waitlist::owned(c, spine, who.account, id.0, sent.version)?;
        let wait = placing::leave(c, spine, wait)?;
        views::wait(c, &wait)
    })
    .await
}

/// Taking up an offer: all that a reservation needs.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accept {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    /// Day of pickup.
    #[schema(example = "2026-11-23")]
    pickup_on: String,
    #[schema(example = "王小明")]
    name: String,
    #[schema(example = "13800000000")]
    phone: String,
    #[schema(inline, example = "pickup")]
    delivery: Delivery,
    #[validate(length(max = 300, message = "最多写300个字。"))]
    #[schema(example = "家住三楼，没有电梯。")]
    note: Option<String>,
    /// Version of the privacy text that the applicant agreed to (`GET /bootstrap`).
    #[schema(example = "2026-11")]
    consent: Option<String>,
}
form!(Accept {
    version: "版本",
    pickup_on: "领取日期",
    name: "联系人",
    phone: "手机号",
    delivery: "领取方式",
    note: "说明",
    consent: "个人信息处理同意书"
});

#[utoipa::path(post, path = "/device-rental/waitlist/{id}/actions/accept", tag = "device-rental", operation_id = "acceptDeviceOffer", summary = "接受保留的辅具",
    description = "轮到您时，在保留时间内确认领取日期和联系方式，即预约成功。之前没有抢到的申请会接着用。",
    params(("id" = Id, Path, description = "排队编号")),
    responses((status = 200, description = "预约成功")))]
async fn accept(who: Resident, id: PathId, call: Write<Accept>) -> Result<Answer<RentalView>> {
    let case = call.app.clock.id();
    let mut faults = Faults::new();
    let pickup_on = day(&call.sent.pickup_on, "/pickup_on", "领取日期", &mut faults);
    let contact =
        parsed_contact(&call.sent.name, &call.sent.phone, call.sent.delivery, call.sent.note.as_deref(), "", &mut faults);
    faults.settle()?;
    call.once(who.account, move |c, spine, sent| {
        let wait = waitlist::owned(c, spine, who.account, id.0, sent.version)?;
        let choice = Choice { point_id: wait.point_id, model_id: wait.model_id, pickup_on };
        let with = Acceptance { case, choice, contact: contact.clone(), consent: sent.consent.clone() };
        let case = begin::accept(c, spine, &wait, &with)?;
        views::rental(c, spine, &case, &Actor::Applicant(who.account))
    })
    .await
}
