//! The form in plain words, for the file of the case on paper.

use super::sections;
use super::store;
use crate::office::cases::case::Case;
use crate::office::cases::service::{PrintedSection, Spine};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;

/// See [`crate::office::cases::service::Service::printed`].
pub fn printed(c: &mut AnyConn, spine: &Spine, case: &Case, open: bool) -> Result<Vec<PrintedSection>> {
    let mut all = Vec::new();
    for (code, label) in sections::SECTIONS {
        let rows = if *code == sections::CHOICE { choice(c, spine, case)? } else { contact(c, spine, case, open)? };
        all.push(PrintedSection { label, rows });
    }
    Ok(all)
}

fn choice(c: &mut AnyConn, spine: &Spine, case: &Case) -> Result<Vec<(&'static str, String)>> {
    let Some(choice) = sections::choice(c, spine, case)?.map(|s| s.body) else { return Ok(Vec::new()) };
    Ok(vec![
        ("网点", store::point(c, choice.point_id)?.name),
        ("辅具", store::model(c, choice.model_id)?.name),
        ("领取日期", choice.pickup_on.to_string()),
    ])
}

fn contact(c: &mut AnyConn, spine: &Spine, case: &Case, open: bool) -> Result<Vec<(&'static str, String)>> {
    let Some(contact) = sections::contact(c, spine, case)?.map(|s| s.body) else { return Ok(Vec::new()) };
    let name = PersonName::parse(&contact.name).map(|n| n.masked()).unwrap_or_default();
    let phone = PhoneNumber::parse(&contact.phone).map(|p| p.masked()).unwrap_or_default();
    // Free words may hold an address.
    let note = contact.note.map_or_else(String::new, |n| if open { n } else { "有备注（已遮盖）".to_owned() });
    Ok(vec![
        ("联系人", if open { contact.name } else { name }),
        ("联系电话", if open { contact.phone } else { phone }),
        ("领取方式", contact.delivery.label().to_owned()),
        ("备注", note),
    ])
}
