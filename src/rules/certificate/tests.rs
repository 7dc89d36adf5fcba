//! What certificate cases rely on: numbers, windows, and when an assessment is due.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::rules::identity::invent;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-06-15")
}

fn policy(opens: OpensRule) -> RenewalPolicy {
    RenewalPolicy { opens, frozen_after_days_expired: 0, cancelled_after_months: 6, validity_years: 10 }
}

fn any_policy() -> impl Strategy<Value = RenewalPolicy> {
    let opens = prop_oneof![
        any::<u32>().prop_map(OpensRule::MonthsBeforeExpiry),
        any::<u32>().prop_map(OpensRule::AfterFullYears),
        (0u32..24).prop_map(OpensRule::MonthsBeforeExpiry),
        (0u32..12).prop_map(OpensRule::AfterFullYears),
    ];
    (opens, prop_oneof![any::<u32>(), 0u32..400], prop_oneof![any::<u32>(), 0u32..24], prop_oneof![any::<u32>(), 1u32..20])
        .prop_map(|(opens, frozen_after_days_expired, cancelled_after_months, validity_years)| RenewalPolicy {
            opens,
            frozen_after_days_expired,
            cancelled_after_months,
            validity_years,
        })
}

proptest! {
    #[test]
    fn numbers_read_back_and_stay_hidden(
        days in 0i64..30_000, serial in 0u16..1000, category in 1u8..8, level in 1u8..5, reissue in proptest::option::of(1u8..100),
    ) {
        let holder = invent("990102", today() - TimeDelta::days(days), serial).unwrap();
        let category = Category::from_digit(category).unwrap();
        let level = Level::from_digit(level).unwrap();
        let number = CertificateNumber::compose(holder.clone(), category, level, reissue).unwrap();
        let read = CertificateNumber::parse(&format!(" {} ", number.reveal().to_lowercase()), today()).unwrap();
        prop_assert_eq!(&read, &number);
        prop_assert_eq!((read.holder(), read.category(), read.level(), read.reissue()), (&holder, category, level, reissue));
        prop_assert!(read.masked().starts_with(&holder.masked()));
        prop_assert_eq!(read.masked().matches('*').count(), 18);
        prop_assert_eq!(format!("{read:?}"), "CertificateNumber(<redacted>)");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,26}", near in "[0-9xXbB]{18,24}") {
        let _ = (CertificateNumber::parse(&text, today()), CertificateNumber::parse(&near, today()));
    }

    #[test]
    fn the_days_of_a_window_stand_in_order(n in 0i64..20_000, policy in any_policy()) {
        let issued = day("1990-01-01") + TimeDelta::days(n);
        let expires = expires_on(issued, &policy);
        let window = renewal_window(expires, issued, &policy);
        prop_assert!(window.opens <= window.expires && window.freezes <= window.cancels);
        prop_assert!(window.expires < window.freezes || window.freezes == NaiveDate::MAX);
        prop_assert!(expires >= issued);
    }

    #[test]
    fn time_only_moves_a_card_forward(n in 0i64..20_000, a in 0i64..8000, b in 0i64..8000, policy in any_policy()) {
        let issued = day("1990-01-01") + TimeDelta::days(n);
        let window = renewal_window(expires_on(issued, &policy), issued, &policy);
        let phase = |days| window.phase(issued + TimeDelta::days(days));
        prop_assert!(phase(a.min(b)) <= phase(a.max(b)));
    }

    #[test]
    fn policies_read_back_from_json(policy in any_policy()) {
        let json = serde_json::to_string(&policy).unwrap();
        prop_assert!(json.contains(policy.opens.code()));
        prop_assert_eq!(serde_json::from_str::<RenewalPolicy>(&json).unwrap(), policy);
    }

    #[test]
    fn an_order_with_a_reason_always_holds(category in 0usize..7, by in 0usize..3, bits in 0u8..32) {
        let bit = |n: u8| bits & (1 << n) != 0;
        let mut card = CardFacts {
            category: Category::ALL[category], granted_by: GrantedBy::ALL[by], unchanged: bit(0), irreversible_limb_loss: bit(1),
            ordered_because: Some("  ".to_owned()),
        };
        let rules = AssessmentPolicy { sight_needs_assessment: bit(2), hospital_unchanged_waived: bit(3), limb_loss_waived: bit(4) };
        let without = assessment_needed(&card, &rules);
        prop_assert_ne!(without.reason_code, AssessmentReason::OrderedByCaseworker);
        prop_assert!(without.needed || without.sentence.contains("不用"));
        prop_assert!(!without.needed || !without.sentence.contains("不用"));
        card.ordered_because = Some("照片与本人不符。".to_owned());
        let with = assessment_needed(&card, &rules);
        prop_assert!(with.needed);
        prop_assert_eq!(with.sentence, "工作人员要求重新评定，原因：照片与本人不符。");
    }
}

#[test]
fn windows_open_by_the_rule_of_the_county() {
    let issued = day("2016-08-31");
    let expires = day("2026-08-31");
    let by_months = renewal_window(expires, issued, &policy(OpensRule::MonthsBeforeExpiry(6)));
    assert_eq!(by_months.opens, day("2026-02-28")); // February has no 31st
    assert_eq!((by_months.freezes, by_months.cancels), (day("2026-09-01"), day("2027-03-01")));
    let by_years = renewal_window(expires, issued, &policy(OpensRule::AfterFullYears(9)));
    assert_eq!(by_years.opens, day("2025-08-31"));
    assert_eq!(by_years.phase(day("2025-08-30")), WindowPhase::NotOpen);
    assert_eq!(by_years.phase(day("2025-08-31")), WindowPhase::Open);
    assert_eq!(by_years.phase(expires), WindowPhase::Open);
    assert_eq!(by_years.phase(day("2026-09-01")), WindowPhase::Frozen);
    assert_eq!(by_years.phase(day("2027-03-01")), WindowPhase::Cancelled);
}

#[test]
fn a_card_within_the_grace_days_is_expired_but_not_frozen() {
    let terms = RenewalPolicy { frozen_after_days_expired: 30, ..policy(OpensRule::MonthsBeforeExpiry(6)) };
    let window = renewal_window(day("2026-01-01"), day("2016-01-01"), &terms);
    assert_eq!(window.phase(day("2026-01-02")), WindowPhase::Expired);
    assert_eq!(window.phase(day("2026-01-31")), WindowPhase::Expired);
    assert_eq!(window.phase(day("2026-02-01")), WindowPhase::Frozen);
}

#[test]
fn a_card_of_the_leap_day_ends_on_the_last_of_february() {
    let terms = policy(OpensRule::AfterFullYears(9));
    let issued = day("2016-02-29");
    assert_eq!(expires_on(issued, &terms), day("2026-02-28"));
    assert_eq!(renewal_window(day("2026-02-28"), issued, &terms).opens, day("2025-02-28"));
    assert_eq!(expires_on(day("2018-02-28"), &terms), day("2028-02-28"));
}

#[test]
fn assessment_follows_how_the_old_card_was_granted() {
    let rules = AssessmentPolicy { sight_needs_assessment: true, hospital_unchanged_waived: true, limb_loss_waived: true };
    let need = |category, granted_by, unchanged, irreversible_limb_loss| {
        let card = CardFacts { category, granted_by, unchanged, irreversible_limb_loss, ordered_because: None };
        let answer = assessment_needed(&card, &rules);
        (answer.needed, answer.reason_code.code())
    };
    use {Category::*, GrantedBy::*};
    assert_eq!(need(Hearing, Sight, true, false), (true, "granted_by_sight"));
    assert_eq!(need(Hearing, Hospital, true, false), (false, "hospital_unchanged"));
    assert_eq!(need(Hearing, Hospital, false, false), (true, "condition_changed"));
    assert_eq!(need(Hearing, Unknown, true, false), (true, "grant_unknown"));
    assert_eq!(need(Physical, Sight, true, true), (false, "irreversible_limb_loss"));
    assert_eq!(need(Multiple, Sight, true, true), (true, "granted_by_sight")); // the other components may change
}

#[test]
fn a_refused_number_says_which_part_is_wrong() {
    let holder = invent("990102", day("1980-02-03"), 12).unwrap();
    let read = |tail: &str| CertificateNumber::parse(&format!("{}{tail}", holder.reveal()), today()).map(|n| n.reissue());
    assert_eq!(read("43"), Ok(None));
    assert_eq!(read("43b12"), Ok(Some(12)));
    for (tail, fault) in [
        ("", CertificateFault::Length),
        ("4", CertificateFault::Length),
        ("83", CertificateFault::Category),
        ("03", CertificateFault::Category),
        ("45", CertificateFault::Level),
        ("43B", CertificateFault::Suffix),
        ("43B0", CertificateFault::Suffix),
        ("43B01", CertificateFault::Suffix),
        ("43B100", CertificateFault::Suffix),
        ("43B+1", CertificateFault::Suffix),
        ("431", CertificateFault::Suffix),
    ] {
        assert_eq!(read(tail), Err(fault), "{tail}");
        assert!(fault.reason().ends_with('。') && fault.suggestion().ends_with('。'));
    }
    let wrong = CertificateNumber::parse("11010519491231002143", today()).unwrap_err();
    assert_eq!(wrong.code(), "citizen_id_check_digit");
    assert_eq!(CertificateNumber::compose(holder, Category::Visual, Level::One, Some(0)), None);
}

#[test]
fn categories_and_levels_keep_their_digits_codes_and_labels() {
    let labels: Vec<_> = Category::ALL.iter().map(|c| c.label()).collect();
    assert_eq!(labels, ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]);
    for category in Category::ALL {
        assert_eq!(Category::from_digit(category.digit()), Some(*category));
        assert_eq!(Category::from_code(category.code()), Some(*category));
        assert_eq!(serde_json::to_string(category).unwrap(), format!("\"{}\"", category.code()));
    }
    let severe: Vec<_> = Level::ALL.iter().filter(|l| l.severe()).map(|l| l.label()).collect();
    assert_eq!(severe, ["一级", "二级"]);
    assert_eq!((Category::from_digit(0), Category::from_digit(8), Level::from_digit(5)), (None, None, None));
}
