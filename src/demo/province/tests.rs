//! The invented counties show the report's figures, and the province can be laid, broken off and laid again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::cards::PlannedCard;
use super::figures::{COUNTIES, County};
use super::marker::{self, Marker};
use super::people::{Family, families};
use super::{AREAS, lay, policies};
use crate::demo::bench::bench;
use zhucan::office::people::kin::KinKind;
use zhucan::office::people::rolls;
use zhucan::office::policy::area_rows::parse;
use zhucan::platform::clock::Clock;
use zhucan::rules::areas::AreaCode;
use zhucan::rules::certificate::{AssessmentPolicy, Category, RenewalPolicy};
use zhucan::rules::moments::Moment;
use zhucan::services::certificate::terms::Kind;

fn today() -> NaiveDate {
    "2026-11-22".parse().unwrap()
}

fn invented(county: &County) -> Vec<Family> {
    families(county, &parse(AREAS, &|_| false).unwrap(), today()).unwrap()
}

fn ten_years_after(day: NaiveDate) -> NaiveDate {
    day.checked_add_months(chrono::Months::new(120)).unwrap()
}

#[test]
fn the_third_county_has_the_holders_of_its_report_and_every_card_is_or_will_be_valid_today() {
    let families = invented(&COUNTIES[2]);
    let cards: Vec<_> = families.iter().flat_map(|f| &f.members).filter_map(|m| m.card.as_ref()).collect();
    assert_eq!(cards.len(), 27_066);
    assert_eq!(cards.iter().filter(|c| c.level.severe()).count(), 17_397);
    let of = |category: Category| cards.iter().filter(|c| c.category == category).count();
    let by_category: Vec<usize> = Category::ALL.iter().map(|c| of(*c)).collect();
    assert_eq!(by_category, [2690, 4162, 578, 13587, 2305, 2572, 1172]);
    let (by_case, held): (Vec<&PlannedCard>, Vec<&PlannedCard>) = cards.into_iter().partition(|c| c.by_case.is_some());
    assert_eq!(by_case.len(), 1524 + 812 + 314);
    assert!(by_case.iter().all(|c| c.by_case.unwrap().applied_on.format("%Y").to_string() == "2024"));
    assert!(held.iter().all(|c| c.issued_on <= today() && ten_years_after(c.issued_on) > today()));
    let cards = held;
    let soon = today().checked_add_months(chrono::Months::new(6)).unwrap();
    assert!(cards.iter().filter(|c| ten_years_after(c.issued_on) <= soon).count() > 500);
}

#[test]
fn the_first_county_has_the_students_whom_its_report_counts() {
    let families = invented(&COUNTIES[0]);
    let mut counted: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for study in families.iter().flat_map(|f| &f.members).filter_map(|m| m.study).filter(|s| s.year == 2023) {
        *counted.entry((study.beneficiary, study.stage)).or_default() += 1;
    }
    let of = |who: &str| counted.iter().filter(|(k, _)| k.0 == who).map(|(_, n)| n).sum::<usize>();
    assert_eq!((of("disabled_student"), of("child_of_disabled")), (103, 293));
    assert_eq!(counted[&("disabled_student", "vocational")], 14);
    assert_eq!(counted[&("child_of_disabled", "compulsory")], 231);
}

#[test]
fn aided_students_were_of_age_and_their_families_held_cards_in_the_year_of_the_report() {
    for county in &COUNTIES {
        for family in invented(county) {
            for (at, member) in family.members.iter().enumerate() {
                let Some(study) = member.study else { continue };
                let begin = NaiveDate::from_ymd_opt(study.year, 9, 1).unwrap();
                assert!((6..=25).contains(&member.id_number.age_on(begin)));
                let parents = family.kin.iter().filter(|k| k.0 == at && k.2 == KinKind::Parent);
                let parent = &family.members[parents.map(|k| k.1).next().unwrap()];
                assert!(parent.id_number.age_on(member.id_number.birth_date()) >= 21);
                let disabled = if study.beneficiary == "disabled_student" { member } else { parent };
                let card = disabled.card.as_ref().unwrap();
                assert!(card.issued_on < begin && ten_years_after(card.issued_on) > begin && card.by_case.is_none());
                assert!(disabled.id_number.birth_date() < card.issued_on);
            }
        }
    }
}

#[test]
fn the_second_county_keeps_people_for_its_new_cards_renewals_and_changes() {
    let families = invented(&COUNTIES[1]);
    let cards: Vec<_> = families.iter().flat_map(|f| &f.members).filter_map(|m| m.card.as_ref()).collect();
    let of = |kind: Kind| cards.iter().filter(move |c| c.by_case.is_some_and(|b| b.kind == kind));
    assert_eq!((of(Kind::New).count(), of(Kind::Renewal).count(), of(Kind::Change).count()), (578, 283, 289));
    let year = |day: NaiveDate| day.format("%Y").to_string();
    assert!(of(Kind::Renewal).all(|c| year(ten_years_after(c.issued_on)) == "2023" && c.laid_level() == Some(c.level)));
    assert!(of(Kind::New).all(|c| c.laid_level().is_none()));
    assert!(of(Kind::Change).all(|c| c.laid_level().is_some_and(|l| l != c.level)));
}

#[test]
fn nobody_is_invented_twice_and_the_same_people_come_again() {
    let mut ids = BTreeSet::new();
    let mut phones = BTreeSet::new();
    let mut minors_alone = 0;
    for county in &COUNTIES {
        let code = AreaCode::parse(county.code).unwrap();
        let once = invented(county);
        let again = invented(county);
        assert!(once.len() == again.len() && once.iter().all(|f| code.contains(&f.area)));
        for (a, b) in once.iter().zip(&again) {
            assert!(a.members.iter().map(|m| m.id_number.reveal()).eq(b.members.iter().map(|m| m.id_number.reveal())));
            assert!(a.members.iter().all(|m| m.id_number.reveal().starts_with("99")));
            let holder = &a.members[0];
            minors_alone += usize::from(holder.id_number.is_minor_on(today()) && a.kin.is_empty());
        }
        for member in once.iter().flat_map(|f| &f.members) {
            assert!(ids.insert(member.id_number.reveal().to_owned()));
            assert!(member.phone.as_ref().is_none_or(|p| phones.insert(p.reveal().to_owned())));
        }
    }
    assert_eq!(minors_alone, 0, "every minor has a parent");
}

#[test]
fn the_services_parts_of_the_policies_read_as_the_rules_want_them() {
    let all = policies::all(&Clock::standing_at(Moment::EPOCH)).unwrap();
    assert_eq!(all.len(), 9);
    for policy in &all {
        policy.common.check().unwrap();
        if policy.service == "certificate" {
            serde_json::from_value::<RenewalPolicy>(policy.terms["renewal"].clone()).unwrap();
            serde_json::from_value::<AssessmentPolicy>(policy.terms["assessment"].clone()).unwrap();
        }
    }
}

#[tokio::test]
async fn a_laying_that_broke_off_goes_on_and_a_second_one_changes_nothing() {
    let app = bench().await;
    let rows = parse(AREAS, &|_| false).unwrap();
    lay::ground(&app, today(), app.clock.now()).await.unwrap();
    lay::people(&app, &COUNTIES[0], &rows, today()).await.unwrap();
    let count = || app.db.read(|c| rolls::count_by(c, &AreaCode::parse(COUNTIES[0].code).unwrap()));
    let before = count().await.unwrap();
    assert_eq!((before.holders, before.severe, before.other), (670, 410, 260));
    lay::ground(&app, today(), app.clock.now()).await.unwrap();
    lay::people(&app, &COUNTIES[0], &rows, today()).await.unwrap();
    assert_eq!(count().await.unwrap(), before);
    assert_eq!(app.db.read(marker::read).await.unwrap(), Some(Marker { day: today(), done: false }));
}

#[tokio::test]
async fn the_province_is_laid_once_with_all_holders_but_those_whose_case_is_to_come() {
    let app = bench().await;
    assert!(lay::load(&app).await.unwrap());
    // The cases of the report year give the rest their first cards.
    let third = app.db.read(|c| rolls::count_by(c, &AreaCode::parse(COUNTIES[2].code).unwrap())).await.unwrap();
    assert_eq!(third.holders, 27_066 - 1524);
    assert!(!lay::load(&app).await.unwrap());
}
