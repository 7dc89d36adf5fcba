//! What cases rely on: facts stay sealed, a new card takes the old one's place, families are known in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::NaiveDate;

use super::kin::{self, KinEvidence, KinKind, NewKinship};
use super::persons::{self, NewPerson};
use super::register::{self, CertificateStatus, NewCertificate};
use super::rolls::{self, Roll};
use crate::office::accounts::bench::{Bench, bench};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::{Category, CertificateNumber, GrantedBy, Level};
use crate::rules::identity::{CitizenId, PhoneNumber, invent};
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn area(text: &str) -> AreaCode {
    AreaCode::parse(text).unwrap()
}

fn citizen(serial: u16) -> CitizenId {
    invent("990101", day("1980-05-06"), serial).unwrap()
}

fn person(app: &Bench, serial: u16, village: &str) -> NewPerson {
    NewPerson {
        id: app.clock.id(),
        area: area(village),
        name: PersonName::parse("阿依古丽·买买提").unwrap(),
        id_number: citizen(serial),
        phone: Some(PhoneNumber::parse("19100000001").unwrap()),
        address: Some("示例村1组1号".into()),
        household: None,
        at: app.clock.now(),
    }
}

async fn put(app: &Bench, new: NewPerson) -> Id {
    let keys = app.keys.clone();
    app.db.write(move |c| persons::insert(c, &keys, &new)).await.unwrap()
}

fn card(app: &Bench, person: Id, serial: u16, issued: &str, level: Level) -> NewCertificate {
    NewCertificate {
        id: app.clock.id(),
        person,
        county: area("990101000000"),
        number: CertificateNumber::compose(citizen(serial), Category::Physical, level, None).unwrap(),
        components: Vec::new(),
        issued_on: day(issued),
        expires_on: day(issued).checked_add_months(chrono::Months::new(120)).unwrap(),
        granted_by: GrantedBy::Hospital,
        irreversible: false,
        case_id: None,
        at: app.clock.now(),
    }
}

async fn issue(app: &Bench, new: NewCertificate) -> Vec<Id> {
    let keys = app.keys.clone();
    app.db.write(move |c| register::issue(c, &keys, &new)).await.unwrap()
}

async fn relate(app: &Bench, person: Id, relative: Id, kind: KinKind, valid_to: Option<&str>) {
    let evidence = KinEvidence::HouseholdRegister;
    let id = app.clock.id();
    let valid_from = day("2010-01-01");
    let valid_to = valid_to.map(day);
    let new = NewKinship { id, person, relative, kind, valid_from, valid_to, evidence };
    app.db.write(move |c| kin::add_kinship(c, &new)).await.unwrap();
}

async fn family(app: &Bench, a: Id, b: Id, on: &str) -> bool {
    let on = day(on);
    app.db.read(move |c| kin::are_family(c, a, b, on)).await.unwrap()
}

#[tokio::test]
async fn facts_come_back_open_only_with_the_keys_and_references_stay_masked() {
    let app = bench().await;
    let id = put(&app, person(&app, 11, "990101100200")).await;
    let keys = app.keys.clone();
    let (open, masked, by_hash, named) = app
        .db
        .read(move |c| {
            let hash = persons::id_hash(&keys, &citizen(11));
            let name = PersonName::parse("阿依古丽•买买提").unwrap();
            Ok((
                persons::open(c, &keys, id)?,
                persons::find(c, id)?.unwrap(),
                persons::find_by_id_hash(c, &hash)?.unwrap(),
                persons::is_named(c, &keys, id, &name)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(open.id_number.reveal(), citizen(11).reveal());
    assert_eq!((open.birth_date, open.county), (day("1980-05-06"), area("990101000000")));
    assert_eq!(open.address.as_deref(), Some("示例村1组1号"));
    assert!(named);
    assert_eq!(masked.name_masked, "阿依古丽·***");
    assert_eq!(masked, by_hash);
    assert!(!format!("{open:?} {masked:?}").contains("买买提"));
    let other = bench().await.keys.clone();
    assert!(app.db.read(move |c| persons::open(c, &other, id)).await.is_err());
}

#[tokio::test]
async fn nobody_is_recorded_twice() {
    let app = bench().await;
    put(&app, person(&app, 11, "990101100200")).await;
    let again = person(&app, 11, "990101101200");
    let keys = app.keys.clone();
    assert!(app.db.write(move |c| persons::insert(c, &keys, &again)).await.is_err());
}

#[tokio::test]
async fn a_new_card_supersedes_the_old_one_and_is_the_only_one_valid() {
    let app = bench().await;
    let id = put(&app, person(&app, 11, "990101100200")).await;
    let old = card(&app, id, 11, "2016-04-01", Level::Three);
    let old_id = old.id;
    assert!(issue(&app, old).await.is_empty());
    let new = card(&app, id, 11, "2026-02-02", Level::Two);
    let new_id = new.id;
    assert_eq!(issue(&app, new).await, [old_id]);
    let keys = app.keys.clone();
    let (cards, valid, counts) = app
        .db
        .read(move |c| {
            let county = area("990101000000");
            let valid = register::valid_certificate(c, id, day("2026-03-02"))?;
            Ok((register::certificates_of(c, &keys, id)?, valid.unwrap(), rolls::count_by(c, &county)?))
        })
        .await
        .unwrap();
    let told: Vec<_> = cards.iter().map(|k| (k.card.id, k.card.status, k.card.superseded_by)).collect();
    assert_eq!(told, [(old_id, CertificateStatus::Superseded, Some(new_id)), (new_id, CertificateStatus::Valid, None)]);
    assert_eq!((valid.id, valid.level), (new_id, Level::Two));
    assert!(cards[1].number.reveal().ends_with("42"));
    assert_eq!((counts.holders, counts.severe, counts.other), (1, 1, 0));
}

#[tokio::test]
async fn an_expired_or_frozen_card_is_no_valid_one() {
    let app = bench().await;
    let id = put(&app, person(&app, 11, "990101100200")).await;
    let held = card(&app, id, 11, "2016-04-01", Level::One);
    let held_id = held.id;
    issue(&app, held).await;
    let valid = |on: &'static str| app.db.read(move |c| register::valid_certificate(c, id, day(on)));
    assert!(valid("2026-04-01").await.unwrap().is_some());
    assert!(valid("2026-04-02").await.unwrap().is_none());
    let freeze = || {
        use CertificateStatus::{Frozen, Valid};
        app.db.write(move |c| register::move_status(c, held_id, Valid, Frozen, Moment::of_ms(7)))
    };
    assert!(freeze().await.unwrap());
    assert!(!freeze().await.unwrap(), "a second time it no longer stands there");
    assert!(valid("2026-04-01").await.unwrap().is_none());
}

#[tokio::test]
async fn family_is_known_from_both_sides_over_one_person_and_only_while_it_holds() {
    let app = bench().await;
    let mut ids = Vec::new();
    for serial in 1..=6 {
        ids.push(put(&app, person(&app, serial, "990101100200")).await);
    }
    let [mother, son, daughter, husband, ward, stranger] = ids[..] else { panic!() };
    relate(&app, son, mother, KinKind::Parent, None).await;
    relate(&app, mother, daughter, KinKind::Child, None).await;
    relate(&app, mother, husband, KinKind::Spouse, Some("2020-12-31")).await;
    relate(&app, ward, mother, KinKind::Guardian, None).await;
    let (children, parents) = app
        .db
        .read(move |c| {
            let on = day("2026-03-02");
            Ok((kin::children_of(c, mother, on)?, kin::parents_of(c, daughter, on)?))
        })
        .await
        .unwrap();
    let mut both = [son, daughter];
    both.sort();
    assert_eq!(children.iter().map(|p| p.id).collect::<Vec<_>>(), both);
    assert_eq!(parents.iter().map(|p| p.id).collect::<Vec<_>>(), [mother]);
    for (a, b) in [(mother, son), (son, mother), (son, daughter), (mother, ward), (son, son)] {
        assert!(family(&app, a, b, "2026-03-02").await);
    }
    assert!(family(&app, husband, mother, "2020-12-31").await);
    assert!(!family(&app, husband, mother, "2021-01-01").await);
    for other in [mother, son, husband] {
        assert!(!family(&app, stranger, other, "2026-03-02").await);
    }
}

#[tokio::test]
async fn one_household_register_is_one_family() {
    let app = bench().await;
    let mut ids = Vec::new();
    for (serial, household) in [(1, Some("99010100000001")), (2, Some("99010100000001")), (3, None), (4, None)] {
        let household = household.map(str::to_owned);
        ids.push(put(&app, NewPerson { household, ..person(&app, serial, "990101100200") }).await);
    }
    assert!(family(&app, ids[0], ids[1], "2026-03-02").await);
    assert!(!family(&app, ids[2], ids[3], "2026-03-02").await, "not knowing is no household");
}

#[tokio::test]
async fn lists_page_through_what_counts_count_within_the_scope() {
    let app = bench().await;
    for (serial, village) in (1..=30).zip(["990101100200", "990101100201", "990101101200"].into_iter().cycle()) {
        let id = put(&app, person(&app, serial, village)).await;
        let level = if serial % 2 == 0 { Level::Two } else { Level::Four };
        issue(&app, card(&app, id, serial, if serial < 20 { "2020-01-01" } else { "2018-01-01" }, level)).await;
    }
    for (scope, expected) in
        [("990101000000", 30), ("990101100000", 20), ("990101101200", 10), ("990100000000", 30), ("990102000000", 0)]
    {
        let roll = Roll::holders(vec![area(scope)]);
        let (counted, listed) = app
            .db
            .read(move |c| -> Result<_> {
                let mut listed = Vec::new();
                let mut after = None;
                loop {
                    let page = rolls::list(c, &roll, after, 7)?;
                    let Some(last) = page.last() else { break };
                    after = Some((last.card.expires_on, last.card.id));
                    listed.extend(page);
                }
                Ok((rolls::count(c, &roll)?, listed))
            })
            .await
            .unwrap();
        assert_eq!((counted.holders, listed.len()), (expected, expected as usize), "{scope}");
        assert_eq!(counted.severe, listed.iter().filter(|h| h.card.level.severe()).count() as i64);
        assert!(listed.windows(2).all(|w| w[0].card.expires_on <= w[1].card.expires_on));
        assert!(listed.windows(2).all(|w| w[0].card.id != w[1].card.id));
    }
    let nobody = app.db.read(|c| rolls::count(c, &Roll::holders(Vec::new()))).await.unwrap();
    assert_eq!(nobody.holders, 0);
}
