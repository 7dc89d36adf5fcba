//! The form and the approval in plain words, for paper.

use super::sections::{Delivery, Holder, masked_address};
use super::terms::DeliveryWay;
use super::{following, making, store};
use crate::office::cases::record::case::Case;
use crate::office::cases::service::{Office, OnPaper, PrintedSection, Service};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;

/// See [`crate::office::cases::service::Service::printed`].
pub fn printed(c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>> {
    let OnPaper::Form { open } = what else { return approval(c, office, case) };
    let mut rows = vec![
        following::holder(c, office, case)?.map(|h| holder(h, open)).unwrap_or_default(),
        making::delivery(c, office, case)?.map(|d| delivery(d, open)).unwrap_or_default(),
    ]
    .into_iter();
    let sections = super::Certificate.sections().iter();
    Ok(sections.map(|(_, label)| PrintedSection { label, rows: rows.next().unwrap_or_default() }).collect())
}

fn approval(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<PrintedSection>> {
    let row = store::find(c, case.id)?;
    let old = making::old_card(c, office, &row, case.person_id)?;
    let card = making::content(c, case, old.as_ref())?;
    let approved = vec![
        ("办理结果", "发给新的残疾人证".to_owned()),
        ("残疾类别", card.category.label().to_owned()),
        ("残疾等级", card.level.label().to_owned()),
        ("有效期", "从制证那天算起，到期日印在证上".to_owned()),
    ];
    let mut next = vec![("制证", "我们会尽快制作新证，制好后通知您".to_owned())];
    next.extend(making::delivery(c, office, case)?.map(|d| ("领证", comes_home(&d))));
    next.extend(old.map(|_| ("原来的证", "新证制好后，原证作废；领取新证时请把原证交给工作人员".to_owned())));
    Ok(vec![PrintedSection { label: "批准的内容", rows: approved }, PrintedSection { label: "接下来", rows: next }])
}

fn comes_home(delivery: &Delivery) -> String {
    match (delivery.way, delivery.place) {
        (DeliveryWay::Pickup, Some(place)) => format!("接到通知后，请到{}领取", place.label()),
        (DeliveryWay::Pickup, None) => "接到通知后，请到窗口领取".to_owned(),
        (DeliveryWay::Post, _) => "制好后寄到您填写的地址".to_owned(),
        (DeliveryWay::Home, _) => "制好后由工作人员送到您填写的地址".to_owned(),
    }
}

fn holder(holder: Holder, open: bool) -> Vec<(&'static str, String)> {
    let on_record = || "用档案里的".to_owned();
    let changed = if holder.changed_condition { "有变化" } else { "没有变化" };
    let mut rows = vec![
        ("联系电话", holder.phone.map_or_else(on_record, |p| phone(p, open))),
        ("联系地址", holder.address.map_or_else(on_record, |a| address(a, open))),
        ("残疾状况", changed.to_owned()),
    ];
    rows.extend(holder.declared_category.map(|c| ("申报的残疾类别", c.label().to_owned())));
    rows
}

fn delivery(delivery: Delivery, open: bool) -> Vec<(&'static str, String)> {
    let mut rows = vec![("领证方式", delivery.way.label().to_owned())];
    rows.extend(delivery.place.map(|p| ("领取地点", p.label().to_owned())));
    rows.extend(delivery.address.map(|a| ("收件地址", address(a, open))));
    rows.extend(delivery.recipient.map(|r| ("收件人", if open { r } else { masked(&r) })));
    rows.extend(delivery.phone.map(|p| ("收件人电话", phone(p, open))));
    rows
}

fn phone(full: String, open: bool) -> String {
    if open { full } else { PhoneNumber::parse(&full).map(|p| p.masked()).unwrap_or_default() }
}

fn address(full: String, open: bool) -> String {
    if open { full } else { masked_address(&full) }
}

fn masked(name: &str) -> String {
    PersonName::parse(name).map(|n| n.masked()).unwrap_or_default()
}
