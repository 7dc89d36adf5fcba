//! What holders, doctors and officers rely on.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::super::rules::*;
use super::super::terms::{Kind, Terms};
use crate::rules::certificate::{Category, GrantedBy, Level, WindowPhase};

/// The JSON of the documentation of [`Terms`].
pub const TERMS: &str = r#"{"renewal": {"opens": {"months_before_expiry": 6}, "frozen_after_days_expired": 0,
    "cancelled_after_months": 6, "validity_years": 10},
  "assessment": {"sight_needs_assessment": true, "hospital_unchanged_waived": true, "limb_loss_waived": true},
  "kinds": ["new", "renewal", "transfer", "reissue", "change", "cancellation"], "notice_kinds": ["new", "change"],
  "guardian_categories": ["intellectual", "mental"], "home_assessment": true, "cross_province": true,
  "assessment_days": 20, "dispute_days": 10, "delivery": ["pickup", "post", "home"]}"#;

fn terms() -> Terms {
    serde_json::from_str(TERMS).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn card(issued: &str, category: Category) -> HeldCard {
    let issued_on = day(issued);
    HeldCard {
        category,
        components: Vec::new(),
        level: Level::Two,
        issued_on,
        expires_on: crate::rules::certificate::expires_on(issued_on, &terms().renewal),
        granted_by: GrantedBy::Hospital,
        irreversible: false,
        frozen: false,
    }
}

fn codes(kind: Kind, card: Option<&HeldCard>, today: &str) -> Vec<&'static str> {
    obstacles(kind, card, false, &terms(), day(today)).iter().map(|o| o.code).collect()
}

#[test]
fn a_renewal_is_possible_from_the_first_day_of_the_window_until_the_card_is_cancelled() {
    let k = card("2016-06-01", Category::Physical);
    assert_eq!(codes(Kind::Renewal, Some(&k), "2025-11-30"), ["not_open"]);
    for open in ["2025-12-01", "2026-06-01", "2026-06-02", "2026-12-01"] {
        assert!(codes(Kind::Renewal, Some(&k), open).is_empty(), "{open}");
    }
    assert_eq!(codes(Kind::Renewal, Some(&k), "2026-12-02"), ["cancelled"]);
    assert!(codes(Kind::New, Some(&k), "2026-12-02").is_empty());
    assert_eq!(codes(Kind::New, Some(&k), "2026-12-01"), ["has_card"]);
    assert_eq!(codes(Kind::Renewal, None, "2026-06-01"), ["no_card"]);
}

#[test]
fn a_change_needs_a_card_that_is_not_frozen_and_a_live_case_bars_everything() {
    let mut k = card("2020-06-01", Category::Physical);
    assert!(codes(Kind::Change, Some(&k), "2026-06-01").is_empty());
    k.frozen = true;
    assert_eq!(codes(Kind::Change, Some(&k), "2026-06-01"), ["frozen"]);
    for kind in Kind::ALL {
        let found = obstacles(*kind, None, true, &terms(), day("2026-06-01"));
        assert_eq!(found[0].code, "already_live");
    }
}

#[test]
fn a_guardian_applies_for_minors_and_for_guarded_categories_and_components() {
    use Category::*;
    let asks = |minor, categories: &[Category]| guardian_required(minor, categories, &terms());
    assert!(asks(true, &[]) && asks(true, &[Visual]));
    assert!(asks(false, &[Intellectual]) && asks(false, &[Mental]) && asks(false, &[Multiple, Visual, Mental]));
    assert!(!asks(false, &[]) && !asks(false, &[Physical]) && !asks(false, &[Multiple, Visual, Hearing]));
}

#[test]
fn first_cards_and_changes_are_always_assessed_and_renewals_by_how_the_card_was_granted() {
    let mut k = card("2016-06-01", Category::Physical);
    let need_of = |k: &HeldCard, changed| need(Kind::Renewal, Some(k), changed, None, &terms());
    assert!(!need_of(&k, false).needed && need_of(&k, true).needed);
    k.granted_by = GrantedBy::Sight;
    assert_eq!((need_of(&k, false).needed, need_of(&k, false).code), (true, "granted_by_sight"));
    assert!(need(Kind::New, None, false, None, &terms()).needed);
    assert!(need(Kind::Change, Some(&k), false, None, &terms()).needed);
    let ordered = need(Kind::Renewal, Some(&k), false, Some("走路有明显变化".into()), &terms());
    assert!(ordered.needed && ordered.sentence.contains("走路有明显变化"));
}

#[test]
fn a_finding_overrides_the_old_card_and_keeps_its_number_only_when_it_says_the_same() {
    let k = card("2016-06-01", Category::Physical);
    let finding = |category, level| Finding { category, components: Vec::new(), level, assessed_on: day("2026-05-01") };
    let same = card_content(Some(&k), Some(&finding(Category::Physical, Some(Level::Two)))).unwrap();
    assert!(same.same_number && same.granted_by == GrantedBy::Hospital);
    let other = card_content(Some(&k), Some(&finding(Category::Physical, Some(Level::One)))).unwrap();
    assert!(!other.same_number && other.level == Level::One);
    assert_eq!(card_content(Some(&k), Some(&finding(Category::Physical, None))), None);
    assert_eq!(card_content(None, None), None);
    assert!(card_content(Some(&k), None).unwrap().same_number);
}

#[test]
fn a_multiple_disability_names_two_different_single_ones_and_others_none() {
    use Category::*;
    let faults = |category, components: &[Category]| {
        let f = Finding { category, components: components.to_vec(), level: None, assessed_on: day("2026-05-01") };
        finding_faults(&f, day("2026-05-01")).into_details().len()
    };
    assert_eq!((faults(Multiple, &[Visual, Mental]), faults(Physical, &[])), (0, 0));
    for wrong in [&[][..], &[Visual], &[Visual, Visual], &[Visual, Multiple]] {
        assert_eq!(faults(Multiple, wrong), 1);
    }
    assert_eq!(faults(Physical, &[Visual]), 1);
    let early = Finding { category: Physical, components: vec![], level: None, assessed_on: day("2026-05-02") };
    assert_eq!(finding_faults(&early, day("2026-05-01")).into_details()[0].field, "/assessed_on");
}

proptest! {
    #[test]
    fn no_card_is_frozen_while_valid_or_cancelled_before_it_was_frozen(from in 0_u64..3000, frozen: bool) {
        let mut k = card("2016-06-01", Category::Physical);
        k.frozen = frozen;
        let today = day("2020-01-01").checked_add_days(Days::new(from)).unwrap();
        let window = k.window(&terms());
        match lapse(&k, &terms(), today) {
            Some(Lapse::Freeze) => prop_assert!(!frozen && today > window.expires),
            Some(Lapse::Cancel) => prop_assert!(frozen && today >= window.cancels),
            None => prop_assert!(today < window.freezes || (frozen && today < window.cancels)),
        }
    }

    #[test]
    fn every_day_of_a_card_has_a_sentence_with_a_date(from in 0_u64..3000) {
        let k = card("2016-06-01", Category::Physical);
        let today = day("2020-01-01").checked_add_days(Days::new(from)).unwrap();
        let sentence = window_sentence(&k.window(&terms()), today);
        prop_assert!(sentence.contains("2026年6月1日"));
        prop_assert_eq!(sentence.contains("现在不用办"), k.window(&terms()).phase(today) == WindowPhase::NotOpen);
    }
}
