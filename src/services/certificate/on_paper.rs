//! The form in plain words, for the file of the case on paper.

use super::forms::{Delivery, Holder, masked_address};
use super::{following, making};
use crate::office::cases::case::Case;
use crate::office::cases::service::{PrintedSection, Service, Spine};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;

/// See [`crate::office::cases::service::Service::printed`].
pub fn printed(c: &mut AnyConn, spine: &Spine, case: &Case, open: bool) -> Result<Vec<PrintedSection>> {
    let mut rows = vec![
        following::holder(c, spine, case)?.map(|h| holder(h, open)).unwrap_or_default(),
        making::delivery(c, spine, case)?.map(|d| delivery(d, open)).unwrap_or_default(),
    ]
    .into_iter();
    let sections = super::Certificate.sections().iter();
    Ok(sections.map(|(_, label)| PrintedSection { label, rows: rows.next().unwrap_or_default() }).collect())
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
