//! What the applicant fills in: which device, where and when, and how to be reached.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rules::{self, PickupFault};
use super::states::Delivery;
use super::terms::Terms;
use super::{loans, store};
use crate::office::cases::filing::drafts::{self, Section};
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Faults, Result};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;

/// Section names with labels, in the order of the form.
pub const SECTIONS: &[(&str, &str)] = &[named(RentalSection::Choice), named(RentalSection::Contact)];

const fn named(section: RentalSection) -> (&'static str, &'static str) {
    (section.code(), section.label())
}

coded_enum! {
    /// A section of the form, in its order.
    pub enum RentalSection {
        Choice = "choice", "辅具和领取时间";
        Contact = "contact", "联系方式";
    }
}

/// What is wanted, where and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub point_id: Id,
    pub model_id: Id,
    /// The day of pickup.
    pub pickup_on: NaiveDate,
}

/// Whom to call, and how the device comes.
#[derive(Clone, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    pub delivery: Delivery,
    /// Where to bring it, or what to know.
    pub note: Option<String>,
}

impl Contact {
    /// The contact as it was sent; delivery at home needs to know where.
    pub fn read(
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
}

/// The saved choice.
pub fn choice(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<Section<Choice>>> {
    drafts::read(c, &case.key(&office.keys)?, case.id, RentalSection::Choice.code())
}

/// The saved contact.
pub fn contact(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<Section<Contact>>> {
    drafts::read(c, &case.key(&office.keys)?, case.id, RentalSection::Contact.code())
}

/// Everything that keeps the draft from being submitted, in the order of the form. Whether a unit is free is settled by
/// the reservation itself.
pub fn faults(c: &mut AnyConn, office: &Office, case: &Case, terms: &Terms) -> Result<Vec<Detail>> {
    let mut found = Vec::new();
    match choice(c, office, case)? {
        Some(choice) => found.extend(choice_faults(c, office, case, terms, &choice.body)?),
        None => {
            found.push(Detail::new("/choice", "辅具和领取时间", "missing", "还没有选择辅具。", "请选择网点、辅具和领取日期。"))
        }
    }
    match contact(c, office, case)? {
        Some(contact) if !terms.delivery.contains(&contact.body.delivery) => {
            found.push(Detail::new(
                "/contact/delivery",
                "领取方式",
                "unknown_value",
                "本地没有这种领取方式。",
                "请换一种领取方式。",
            ));
        }
        Some(_) => {}
        None => found.push(Detail::new("/contact", "联系方式", "missing", "还没有填写联系方式。", "请填写联系人和手机号。")),
    }
    Ok(found)
}

fn choice_faults(c: &mut AnyConn, office: &Office, case: &Case, terms: &Terms, choice: &Choice) -> Result<Vec<Detail>> {
    let model = match loans::lendable(c, case.person_id, choice.point_id, choice.model_id) {
        Err(e) if e.code() == &code::NOT_FOUND => {
            let reason = "这个网点现在不出借这种辅具。";
            let way = "请从列表中重新选择。";
            return Ok(vec![Detail::new("/choice/model_id", "辅具", "unknown_value", reason, way)]);
        }
        found => found?,
    };
    let mut found = loans::not_eligible(c, office, case.person_id, &model)?;
    let point = store::point(c, choice.point_id)?;
    let open = point.open_days()?;
    let taken = loans::pickups_on(c, point.id, choice.pickup_on)?;
    let today = office.today();
    let fault = rules::pickup_fault(choice.pickup_on, today, terms, &open, taken, point.pickups_per_day);
    found.extend(fault.map(|fault| {
        let last = rules::pickup_until(today, terms, &open);
        let (code, reason, way) = match fault {
            PickupFault::Past => ("past", "领取日期已经过了。".to_owned(), format!("请选择今天到{last}之间的日期。")),
            PickupFault::AfterWindow => {
                ("after_window", "领取日期太晚了。".to_owned(), format!("请选择今天到{last}之间的日期。"))
            }
            PickupFault::PointClosed => {
                ("point_closed", "网点这一天不开门。".to_owned(), format!("网点{}开门，请选择开门的日期。", open.words()))
            }
            PickupFault::DayFull => {
                ("day_full", "这一天领取的人已经约满。".to_owned(), format!("请选择今天到{last}之间的其他日期。"))
            }
        };
        Detail::new("/choice/pickup_on", "领取日期", code, &reason, &way)
    }));
    Ok(found)
}
