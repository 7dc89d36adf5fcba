//! The two sections of the form: facts about the holder, and how the new card is delivered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::terms::{DeliveryWay, Kind, PickupPlace, Terms};
use crate::form;
use crate::platform::error::{Detail, Result};
use crate::platform::http::Sent;
use crate::rules::certificate::Category;
use crate::rules::coded::coded_enum;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;
use crate::rules::text::PlainText;
use crate::rules::typed::blank_is_none;

coded_enum! {
    /// A section of the form, in its order.
    pub enum CertificateSection {
        Holder = "holder", "持证人信息";
        Delivery = "delivery", "领证方式";
    }
}

/// Codes and labels of the sections, in order.
pub const SECTIONS: &[(&str, &str)] = &[named(CertificateSection::Holder), named(CertificateSection::Delivery)];

const fn named(section: CertificateSection) -> (&'static str, &'static str) {
    (section.code(), section.label())
}

/// What the applicant says about the holder; an empty contact means the one on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub phone: Option<String>,
    pub address: Option<String>,
    /// The disability is not what it was when the card was issued.
    pub changed_condition: bool,
    /// What a first applicant says; the hospital decides.
    pub declared_category: Option<Category>,
    /// The holder lives in another province and applies from there (跨省通办), with a residence permit.
    #[serde(default)]
    pub cross_province: bool,
}

/// How the new card is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub way: DeliveryWay,
    pub place: Option<PickupPlace>,
    pub address: Option<String>,
    pub recipient: Option<String>,
    pub phone: Option<String>,
}

/// The holder's section as it is sent.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveCertificateHolder {
    /// Version of the section that was seen; 0 for the first time.
    #[schema(example = 0)]
    pub version: i64,
    /// Leave it out to keep the one on record.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 11, max_length = 30, example = "13800001234")]
    pub phone: Option<PhoneNumber>,
    /// Leave it out to keep the one on record.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "宋疃镇东村12号")]
    pub address: Option<PlainText<1, 100>>,
    /// Whether the disability has changed since the card was issued.
    #[schema(example = false)]
    pub changed_condition: bool,
    /// For a first card only: visual, hearing, speech, physical, intellectual, mental or multiple.
    #[schema(inline, example = json!(null))]
    pub declared_category: Option<Category>,
    /// The holder lives in another province and applies from there; a residence permit is then needed.
    #[serde(default)]
    #[schema(example = false)]
    pub cross_province: bool,
}
form!(SaveCertificateHolder {
    version: "版本",
    phone: "联系电话",
    address: "联系地址",
    changed_condition: "残疾状况有没有变化",
    declared_category: "残疾类别",
    cross_province: "是否在外省居住",
});

/// The delivery section as it is sent.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveCertificateDelivery {
    /// Version of the section that was seen; 0 for the first time.
    #[schema(example = 0)]
    pub version: i64,
    #[schema(inline, example = "pickup")]
    pub way: DeliveryWay,
    /// For a pickup: county or town.
    #[schema(inline, example = "town")]
    pub place: Option<PickupPlace>,
    /// For post and home.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = json!(null))]
    pub address: Option<PlainText<1, 100>>,
    /// For post and home.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40, example = json!(null))]
    pub recipient: Option<PersonName>,
    /// For post and home.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 11, max_length = 30, example = json!(null))]
    pub phone: Option<PhoneNumber>,
}
form!(SaveCertificateDelivery {
    version: "版本",
    way: "领证方式",
    place: "领取地点",
    address: "收件地址",
    recipient: "收件人",
    phone: "收件人电话",
});

/// The section about the holder and the version that was seen, or all that is wrong with what was sent.
pub fn holder(sent: &Sent<SaveCertificateHolder>, kind: Kind) -> Result<(i64, Holder)> {
    sent.judged(|s, faults| {
        if kind != Kind::New && s.declared_category.is_some() {
            let reason = "换证和变更不用填写残疾类别。";
            faults.push("/declared_category", "残疾类别", "not_asked", reason, "请留空，类别以原证和评定结果为准。");
        }
        if kind == Kind::New && s.declared_category.is_none() {
            let way_out = "请选择最接近的一类，最后以医院评定为准。";
            faults.push("/declared_category", "残疾类别", "required", "没有选择残疾类别。", way_out);
        }
        let holder = Holder {
            phone: s.phone.as_ref().map(|p| p.reveal().to_owned()),
            address: s.address.as_ref().map(ToString::to_string),
            changed_condition: s.changed_condition,
            declared_category: s.declared_category,
            cross_province: s.cross_province,
        };
        Ok(Some((s.version, holder)))
    })
}

/// The delivery section and the version that was seen, or all that is wrong with what was sent. Only the fields
/// of the chosen way are kept.
pub fn delivery(sent: &Sent<SaveCertificateDelivery>, terms: &Terms) -> Result<(i64, Delivery)> {
    sent.judged(|s, faults| {
        if !terms.delivery.contains(&s.way) {
            faults.push("/way", "领证方式", "not_offered", "本地没有这种领证方式。", "请选择其他领证方式。");
        }
        let mut required = |missing: bool, field: &str, label: &str, reason: &str, way_out: &str| {
            if missing {
                faults.push(field, label, "required", reason, way_out);
            }
        };
        let mut kept = Delivery { way: s.way, place: None, address: None, recipient: None, phone: None };
        if s.way == DeliveryWay::Pickup {
            required(s.place.is_none(), "/place", "领取地点", "没有选择领取地点。", "请选择县（区）或者镇（街道）窗口。");
            kept.place = s.place;
        } else {
            required(s.address.is_none(), "/address", "收件地址", "没有填写收件地址。", "请填写能收到证件的详细地址。");
            required(s.recipient.is_none(), "/recipient", "收件人", "没有填写收件人。", "请按身份证填写收件人的姓名。");
            required(s.phone.is_none(), "/phone", "收件人电话", "没有填写收件人电话。", "请填写收件人的手机号码。");
            kept.address = s.address.as_ref().map(ToString::to_string);
            kept.recipient = s.recipient.as_ref().map(|name| name.reveal().to_owned());
            kept.phone = s.phone.as_ref().map(|phone| phone.reveal().to_owned());
        }
        Ok(Some((s.version, kept)))
    })
}

/// What is still to be filled in.
pub fn missing(section: CertificateSection) -> Detail {
    let field = format!("/sections/{}", section.code());
    Detail::new(&field, section.label(), "missing", "这一部分还没有填写。", "请填写并保存后再提交。")
}

/// The refusal of an applicant who lives in another province, where the county does not offer that.
pub fn no_cross_province() -> Detail {
    let reason = "本地还没有开通跨省通办。";
    let way_out = "请回户籍所在地的县（区）残联窗口办理。";
    Detail::new("/sections/holder/cross_province", "是否在外省居住", "not_offered", reason, way_out)
}

/// Masks an address: only the first six characters are shown.
pub fn masked_address(address: &str) -> String {
    let shown: String = address.chars().take(6).collect();
    format!("{shown}****")
}
