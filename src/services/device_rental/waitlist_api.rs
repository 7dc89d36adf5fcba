//! What somebody who waits may call: join, see and leave the waiting list, accept an offer.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::begin::{self, Acceptance};
use super::sections::{Choice, Contact};
use super::states::Delivery;
use super::views::{self, RentalView, WaitView};
use super::waitlist::{self, Joining};
use super::{codes, placing};
use crate::office::accounts::guards::Resident;
use crate::office::cases::record::actor::Actor;
use crate::office::frame::{Call, Write};
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Created, List, Operations, PathId, Sent};
use crate::platform::id::Id;
use crate::rules::dates::Day;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        join: [
            code::NOT_FOUND, codes::NOT_ELIGIBLE, codes::FREE_NOW,
            codes::WAITING_ALREADY,
        ],
        list_mine,
        leave: [codes::OFFER_OVER],
        accept: [codes::OFFER_OVER],
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
    call.once(who.account, move |c, office, sent| {
        let new = Joining { id, account: who.account, person: sent.person_id, point: sent.point_id, model: sent.model_id };
        let wait = waitlist::join(c, office, new)?;
        views::wait(c, &wait)
    })
    .await
}

#[utoipa::path(get, path = "/device-rental/waitlist", tag = "device-rental", operation_id = "listMyDeviceWaits", summary = "我的排队",
    description = "您正在排的队：前面还有几位，轮到时保留到什么时候。每人在每个网点每种辅具只能排一次，一次全部列出。",
    responses((status = 200, description = "排队情况")))]
async fn list_mine(who: Resident, call: Call) -> Result<Answer<List<WaitView>>> {
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
    call.once(who.account, move |c, office, sent| {
        let wait = waitlist::owned(c, office, who.account, id.0, sent.version)?;
        let wait = placing::leave(c, office, wait)?;
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
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    pickup_on: Day,
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王小明")]
    name: PersonName,
    #[schema(value_type = String, min_length = 11, max_length = 30, example = "13800000000")]
    phone: PhoneNumber,
    #[schema(inline, example = "pickup")]
    delivery: Delivery,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300, example = "家住三楼，没有电梯。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 300>>,
    /// Version of the privacy text that the applicant agreed to (`GET /bootstrap`).
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "2026-11")]
    #[serde(default, deserialize_with = "blank_is_none")]
    consent: Option<Code<1, 40>>,
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
async fn accept(who: Resident, id: PathId, call: Write<Sent<Accept>>) -> Result<Answer<RentalView>> {
    let case = call.app.clock.id();
    let (sent, contact) = call.sent.judged(|s, faults| {
        let note = s.note.as_ref().map(ToString::to_string);
        Ok(Some((s.clone(), Contact::read(&s.name, &s.phone, s.delivery, note, faults))))
    })?;
    call.once(who.account, move |c, office, _| {
        let wait = waitlist::owned(c, office, who.account, id.0, sent.version)?;
        let choice = Choice { point_id: wait.point_id, model_id: wait.model_id, pickup_on: sent.pickup_on.0 };
        let with = Acceptance { case, choice, contact: contact.clone(), consent: sent.consent.clone().map(Code::into_string) };
        let case = begin::accept(c, office, &wait, &with)?;
        views::rental(c, office, &case, &Actor::Applicant(who.account))
    })
    .await
}
