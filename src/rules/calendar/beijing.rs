//! Beijing time (+08:00 all year round) between moments and calendar days.

use crate::rules::moments::Moment;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

const OFFSET_MS: i64 = 8 * 60 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The number of 1 January 1970 when 1 January of year 1 is day 1.
const EPOCH_DAY: i64 = 719_163;

/// The Beijing wall clock at a moment; saturates at the first and last moments that exist.
fn wall_clock(at: Moment) -> NaiveDateTime {
    let limit = if at < Moment::EPOCH { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
    DateTime::from_timestamp_millis(at.saturating_add(OFFSET_MS).ms()).map_or(limit, |t| t.naive_utc())
}

/// The Beijing calendar day of a moment; saturates.
pub fn beijing_date(at: Moment) -> NaiveDate {
    wall_clock(at).date()
}

/// 00:00:00 +08:00 of that day.
pub fn start_of_day(date: NaiveDate) -> Moment {
    let days = i64::from(date.num_days_from_ce()).saturating_sub(EPOCH_DAY);
    Moment::of_ms(days.saturating_mul(DAY_MS).saturating_sub(OFFSET_MS))
}

/// The last millisecond of that day in Beijing: what is due on a day may be done until midnight.
pub fn end_of_day(date: NaiveDate) -> Moment {
    start_of_day(date).saturating_add(DAY_MS).saturating_sub(1)
}

/// The moment as RFC 3339 text in +08:00, with milliseconds only when they are not zero. RFC 3339 has four-digit
/// years, so a moment outside the years 0 to 9999 becomes the nearest inside.
pub fn rfc3339(at: Moment) -> String {
    let time = wall_clock(at);
    let time = match time.year() {
        ..0 => NaiveDate::from_ymd_opt(0, 1, 1).map(|day| day.and_time(NaiveTime::MIN)),
        10_000.. => NaiveDate::from_ymd_opt(9999, 12, 31).and_then(|day| day.and_hms_opt(23, 59, 59)),
        _ => None,
    }
    .unwrap_or(time);
    let whole_second = time.nanosecond() < 1_000_000;
    time.format(if whole_second { "%Y-%m-%dT%H:%M:%S+08:00" } else { "%Y-%m-%dT%H:%M:%S%.3f+08:00" }).to_string()
}
