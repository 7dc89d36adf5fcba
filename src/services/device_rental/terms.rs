//! What a county decides about device rental.

use serde::{Deserialize, Serialize};

use super::states::Delivery;
use crate::office::cases::record::case::Case;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Faults, Result};
use crate::rules::money::Fen;
use crate::rules::text::Code;
use crate::rules::typed::all_kept;

/// The service's own part of the county policy. JSON example:
/// `{"loan_days":60,"most_days":120,"extension_days":30,"units_per_person":2,"deposit":{"kind":"none"},
/// "pickup_window_days":3,"offer_hours":24,"pickups_per_day":10,"opening_weekdays":[1,2,3,4,5],
/// "reminder_days_before_due":[7,1],"fit_assessment_first":[],"delivery":["pickup","home"]}`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Days of a loan, from the day of hand-out.
    pub loan_days: u32,
    /// Days of a loan with all extensions.
    pub most_days: u32,
    /// Days of one extension.
    pub extension_days: u32,
    /// Loans that a person may have at once.
    pub units_per_person: u32,
    pub deposit: Deposit,
    /// Days after the reservation until which the device is kept for pickup.
    pub pickup_window_days: u32,
    /// Hours for which a free unit is offered to the first who waits.
    pub offer_hours: u32,
    /// Pickups a day at a point that does not say otherwise.
    pub pickups_per_day: u32,
    /// Opening days of a point that does not say otherwise; Monday is 1.
    pub opening_weekdays: Vec<u8>,
    /// Days before the due day on which the borrower is reminded.
    pub reminder_days_before_due: Vec<u32>,
    /// Kinds of device that need an assessment of fit before they are lent.
    #[serde(deserialize_with = "all_kept::<_, Code<1, 60>>")]
    pub fit_assessment_first: Vec<String>,
    pub delivery: Vec<Delivery>,
}

/// What the borrower leaves as security. JSON: `{"kind":"none"}` or
/// `{"kind":"fixed","amount_fen":10000,"waived_for":["severe"]}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deposit {
    None,
    Fixed { amount_fen: Fen, waived_for: Vec<Group> },
}

/// A group that leaves no deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Holders of a certificate of level 1 or 2.
    Severe,
    /// Holders of any valid certificate.
    Holders,
}

impl Terms {
    /// What keeps these terms from being published, each field as a pointer from their root.
    pub fn faults(&self) -> Vec<Detail> {
        let mut faults = Faults::new();
        let mut unless = |well: bool, field: &str, label: &str, reason: &str| {
            if !well {
                faults.push(field, label, "policy_fault", reason, "请改好后再发布。");
            }
        };
        unless(self.loan_days > 0, "/loan_days", "借用天数", "借用天数要大于零。");
        unless(self.most_days >= self.loan_days, "/most_days", "最长天数", "最长天数不能少于借用天数。");
        unless(self.units_per_person > 0, "/units_per_person", "每人件数", "每人至少能借一件。");
        unless(self.pickup_window_days > 0, "/pickup_window_days", "保留天数", "保留天数要大于零。");
        unless(self.offer_hours > 0, "/offer_hours", "等候答复的小时数", "等候答复的时间要大于零。");
        unless(self.pickups_per_day > 0, "/pickups_per_day", "每天领取件数", "每天至少能领取一件。");
        let week = !self.opening_weekdays.is_empty() && self.opening_weekdays.iter().all(|d| (1..=7).contains(d));
        unless(week, "/opening_weekdays", "开放日", "开放日用 1 到 7 表示周一到周日，至少一天。");
        unless(!self.delivery.is_empty(), "/delivery", "领取方式", "至少要有一种领取方式。");
        if let Deposit::Fixed { amount_fen, .. } = self.deposit {
            unless(amount_fen > Fen::ZERO, "/deposit/amount_fen", "押金", "押金要大于零；不收押金请选不收。");
        }
        faults.into_details()
    }
}

/// The terms with which a case began.
pub fn of(c: &mut AnyConn, case: &Case) -> Result<Terms> {
    county::pinned(c, case.policy_id)?.service()
}
