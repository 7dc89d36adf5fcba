//! Pure rules of a rental: pickup days, due days, extensions, deposits.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::terms::{Deposit, Group, Terms};
use crate::rules::money::Fen;

/// Why a day is no day for pickup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickupFault {
    Past,
    AfterWindow,
    PointClosed,
    DayFull,
}

/// Weekdays on which a point is open; Monday is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDays(Vec<u8>);

impl OpenDays {
    /// Keeps the numbers 1 to 7, each once; none when nothing is left or something else was among them.
    pub fn new(days: &[u8]) -> Option<OpenDays> {
        let mut days = days.to_vec();
        days.sort_unstable();
        days.dedup();
        let fits = !days.is_empty() && days.iter().all(|d| (1..=7).contains(d));
        fits.then_some(OpenDays(days))
    }

    /// Reads `1,2,5`.
    pub fn parse(text: &str) -> Option<OpenDays> {
        let days: Option<Vec<u8>> = text.split(',').map(|d| d.trim().parse().ok()).collect();
        OpenDays::new(&days?)
    }

    /// As `1,2,5`.
    pub fn text(&self) -> String {
        self.0.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
    }

    /// In words: `周一、周二`.
    pub fn words(&self) -> String {
        let name =
            |d: &u8| ["周一", "周二", "周三", "周四", "周五", "周六", "周日"].get(usize::from(*d).saturating_sub(1)).copied();
        self.0.iter().filter_map(name).collect::<Vec<_>>().join("、")
    }

    fn opens(&self, day: NaiveDate) -> bool {
        u8::try_from(day.weekday().number_from_monday()).is_ok_and(|d| self.0.contains(&d))
    }
}

/// The day `days` after another; saturates.
pub fn later(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

/// The last day on which a reservation of today is kept: the window counts the point's opening days after today, so
/// that a point which opens once a week can be used.
pub fn pickup_until(today: NaiveDate, terms: &Terms, open: &OpenDays) -> NaiveDate {
    let days = usize::try_from(terms.pickup_window_days).unwrap_or(usize::MAX).max(1);
    let after = std::iter::successors(today.succ_opt(), NaiveDate::succ_opt);
    after.filter(|day| open.opens(*day)).nth(days.saturating_sub(1)).unwrap_or(NaiveDate::MAX)
}

/// Whether a device can be fetched on that day: within the window, on an opening day, and with room at the point.
pub fn pickup_fault(
    day: NaiveDate,
    today: NaiveDate,
    terms: &Terms,
    open: &OpenDays,
    taken: i64,
    room: i64,
) -> Option<PickupFault> {
    if day < today {
        Some(PickupFault::Past)
    } else if day > pickup_until(today, terms, open) {
        Some(PickupFault::AfterWindow)
    } else if !open.opens(day) {
        Some(PickupFault::PointClosed)
    } else if taken >= room {
        Some(PickupFault::DayFull)
    } else {
        None
    }
}

/// The due day of a loan handed out on that day.
pub fn first_due(out_on: NaiveDate, terms: &Terms) -> NaiveDate {
    later(out_on, terms.loan_days.min(terms.most_days))
}

/// The new due day of an extension; none when the loan is overdue or has reached the longest time.
pub fn extended_due(out_on: NaiveDate, due_on: NaiveDate, today: NaiveDate, terms: &Terms) -> Option<NaiveDate> {
    let longest = later(out_on, terms.most_days);
    let next = later(due_on, terms.extension_days).min(longest);
    (today <= due_on && next > due_on).then_some(next)
}

/// The first day after `today` on which the borrower is reminded: some days before the due day, or the day after it.
pub fn next_reminder(due_on: NaiveDate, today: NaiveDate, before: &[u32]) -> Option<NaiveDate> {
    let early = before.iter().filter_map(|days| due_on.checked_sub_days(Days::new(u64::from(*days))));
    early.chain(std::iter::once(later(due_on, 1))).filter(|day| *day > today).min()
}

/// The day from which a person may have another device of the kind; none when the model has no such rule.
pub fn life_ends(out_on: NaiveDate, months: i64) -> Option<NaiveDate> {
    let months = u32::try_from(months).ok().filter(|m| *m > 0)?;
    Some(out_on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
}

/// What is to be left as security by somebody whose valid certificate is severe, or not, or who has none.
pub fn deposit_fen(deposit: &Deposit, severe: Option<bool>) -> Fen {
    match deposit {
        Deposit::None => Fen::ZERO,
        Deposit::Fixed { amount_fen, waived_for } => {
            let waived = waived_for.iter().any(|group| match group {
                Group::Severe => severe == Some(true),
                Group::Holders => severe.is_some(),
            });
            if waived { Fen::ZERO } else { *amount_fen }
        }
    }
}
