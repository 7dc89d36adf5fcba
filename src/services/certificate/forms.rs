//! The two sections of the form: what holds of the holder, and how the new card comes home.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rules::{DeliveryWay, Kind, PickupPlace, Terms};
use crate::form;
use crate::platform::error::{Detail, Faults, Result};
use crate::rules::certificate::Category;
use crate::rules::identity::PhoneNumber;
use crate::rules::names::PersonName;

/// Code of the section about the holder.
pub const HOLDER: &str = "holder";
/// Code of the section about the way home.
pub const DELIVERY: &str = "delivery";

/// What the applicant says of the holder; empty contacts mean those on record.
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

/// How the new card comes to its holder.
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
    #[schema(example = "13800001234")]
    pub phone: Option<String>,
    /// Leave it out to keep the one on record.
    #[validate(length(max = 100, message = "地址最多写100个字。"))]
    #[schema(example = "宋疃镇东村12号")]
    pub address: Option<String>,
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
    #[validate(length(max = 100, message = "地址最多写100个字。"))]
    #[schema(example = json!(null))]
    pub address: Option<String>,
    /// For post and home.
    #[schema(example = json!(null))]
    pub recipient: Option<String>,
    /// For post and home.
    #[schema(example = json!(null))]
    pub phone: Option<String>,
}
form!(SaveCertificateDelivery {
    version: "版本",
    way: "领证方式",
    place: "领取地点",
    address: "收件地址",
    recipient: "收件人",
    phone: "收件人电话",
});

fn filled(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn phone(text: &Option<String>, faults: &mut Faults, label: &str) -> Option<String> {
    match PhoneNumber::parse(&filled(text)?) {
        Ok(p) => Some(p.reveal().to_owned()),
        Err(e) => {
            faults.push("/phone", label, e.code(), e.reason(), e.suggestion());
            None
        }
    }
}

impl SaveCertificateHolder {
    /// The section's facts; 10002 with all faults.
    pub fn parse(&self, kind: Kind) -> Result<Holder> {
        let mut faults = Faults::new();
        let phone = phone(&self.phone, &mut faults, "联系电话");
        if kind != Kind::New && self.declared_category.is_some() {
            let reason = "换证和变更不用填写残疾类别。";
            faults.push("/declared_category", "残疾类别", "not_asked", reason, "请留空，类别以原证和评定结果为准。");
        }
        if kind == Kind::New && self.declared_category.is_none() {
            faults.push(
                "/declared_category",
                "残疾类别",
                "required",
                "没有选择残疾类别。",
                "请选择最接近的一类，最后以医院评定为准。",
            );
        }
        faults.settle()?;
        Ok(Holder {
            phone,
            address: filled(&self.address),
            changed_condition: self.changed_condition,
            declared_category: self.declared_category,
            cross_province: self.cross_province,
        })
    }
}

impl SaveCertificateDelivery {
    /// The section's facts; 10002 with all faults. Only the fields of the chosen way are kept.
    pub fn parse(&self, terms: &Terms) -> Result<Delivery> {
        let mut faults = Faults::new();
        if !terms.delivery.contains(&self.way) {
            faults.push("/way", "领证方式", "not_offered", "本地没有这种领证方式。", "请选择其他领证方式。");
        }
        if self.way == DeliveryWay::Pickup {
            if self.place.is_none() {
                faults.push("/place", "领取地点", "required", "没有选择领取地点。", "请选择县（区）或者镇（街道）窗口。");
            }
            faults.settle()?;
            return Ok(Delivery { way: self.way, place: self.place, address: None, recipient: None, phone: None });
        }
        let address = filled(&self.address);
        if address.is_none() {
            faults.push("/address", "收件地址", "required", "没有填写收件地址。", "请填写能收到证件的详细地址。");
        }
        let recipient = match PersonName::parse(self.recipient.as_deref().unwrap_or_default()) {
            Ok(name) => Some(name.reveal().to_owned()),
            Err(e) => {
                faults.push("/recipient", "收件人", e.code(), e.reason(), e.suggestion());
                None
            }
        };
        let number = phone(&self.phone, &mut faults, "收件人电话");
        if filled(&self.phone).is_none() {
            faults.push("/phone", "收件人电话", "required", "没有填写收件人电话。", "请填写收件人的手机号码。");
        }
        faults.settle()?;
        Ok(Delivery { way: self.way, place: None, address, recipient, phone: number })
    }
}

/// What is still to be filled in.
pub fn missing(section: &str, label: &str) -> Detail {
    let field = format!("/sections/{section}");
    Detail::new(&field, label, "missing", "这一部分还没有填写。", "请填写并保存后再提交。")
}

/// The county takes no applications from other provinces.
pub fn no_cross_province() -> Detail {
    let (reason, way_out) = ("本地还没有开通跨省通办。", "请回户籍所在地的县（区）残联窗口办理。");
    Detail::new("/sections/holder/cross_province", "是否在外省居住", "not_offered", reason, way_out)
}

/// An address of which only the beginning shows.
pub fn masked_address(address: &str) -> String {
    let shown: String = address.chars().take(6).collect();
    format!("{shown}****")
}
