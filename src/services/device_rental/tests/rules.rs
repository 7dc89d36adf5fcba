//! Days and deposits.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::rules::{self, OpenDays, PickupFault};
use super::super::states::{UnitState, UnitStep};
use super::super::terms::{Deposit, Terms};
use crate::rules::money::Fen;

fn terms() -> Terms {
    serde_json::from_value(serde_json::json!({
        "loan_days": 60, "most_days": 120, "extension_days": 30, "units_per_person": 2,
        "deposit": {"kind": "fixed", "amount_fen": 10_000, "waived_for": ["severe"]},
        "pickup_window_days": 3, "offer_hours": 24, "pickups_per_day": 10, "opening_weekdays": [1, 2, 3, 4, 5],
        "reminder_days_before_due": [7, 1], "fit_assessment_first": [], "delivery": ["pickup", "home"]
    }))
    .unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_point_that_opens_once_a_week_can_still_be_reached_within_the_window() {
    let open = OpenDays::parse("5").unwrap();
    let friday = day("2026-03-06");
    assert_eq!(rules::pickup_until(friday, &terms(), &open), day("2026-03-27"));
    let fault = |on: &str, taken| rules::pickup_fault(day(on), friday, &terms(), &open, taken, 10);
    assert_eq!(fault("2026-03-13", 9), None);
    assert_eq!(fault("2026-03-05", 0), Some(PickupFault::Past));
    assert_eq!(fault("2026-03-12", 0), Some(PickupFault::PointClosed));
    assert_eq!(fault("2026-03-13", 10), Some(PickupFault::DayFull));
    assert_eq!(fault("2026-04-03", 0), Some(PickupFault::AfterWindow));
}

#[test]
fn opening_days_are_weekdays() {
    assert_eq!(OpenDays::parse("3, 1,1").map(|d| d.text()).as_deref(), Some("1,3"));
    assert!(OpenDays::parse("").is_none() && OpenDays::parse("0").is_none() && OpenDays::parse("8").is_none());
}

#[test]
fn severe_holders_leave_no_deposit_where_it_is_waived_for_them() {
    let deposit = terms().deposit;
    assert_eq!(rules::deposit_fen(&deposit, Some(true)), Fen::ZERO);
    assert_eq!(rules::deposit_fen(&deposit, Some(false)), Fen(10_000));
    assert_eq!(rules::deposit_fen(&deposit, None), Fen(10_000));
    assert_eq!(rules::deposit_fen(&Deposit::None, None), Fen::ZERO);
}

#[test]
fn a_unit_becomes_available_by_disinfection_after_inspection_only() {
    for &from in UnitState::ALL {
        for &step in UnitStep::ALL {
            if from.after(step) == Some(UnitState::Available) && from != UnitState::Available {
                assert_eq!((from, step), (UnitState::ToDisinfect, UnitStep::Disinfect));
            }
            if from.after(step) == Some(UnitState::ToDisinfect) && from != UnitState::ToDisinfect {
                assert_eq!((from, step), (UnitState::ToInspect, UnitStep::Inspect));
            }
            if from.after(step) == Some(UnitState::Lent) {
                assert_eq!(from, UnitState::Available);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_loan_is_ever_longer_than_the_longest(start in 0..20_000_u32, waits in prop::collection::vec(0..70_u32, 0..6)) {
        let terms = terms();
        let out_on = rules::later(day("2000-01-01"), start);
        let mut due = rules::first_due(out_on, &terms);
        let mut today = out_on;
        for wait in waits {
            today = rules::later(today, wait);
            match rules::extended_due(out_on, due, today, &terms) {
                Some(later) => {
                    prop_assert!(later > due && today <= due);
                    due = later;
                }
                None => prop_assert!(today > due || due == rules::later(out_on, terms.most_days)),
            }
            prop_assert!(due <= rules::later(out_on, terms.most_days));
        }
    }

    #[test]
    fn reminders_come_before_the_due_day_and_once_after_it(due in 0..20_000_u32, ahead in 0..100_u32) {
        let due_on = rules::later(day("2000-01-01"), due.saturating_add(200));
        let today = due_on.checked_sub_days(chrono::Days::new(u64::from(ahead))).unwrap();
        let mut days = Vec::new();
        let mut at = today;
        while let Some(next) = rules::next_reminder(due_on, at, &[7, 1]) {
            prop_assert!(next > at);
            days.push(next);
            at = next;
        }
        prop_assert_eq!(days.last().copied(), Some(rules::later(due_on, 1)));
    }
}
