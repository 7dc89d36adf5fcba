//! The county policy under which the payment tests run: one desk, no materials.

use chrono::NaiveDate;

use super::super::CODE;
use super::rules;
use crate::office::policy::county::NewPolicy;
use crate::office::policy::terms::{CommonPolicy, Handling};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Desk;

/// In force from January 2026, with this many working days of public notice.
pub fn policy(id: Id, notice_days: u32) -> NewPolicy {
    let common = CommonPolicy {
        chain: vec![Desk::County],
        accept_days: 5,
        review_days: 5,
        correction_days: 10,
        notice_days,
        undo_minutes: 10,
        claim_minutes: 60,
        materials: Vec::new(),
        correction_reasons: Vec::new(),
        reject_reasons: Vec::new(),
        guide: String::new(),
        facts: Default::default(),
        handling: Handling::default(),
    };
    NewPolicy {
        id,
        county: AreaCode::parse(super::payments::COUNTY).unwrap(),
        service: CODE.into(),
        effective_from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
        owner: "甲区残联".into(),
        source: "通知".into(),
        common,
        terms: serde_json::to_value(rules::terms()).unwrap(),
        at: super::payments::NOW,
        by: None,
    }
}
