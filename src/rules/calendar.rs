//! Working days by the State Council's calendar with its make-up days (调休); deadlines count in them.

mod beijing;
mod rows;
#[cfg(test)]
mod tests;

use super::moments::Moment;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};

pub use beijing::{beijing_date, end_of_day, rfc3339, start_of_day};
pub use rows::{CalendarDay, CalendarFault, CalendarFaultKind, parse_calendar_csv};

/// Which days are working days. Days that no row speaks of count Monday to Friday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Only the days that differ from Monday to Friday.
    exceptions: BTreeMap<NaiveDate, bool>,
    years: BTreeSet<i32>,
}

impl WorkCalendar {
    /// Builds the calendar from the rows of all loaded years; the last row about a day wins. A year counts as loaded
    /// when it has a row in January to November: a notice may reach back into December of the year before it.
    pub fn from_days<'a>(days: impl IntoIterator<Item = &'a CalendarDay>) -> WorkCalendar {
        let mut calendar = WorkCalendar::default();
        for day in days {
            if day.date.month() < 12 {
                calendar.years.insert(day.date.year());
            }
            if day.is_working_day == is_weekday(day.date) {
                calendar.exceptions.remove(&day.date);
            } else {
                calendar.exceptions.insert(day.date, day.is_working_day);
            }
        }
        calendar
    }

    /// Whether offices work on that day.
    pub fn is_working(&self, date: NaiveDate) -> bool {
        self.exceptions.get(&date).copied().unwrap_or_else(|| is_weekday(date))
    }

    /// Whether the notice of that year was loaded.
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The years from `from` to `to`, both included, whose notice was not loaded; empty when `from` is after `to`.
    pub fn missing_years(&self, from: NaiveDate, to: NaiveDate) -> Vec<i32> {
        (from.year()..=to.year()).filter(|year| !self.covers(*year)).collect()
    }

    /// The n-th working day after `date`, which itself never counts; `date` when `n` is zero. Saturates at the last
    /// day that exists.
    pub fn add_working_days(&self, date: NaiveDate, n: u32) -> NaiveDate {
        let wanted = i64::from(n);
        let reaches = |days: u64| self.working_days_between(date, later(date, days)) >= wanted;
        let last = u64::try_from(NaiveDate::MAX.signed_duration_since(date).num_days()).unwrap_or(0);
        if !reaches(last) {
            return NaiveDate::MAX;
        }
        // The count never falls from day to day, so the first day that reaches it is found by binary search.
        let mut low = 0;
        let mut high = last.min(u64::from(n).saturating_mul(2).saturating_add(14));
        while !reaches(high) {
            high = high.saturating_mul(2).min(last);
        }
        while low < high {
            let middle = low.midpoint(high);
            if reaches(middle) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        later(date, low)
    }

    /// How many working days lie after `from` up to and including `to`; negative when `to` is before `from`.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            return self.working_days_between(to, from).saturating_neg();
        }
        let Some(first) = from.succ_opt().filter(|first| *first <= to) else {
            return 0;
        };
        let corrections = self.exceptions.range(first..=to).map(|(_, working)| if *working { 1 } else { -1 });
        weekdays_until(to).saturating_sub(weekdays_until(from)).saturating_add(corrections.sum())
    }

    /// The last millisecond of the n-th working day after the Beijing day of `now`.
    pub fn due_at(&self, now: Moment, n: u32) -> Moment {
        end_of_day(self.add_working_days(beijing_date(now), n))
    }
}

fn is_weekday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// Mondays to Fridays from 1 January of year 1, which was a Monday, up to and including `date`; negative before it.
fn weekdays_until(date: NaiveDate) -> i64 {
    let days = i64::from(date.num_days_from_ce());
    days.div_euclid(7).saturating_mul(5).saturating_add(days.rem_euclid(7).min(5))
}
