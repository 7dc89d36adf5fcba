//! What deadlines rely on: make-up days, saturation, and that adding and counting working days agree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::rules::moments::Moment;

const FILES: [(i32, &str); 4] = [
    (2023, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2023.csv"))),
    (2024, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2024.csv"))),
    (2025, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2025.csv"))),
    (2026, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/calendars/2026.csv"))),
];

fn calendar() -> &'static WorkCalendar {
    static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| {
        let days: Vec<CalendarDay> = FILES.iter().flat_map(|(_, text)| parse_calendar_csv(text).unwrap()).collect();
        WorkCalendar::from_days(&days)
    });
    &CALENDAR
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0i64..2200).prop_map(|n| day("2022-06-01") + chrono::TimeDelta::days(n))
}

proptest! {
    #[test]
    fn counting_gives_back_what_was_added(from in any_day(), n in 0u32..600) {
        let c = calendar();
        let to = c.add_working_days(from, n);
        prop_assert_eq!(c.working_days_between(from, to), i64::from(n));
        prop_assert!(n == 0 || c.is_working(to));
    }

    #[test]
    fn a_later_start_or_a_longer_term_never_ends_earlier(a in any_day(), b in any_day(), n in 0u32..200) {
        let c = calendar();
        let earlier = a.min(b);
        let later = a.max(b);
        prop_assert!(c.add_working_days(earlier, n) <= c.add_working_days(later, n));
        prop_assert!(c.add_working_days(earlier, n) < c.add_working_days(earlier, n + 1));
    }

    #[test]
    fn counting_agrees_with_walking_day_by_day(a in any_day(), b in any_day()) {
        let c = calendar();
        let from = a.min(b);
        let to = a.max(b);
        let walked = from.iter_days().skip(1).take_while(|d| *d <= to).filter(|d| c.is_working(*d)).count();
        prop_assert_eq!(c.working_days_between(from, to), i64::try_from(walked).unwrap());
        prop_assert_eq!(c.working_days_between(to, from), -c.working_days_between(from, to));
    }

    #[test]
    fn a_day_begins_and_ends_on_itself(d in any_day(), part in 0i64..86_400_000) {
        prop_assert_eq!(beijing_date(start_of_day(d).saturating_add(part)), d);
        prop_assert_eq!(beijing_date(end_of_day(d)), d);
        prop_assert_eq!(beijing_date(end_of_day(d).saturating_add(1)), d.succ_opt().unwrap());
    }

    #[test]
    fn no_instant_and_no_term_is_too_absurd(ms in any::<i64>(), n in any::<u32>()) {
        let c = calendar();
        prop_assert!(c.add_working_days(beijing_date(Moment::of_ms(ms)), n) >= beijing_date(Moment::of_ms(ms)));
        let _ = c.due_at(Moment::of_ms(ms), n);
        let text = rfc3339(Moment::of_ms(ms));
        prop_assert!(text.ends_with("+08:00") && (text.len() == 25 || text.len() == 29), "{}", text);
    }

    #[test]
    fn any_file_is_read_or_refused_with_a_line_that_it_has(text in "[#a-z0-9,\n\"\u{FEFF}-]{0,80}") {
        if let Err(fault) = parse_calendar_csv(&text) {
            prop_assert!(fault.line >= 1 && fault.line <= text.split('\n').count() as u64);
        }
    }
}

#[test]
fn each_year_has_the_working_days_that_its_statutory_holidays_leave() {
    // 11 statutory days until 2024, 13 since 2025: what is made up is never lost.
    for (year, working) in [(2023, 260 - 11), (2024, 262 - 11), (2025, 261 - 13), (2026, 261 - 13)] {
        let before = NaiveDate::from_ymd_opt(year - 1, 12, 31).unwrap();
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        assert_eq!(calendar().working_days_between(before, last), working, "{year}");
    }
}

#[test]
fn the_files_list_only_exceptions_and_name_their_notice() {
    for (year, text) in FILES {
        assert!(text.starts_with(&format!("# 国务院办公厅关于{year}年部分节假日安排的通知（国办发明电〔")));
        for d in parse_calendar_csv(text).unwrap() {
            assert_eq!(d.date.year(), year);
            assert_ne!(d.is_working_day, is_weekday(d.date), "{}", d.date);
        }
    }
}

#[test]
fn make_up_days_work_and_holidays_do_not() {
    let c = calendar();
    for (date, working) in [
        ("2023-01-28", true),
        ("2023-10-06", false),
        ("2024-02-09", true), // the eve was left to each employer in 2024
        ("2024-02-18", true),
        ("2025-01-28", false),
        ("2025-10-08", false),
        ("2025-10-11", true),
        ("2026-02-23", false),
        ("2026-02-28", true),
        ("2026-10-07", false),
        ("2026-10-10", true),
        ("2026-10-11", false),
    ] {
        assert_eq!(c.is_working(day(date)), working, "{date}");
    }
}

#[test]
fn five_working_days_across_the_spring_festival_of_2026() {
    // Fri 13 Feb: Sat 14 works, 15 to 23 rest, then Tue 24 to Fri 27.
    assert_eq!(calendar().add_working_days(day("2026-02-13"), 5), day("2026-02-27"));
    assert_eq!(calendar().add_working_days(day("2026-02-13"), 6), day("2026-02-28"));
    assert_eq!(rfc3339(calendar().due_at(start_of_day(day("2026-02-13")), 5)), "2026-02-27T23:59:59.999+08:00");
}

#[test]
fn a_year_that_was_not_loaded_counts_monday_to_friday_and_is_told() {
    let c = calendar();
    assert!(c.covers(2026) && !c.covers(2027));
    assert!(c.is_working(day("2027-01-01")));
    assert_eq!(c.missing_years(day("2026-12-01"), day("2028-01-01")), [2027, 2028]);
    assert_eq!(c.missing_years(day("2028-01-01"), day("2026-12-01")), Vec::<i32>::new());
}

#[test]
fn a_notice_that_reaches_into_december_does_not_load_the_year_before() {
    let rows = [CalendarDay { date: day("2027-12-31"), is_working_day: false, name: "元旦".into() }];
    let c = WorkCalendar::from_days(&rows);
    assert!(!c.covers(2027) && !c.is_working(day("2027-12-31")));
}

#[test]
fn terms_saturate_at_the_end_of_time() {
    let c = calendar();
    assert_eq!(c.add_working_days(NaiveDate::MAX, 0), NaiveDate::MAX);
    assert_eq!(c.add_working_days(NaiveDate::MAX, 1), NaiveDate::MAX);
    assert_eq!(c.add_working_days(day("2026-01-01"), u32::MAX), NaiveDate::MAX);
    assert_eq!(c.add_working_days(NaiveDate::MIN, 0), NaiveDate::MIN);
    assert_eq!(beijing_date(Moment::of_ms(i64::MAX)), NaiveDate::MAX);
    assert_eq!(beijing_date(Moment::of_ms(i64::MIN)), NaiveDate::MIN);
}

#[test]
fn time_is_written_in_beijing_time_with_milliseconds_only_when_there_are_some() {
    assert_eq!(rfc3339(Moment::of_ms(0)), "1970-01-01T08:00:00+08:00");
    assert_eq!(rfc3339(Moment::of_ms(-1)), "1970-01-01T07:59:59.999+08:00");
    assert_eq!(rfc3339(Moment::of_ms(1_767_196_800_120)), "2026-01-01T00:00:00.120+08:00");
    assert_eq!(beijing_date(Moment::of_ms(1_767_196_799_999)), day("2025-12-31"));
    assert_eq!(rfc3339(Moment::of_ms(i64::MAX)), "9999-12-31T23:59:59+08:00");
    assert_eq!(rfc3339(Moment::of_ms(i64::MIN)), "0000-01-01T00:00:00+08:00");
}

#[test]
fn a_faulty_file_names_the_line_and_what_is_wrong() {
    use CalendarFaultKind::*;
    for (rows, line, kind) in [
        ("2026-01-01,false,元旦\n2026-13-01,false,元旦\n", 4, Date),
        ("2026-01-01,no,元旦\n", 3, Working),
        ("2026-01-01,false\n", 3, Columns),
        ("2026-01-01,false,元旦,x\n", 3, Columns),
        ("2026-01-01,false,\n", 3, Name),
        ("\n# 注\n2026-01-01,false,元旦\n2026-01-01,true,元旦\n", 6, Duplicate),
        ("2026-01-01,false,元旦\n\n# 注\n2026-01-02,?,元旦", 6, Working),
        ("", 2, Empty),
    ] {
        let text = format!("# 来源\ndate,working,name\n{rows}");
        assert_eq!(parse_calendar_csv(&text), Err(CalendarFault { line, kind }), "{rows}");
    }
    let fault = parse_calendar_csv("日期,上班\n").unwrap_err();
    assert_eq!(fault.to_string(), "第 1 行：表头应为 date,working,name。");
}

#[test]
fn a_file_saved_by_a_spreadsheet_is_read() {
    let days = parse_calendar_csv("\u{FEFF}# 来源\r\ndate, working, name\r\n2026-01-01, false, 元旦\r\n").unwrap();
    assert_eq!(days, [CalendarDay { date: day("2026-01-01"), is_working_day: false, name: "元旦".into() }]);
}
