//! The form and the approval in plain words, for paper.

use super::sections::RentalSection;
use super::states::Delivery;
use super::{sections, store, terms};
use crate::office::cases::record::case::Case;
use crate::office::cases::service::{Office, OnPaper, PrintedSection};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;

/// See [`crate::office::cases::service::Service::printed`].
pub fn printed(c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>> {
    let OnPaper::Form { open } = what else { return approval(c, office, case) };
    let mut all = Vec::new();
    for section in RentalSection::ALL {
        let rows = match section {
            RentalSection::Choice => choice(c, office, case)?,
            RentalSection::Contact => contact(c, office, case, open)?,
        };
        all.push(PrintedSection { label: section.label(), rows });
    }
    Ok(all)
}

fn choice(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<(&'static str, String)>> {
    let Some(choice) = sections::choice(c, office, case)?.map(|s| s.body) else { return Ok(Vec::new()) };
    Ok(vec![
        ("网点", store::point(c, choice.point_id)?.name),
        ("辅具", store::model(c, choice.model_id)?.name),
        ("领取日期", choice.pickup_on.to_string()),
    ])
}

fn approval(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<PrintedSection>> {
    let terms = terms::of(c, case)?;
    let approved = choice(c, office, case)?;
    let brought = sections::contact(c, office, case)?.is_some_and(|s| s.body.delivery == Delivery::Home);
    let pickup = match brought {
        true => "工作人员会在预约的日期送到您填写的地方，请保持电话畅通",
        false => "请在预约的日期凭小程序里的取件码到网点领取；保留期过后没有领取的，预约自动取消，可以重新预约",
    };
    let days = terms.loan_days;
    let most = terms.most_days;
    let next = vec![
        ("领取", pickup.to_owned()),
        ("归还", format!("从领取那天算起借用{days}天，到期请归还，任何一个网点都可以")),
        ("延期", format!("还要用的，可以在到期前申请延期，没有人排队就可以延，总共最多{most}天")),
    ];
    Ok(vec![PrintedSection { label: "批准的内容", rows: approved }, PrintedSection { label: "接下来", rows: next }])
}

fn contact(c: &mut AnyConn, office: &Office, case: &Case, open: bool) -> Result<Vec<(&'static str, String)>> {
    let Some(contact) = sections::contact(c, office, case)?.map(|s| s.body) else { return Ok(Vec::new()) };
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
