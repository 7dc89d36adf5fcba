//! What the three invented counties decided about the three services; the services' own parts are files.

use chrono::NaiveDate;

use super::figures::COUNTIES;
use super::{guides, materials};
use zhucan::office::policy::county::NewPolicy;
use zhucan::office::policy::guide_facts::GuideFacts;
use zhucan::office::policy::terms::{CommonPolicy, Handling};
use zhucan::platform::clock::Clock;
use zhucan::platform::error::{Error, Result};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::lifecycle::Desk;

macro_rules! terms {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/", $name, ".json"))
    };
}

/// One county's decisions: names, and the services' own parts.
struct Decided {
    owner: &'static str,
    phone: &'static str,
    education_aid: &'static str,
    device_rental: &'static str,
    certificate: &'static str,
}

/// In the order of the counties' figures.
const DECIDED: [Decided; 3] = [
    Decided {
        owner: "甲区残疾人联合会",
        phone: "0990-0000001",
        education_aid: terms!("education_aid_a"),
        device_rental: terms!("device_rental"),
        certificate: terms!("certificate_a_c"),
    },
    Decided {
        owner: "乙县残疾人联合会",
        phone: "0990-0000002",
        education_aid: terms!("education_aid_b"),
        device_rental: terms!("device_rental"),
        certificate: terms!("certificate_b"),
    },
    Decided {
        owner: "丙县残疾人联合会",
        phone: "0990-0000003",
        education_aid: terms!("education_aid_c"),
        device_rental: terms!("device_rental"),
        certificate: terms!("certificate_a_c"),
    },
];

/// The nine policies, in force since before the first report year.
pub fn all(clock: &Clock) -> Result<Vec<NewPolicy>> {
    let mut all = Vec::new();
    for (county, decided) in COUNTIES.iter().zip(&DECIDED) {
        let services = [
            (
                "education_aid",
                "教育救助实施办法（示例）",
                education_aid(guides::education_aid(decided.owner, decided.phone)),
                decided.education_aid,
            ),
            (
                "device_rental",
                "辅具租赁管理办法（示例）",
                device_rental(guides::device_rental(decided.owner, decided.phone)),
                decided.device_rental,
            ),
            (
                "certificate",
                "残疾人证管理实施细则（示例）",
                certificate(guides::certificate(decided.owner, decided.phone)),
                decided.certificate,
            ),
        ];
        for (service, source, common, terms) in services {
            all.push(NewPolicy {
                id: clock.id(),
                county: AreaCode::parse(county.code).map_err(Error::internal)?,
                service: service.to_owned(),
                effective_from: NaiveDate::from_ymd_opt(2022, 1, 1).unwrap_or_default(),
                owner: decided.owner.to_owned(),
                source: format!("{}{source}", decided.owner),
                common,
                terms: serde_json::from_str(terms).map_err(Error::internal)?,
                at_ms: clock.now_ms(),
                by: None,
            });
        }
    }
    Ok(all)
}

fn education_aid(facts: GuideFacts) -> CommonPolicy {
    CommonPolicy {
        chain: vec![Desk::Village, Desk::Town, Desk::County],
        accept_days: 5,
        review_days: 5,
        correction_days: 10,
        notice_days: 5,
        undo_minutes: 10,
        claim_minutes: 60,
        materials: materials::education_aid(),
        correction_reasons: materials::correction_reasons(),
        reject_reasons: materials::reasons(&[
            ("not_in_scope", "不在今年的救助范围内"),
            ("kinship_unproven", "无法确认与残疾人的亲属关系"),
            ("certificate_invalid", "残疾人证不在有效期内"),
            ("already_aided", "同一年度已领取其他政府助学救助"),
            ("not_enrolled", "没有在读或没有入学"),
        ]),
        guide: "依据《中华人民共和国残疾人保障法》第二十一条，对残疾学生和残疾人家庭子女给予教育救助。".to_owned(),
        facts,
        handling: Handling::default(),
    }
}

fn device_rental(facts: GuideFacts) -> CommonPolicy {
    CommonPolicy {
        chain: vec![Desk::Point],
        accept_days: 1,
        review_days: 1,
        correction_days: 10,
        notice_days: 0,
        undo_minutes: 10,
        claim_minutes: 30,
        materials: materials::device_rental(),
        correction_reasons: materials::correction_reasons(),
        reject_reasons: materials::reasons(&[
            ("limit_reached", "在借的辅具已达到上限"),
            ("not_suitable", "这种辅具不适合借用人使用"),
            ("not_collected", "没有在约定的时间来取"),
        ]),
        guide: "辅助器具租赁网点免费出借轮椅、拐杖等辅助器具，用完归还。".to_owned(),
        facts,
        handling: Handling::default(),
    }
}

fn certificate(facts: GuideFacts) -> CommonPolicy {
    CommonPolicy {
        chain: vec![Desk::Town, Desk::County],
        accept_days: 5,
        review_days: 10,
        correction_days: 10,
        notice_days: 5,
        undo_minutes: 10,
        claim_minutes: 60,
        materials: materials::certificate(),
        correction_reasons: materials::correction_reasons(),
        reject_reasons: materials::reasons(&[
            ("below_standard", "评定结果未达到残疾标准"),
            ("not_resident", "户口不在本县（区），且不符合跨省通办条件"),
            ("assessment_refused", "没有按要求参加残疾评定"),
            ("false_material", "提交的材料不真实"),
        ]),
        guide: "依据《中华人民共和国残疾人证管理办法》（残联发〔2017〕34号），残疾人证免费办理，有效期十年。".to_owned(),
        facts,
        handling: Handling::default(),
    }
}
