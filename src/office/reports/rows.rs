//! What reports count: views of the migrations, in which a moment is also a Beijing day and a line knows its county.

use chrono::NaiveDate;

use crate::office::cases::record::history::case_events;
use crate::rules::calendar::beijing_date;
use crate::rules::moments::Moment;

diesel::table! {
    report_lines (case_id, seq) {
        case_id -> Binary,
        seq -> BigInt,
        at -> BigInt,
        day -> BigInt,
        action -> Text,
        from_state -> Text,
        to_state -> Text,
        actor -> Nullable<Binary>,
        desk -> Nullable<Text>,
        reason -> Nullable<Text>,
        service -> Text,
        county -> Text,
        policy_id -> Binary,
    }
}

diesel::table! {
    report_moves (case_id, seq) {
        case_id -> Binary,
        seq -> BigInt,
        at -> BigInt,
        action -> Text,
        to_state -> Text,
        actor -> Nullable<Binary>,
        desk -> Nullable<Text>,
        service -> Text,
        county -> Text,
    }
}

diesel::table! {
    report_lying (case_id) {
        case_id -> Binary,
        service -> Text,
        county -> Text,
        desk -> Text,
        state -> Text,
        days_left -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        risk_at -> Nullable<BigInt>,
        submitted_day -> BigInt,
    }
}

diesel::table! {
    report_corrections (id) {
        id -> Binary,
        reason -> Text,
        asked_at -> BigInt,
        service -> Text,
        county -> Text,
        policy_id -> Binary,
    }
}

diesel::table! {
    report_ratings (case_id) {
        case_id -> Binary,
        grade -> BigInt,
        at -> BigInt,
        day -> BigInt,
        service -> Text,
        county -> Text,
    }
}

diesel::table! {
    report_tickets (id) {
        id -> Binary,
        kind -> Text,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        service -> Text,
        county -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(report_lines, case_events);
diesel::allow_tables_to_appear_in_same_query!(report_moves, case_events);

/// The date of a numbered Beijing day.
pub fn date_of(day: i64) -> NaiveDate {
    // Midnight UTC of that number is eight in the morning of that day in Beijing.
    beijing_date(Moment::of_ms(day.saturating_mul(24 * 3_600_000)))
}

/// The month of a numbered Beijing day, `2026-03`.
pub fn month_of(day: i64) -> String {
    date_of(day).format("%Y-%m").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::calendar::{end_of_day, start_of_day};

    /// As the views number days.
    fn day(at: Moment) -> i64 {
        (at.ms() + 28_800_000) / 86_400_000
    }

    #[test]
    fn a_numbered_day_is_the_beijing_day_of_its_moments_also_at_the_ends_of_months_and_years() {
        for text in ["2026-01-01", "2026-02-28", "2028-02-29", "2026-12-31", "2027-01-01"] {
            let date: NaiveDate = text.parse().unwrap_or_default();
            for at in [start_of_day(date), end_of_day(date)] {
                assert_eq!((date_of(day(at)), month_of(day(at)).as_str()), (date, &text[..7]), "{text}");
            }
        }
    }
}
