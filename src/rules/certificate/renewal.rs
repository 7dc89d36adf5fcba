//! When a certificate can be renewed, and when one that was not is frozen and cancelled. The terms are county policy.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::rules::coded::coded_enum;

/// When the renewal window opens. JSON: `{"months_before_expiry": 6}` or `{"after_full_years": 9}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpensRule {
    /// So many months before the last valid day.
    MonthsBeforeExpiry(u32),
    /// So many full years after the day of issue.
    AfterFullYears(u32),
}

impl OpensRule {
    /// The stable code, which is also the key in JSON.
    pub fn code(self) -> &'static str {
        match self {
            OpensRule::MonthsBeforeExpiry(_) => "months_before_expiry",
            OpensRule::AfterFullYears(_) => "after_full_years",
        }
    }

    /// The rule in Chinese.
    pub fn label(self) -> String {
        match self {
            OpensRule::MonthsBeforeExpiry(months) => format!("到期前 {months} 个月起可以换领"),
            OpensRule::AfterFullYears(years) => format!("发证满 {years} 年起可以换领"),
        }
    }
}

/// The terms of renewal in one county.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewalPolicy {
    /// When the window opens.
    pub opens: OpensRule,
    /// For how many days after the last valid day an expired card is not yet frozen; 0 freezes it on the next day.
    pub frozen_after_days_expired: u32,
    /// How many months after it was frozen a card is cancelled.
    pub cancelled_after_months: u32,
    /// For how many years a card is valid; ten by the national rule.
    pub validity_years: u32,
}

/// The days that matter to one card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalWindow {
    /// The first day on which a renewal can be filed; never after `expires`.
    pub opens: NaiveDate,
    /// The last valid day.
    pub expires: NaiveDate,
    /// The first day on which the card is frozen; always after `expires`.
    pub freezes: NaiveDate,
    /// The first day on which the card is cancelled; never before `freezes`.
    pub cancels: NaiveDate,
}

coded_enum! {
    /// Where a day lies in the life of a card.
    pub enum WindowPhase {
        NotOpen = "not_open", "未到换领时间";
        Open = "open", "可以换领";
        Expired = "expired", "已到期，可以换领";
        Frozen = "frozen", "已冻结，可以换领";
        Cancelled = "cancelled", "已到注销期限";
    }
}

impl RenewalWindow {
    /// Where `today` lies.
    pub fn phase(&self, today: NaiveDate) -> WindowPhase {
        if today >= self.cancels {
            WindowPhase::Cancelled
        } else if today >= self.freezes {
            WindowPhase::Frozen
        } else if today > self.expires {
            WindowPhase::Expired
        } else if today >= self.opens {
            WindowPhase::Open
        } else {
            WindowPhase::NotOpen
        }
    }
}

/// The last valid day of a card issued on that day: the same day `validity_years` later, as on ID cards; 28 February
/// for one issued on 29 February when that year has none. Saturates.
pub fn expires_on(issued: NaiveDate, policy: &RenewalPolicy) -> NaiveDate {
    months_later(issued, policy.validity_years.saturating_mul(12))
}

/// The days that matter to a card with this last valid day and day of issue. A month that has no such day ends on its
/// last one. Saturates.
pub fn renewal_window(expires: NaiveDate, issued: NaiveDate, policy: &RenewalPolicy) -> RenewalWindow {
    let opens = match policy.opens {
        OpensRule::MonthsBeforeExpiry(months) => expires.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN),
        OpensRule::AfterFullYears(years) => months_later(issued, years.saturating_mul(12)),
    };
    let days = u64::from(policy.frozen_after_days_expired).saturating_add(1);
    let freezes = expires.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
    let cancels = months_later(freezes, policy.cancelled_after_months);
    RenewalWindow { opens: opens.min(expires), expires, freezes, cancels }
}

fn months_later(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}
