//! What a county decides about device rental.

use serde::{Deserialize, Serialize};

use super::states::Delivery;
use crate::office::cases::case::Case;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;

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
    /// Hours for which a free unit is offered to the first in the line.
    pub offer_hours: u32,
    /// Pickups a day at a point that does not say otherwise.
    pub pickups_per_day: u32,
    /// Opening days of a point that does not say otherwise; Monday is 1.
    pub opening_weekdays: Vec<u8>,
    /// Days before the due day on which the borrower is reminded.
    pub reminder_days_before_due: Vec<u32>,
    /// Kinds of device that need an assessment of fit before they are lent.
    pub fit_assessment_first: Vec<String>,
    pub delivery: Vec<Delivery>,
}

/// What the borrower leaves as security. JSON: `{"kind":"none"}` or
/// `{"kind":"fixed","amount_fen":10000,"waived_for":["severe"]}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deposit {
    None,
    Fixed { amount_fen: i64, waived_for: Vec<Group> },
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

/// The terms with which a case began.
pub fn of(c: &mut AnyConn, case: &Case) -> Result<Terms> {
    county::pinned(c, case.policy_id)?.service()
}
