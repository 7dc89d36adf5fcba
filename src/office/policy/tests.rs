//! What deadlines and cases rely on: a pinned policy never changes, imports are whole or not at all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::NaiveDate;
use serde::Deserialize;

use super::county::{self, NewPolicy, Pinned};
use super::guide_facts::{Basis, Nature};
use super::terms::{CommonPolicy, Handling, Material, ReasonOption, Required};
use super::{areas, calendar};
use crate::office::accounts::bench::{Bench, bench};
use crate::platform::error::Result;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Desk;
use crate::rules::moments::Moment;

const LIST: &str = "code,level,parent,name,valid_from,valid_to
990000000000,province,,示例省,2020-01-01,
990100000000,city,990000000000,示例市,2020-01-01,
990101000000,county,990100000000,甲区,2020-01-01,
990101100000,town,990101000000,宋疃镇,2020-01-01,
990101100200,village,990101100000,宋疃村,2020-01-01,
990101101000,town,990101000000,洪庄镇,2020-01-01,2024-12-31
";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn area(text: &str) -> AreaCode {
    AreaCode::parse(text).unwrap()
}

fn common() -> CommonPolicy {
    CommonPolicy {
        chain: vec![Desk::Town, Desk::County],
        accept_days: 5,
        review_days: 5,
        correction_days: 10,
        notice_days: 5,
        undo_minutes: 10,
        claim_minutes: 30,
        materials: vec![Material {
            code: "guardian_proof".into(),
            label: "监护关系证明".into(),
            required: Required::When("guardian_required".into()),
            max_pages: 2,
            hint: "拍户口簿".into(),
            alternatives: vec!["出生医学证明".into()],
        }],
        correction_reasons: vec![ReasonOption { code: "unclear".into(), label: "照片不清楚".into() }],
        reject_reasons: Vec::new(),
        guide: "依据办法办理。".into(),
        facts: Default::default(),
        handling: Handling::default(),
    }
}

fn version(app: &Bench, from: &str, amount: i64) -> NewPolicy {
    NewPolicy {
        id: app.clock.id(),
        county: area("990101000000"),
        service: "education_aid".into(),
        effective_from: day(from),
        owner: "甲区残疾人联合会".into(),
        source: "办法".into(),
        common: common(),
        terms: serde_json::json!({ "amount_fen": amount }),
        at: app.clock.now(),
        by: None,
    }
}

async fn publish(app: &Bench, new: NewPolicy) -> Result<Pinned> {
    app.db.write(move |c| county::publish(c, &new)).await
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Terms {
    amount_fen: i64,
}

#[tokio::test]
async fn nothing_is_called_law_without_its_article_and_words() {
    let app = bench().await;
    for nature in [Nature::Law, Nature::Regulation, Nature::Document, Nature::Local] {
        let mut new = version(&app, "2024-01-01", 1);
        let title = "某某规定".to_owned();
        let article = String::new();
        let source = "办公室".to_owned();
        new.common.facts.basis = vec![Basis { nature, title, article, text: String::new(), source }];
        let told = publish(&app, new).await.err().map(|e| e.details()[0].field.clone());
        let law = matches!(nature, Nature::Law | Nature::Regulation);
        assert_eq!(told, law.then(|| "/facts/basis/0".to_owned()), "{nature:?}");
    }
}

#[tokio::test]
async fn a_case_keeps_the_version_that_it_began_with() {
    let app = bench().await;
    let first = publish(&app, version(&app, "2024-01-01", 1)).await.unwrap();
    let second = publish(&app, version(&app, "2025-01-01", 2)).await.unwrap();
    assert_eq!((first.version, second.version), (1, 2));
    let on = |d: &'static str| day(d);
    let id = first.id;
    let (before, old, new, pinned) = app
        .db
        .read(move |c| {
            let mut at = |d| county::current(c, &area("990101000000"), "education_aid", on(d));
            let found = (at("2023-12-31")?, at("2024-12-31")?.unwrap(), at("2025-01-01")?.unwrap());
            Ok((found.0, found.1, found.2, county::pinned(c, id)?))
        })
        .await
        .unwrap();
    assert!(before.is_none());
    assert_eq!((old.version, new.version, pinned.version), (1, 2, 1));
    assert_eq!(pinned.service::<Terms>().unwrap(), Terms { amount_fen: 1 });
    assert_eq!(*pinned.common, common());
    assert!(pinned.service::<Vec<i64>>().is_err());
}

#[tokio::test]
async fn a_version_that_would_reach_behind_the_last_one_or_is_faulty_is_refused() {
    let app = bench().await;
    publish(&app, version(&app, "2025-01-01", 1)).await.unwrap();
    let early = publish(&app, version(&app, "2024-01-01", 2)).await.unwrap_err();
    assert_eq!(early.details()[0].field, "/effective_from");
    let mut faulty = version(&app, "2026-01-01", 3);
    faulty.common.chain = vec![Desk::Town, Desk::Town];
    faulty.common.review_days = 0;
    faulty.common.materials[0].max_pages = 0;
    let told = publish(&app, faulty).await.unwrap_err();
    let fields: Vec<_> = told.details().iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["/chain", "/accept_days", "/materials/0"]);
}

#[test]
fn a_policy_says_when_a_paper_is_required_and_refuses_what_it_does_not_know() {
    let json = serde_json::to_value(common()).unwrap();
    assert_eq!(json["materials"][0]["required"], serde_json::json!({ "when": "guardian_required" }));
    assert_eq!(serde_json::from_value::<CommonPolicy>(json.clone()).unwrap(), common());
    let mut unknown = json;
    unknown["colour"] = serde_json::json!("red");
    assert!(serde_json::from_value::<CommonPolicy>(unknown).is_err());
}

#[tokio::test]
async fn areas_are_named_in_full_and_listed_while_they_exist() {
    let app = bench().await;
    app.db.write(|c| areas::import(c, LIST)).await.unwrap();
    let renamed = LIST.replace("宋疃村", "宋疃新村");
    app.db.write(move |c| areas::import(c, &renamed)).await.unwrap();
    let told = app
        .db
        .read(|c| {
            let county = area("990101000000");
            Ok((
                areas::full_name(c, &area("990101100200"))?,
                areas::name(c, &area("110000000000"))?,
                areas::children(c, Some(&county), day("2024-12-31"))?.len(),
                areas::children(c, Some(&county), day("2025-01-01"))?.len(),
                areas::children(c, None, day("2025-01-01"))?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((told.0.as_str(), told.1.as_str()), ("甲区宋疃镇宋疃新村", "110000000000"));
    assert_eq!((told.2, told.3), (2, 1));
    assert_eq!(told.4[0].name, "示例省");
}

#[tokio::test]
async fn a_faulty_list_of_areas_changes_nothing_and_tells_every_fault_with_its_line() {
    let app = bench().await;
    let list = LIST.to_owned()
        + "99010110020,village,990101100000,短码村,2020-01-01,
990101100201,town,990101100000,级别村,2020-01-01,
990101100202,village,990101000000,上级村,2020-01-01,
990102100000,town,990102000000,孤镇,2020-01-01,
990101100203,village,990101100000,,2020-01-01,
990101100204,village,990101100000,日期村,2020-13-01,
990101100205,village,990101100000,倒序村,2020-01-02,2020-01-01
990101100200,village,990101100000,重复村,2020-01-01,
990101100206,village,990101100000,少列村
";
    let told = app.db.write(move |c| areas::import(c, &list)).await.unwrap_err();
    let mut faults: Vec<(String, String)> = told.details().iter().map(|d| (d.label.clone(), d.code.clone())).collect();
    faults.sort();
    let expected = [
        ("第 10 行", "areas_parent"),
        ("第 11 行", "areas_unknown_parent"),
        ("第 12 行", "areas_name"),
        ("第 13 行", "areas_dates"),
        ("第 14 行", "areas_dates"),
        ("第 15 行", "areas_duplicate"),
        ("第 16 行", "areas_columns"),
        ("第 8 行", "areas_code"),
        ("第 9 行", "areas_level"),
    ];
    let expected: Vec<(String, String)> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(faults, expected);
    assert!(app.db.read(|c| areas::find(c, &area("990000000000"))).await.unwrap().is_none());
    for (text, code) in [("", "areas_header"), ("code,level,parent,name,valid_from,valid_to\n", "areas_empty")] {
        let told = app.db.write(move |c| areas::import(c, text)).await.unwrap_err();
        assert_eq!(told.details()[0].code, code);
    }
}

#[tokio::test]
async fn the_shipped_calendars_are_loaded_once_and_a_notice_replaces_its_year() {
    let app = bench().await;
    assert_eq!(app.db.write(|c| calendar::seed(c, Moment::of_ms(1))).await.unwrap(), [2023, 2024, 2025, 2026]);
    assert!(app.db.write(|c| calendar::seed(c, Moment::of_ms(2))).await.unwrap().is_empty());
    let notice = "# 更正通知\ndate,working,name\n2026-10-01,false,国庆节\n2025-12-31,false,元旦\n";
    assert_eq!(app.db.write(move |c| calendar::import(c, notice, Moment::of_ms(3))).await.unwrap(), [2026]);
    let (around, days, years) = app
        .db
        .read(|c| Ok((calendar::load_around(c, day("2026-11-22"))?, calendar::days_of(c, 2026)?, calendar::years(c)?)))
        .await
        .unwrap();
    assert_eq!(days.len(), 1);
    assert!(!around.is_working(day("2026-10-01")) && around.is_working(day("2026-10-02")));
    assert!(!around.is_working(day("2025-12-31")), "a notice may reach into the December before");
    assert!(around.covers(2025) && around.covers(2026) && !around.covers(2023));
    assert_eq!(years.last().unwrap(), &(2026, "更正通知".to_owned()));
    let warning = calendar::missing_warning(&around, day("2026-12-20"), day("2027-01-10")).unwrap();
    assert!(warning.starts_with("2027 年的放假安排还没有录入"));
    assert!(calendar::missing_warning(&around, day("2026-11-22"), day("2026-12-20")).is_none());
}

#[tokio::test]
async fn a_faulty_notice_is_refused_with_its_line() {
    let app = bench().await;
    let told =
        app.db.write(|c| calendar::import(c, "date,working,name\n2026-02-30,false,x\n", Moment::of_ms(1))).await.unwrap_err();
    assert_eq!((told.details()[0].label.as_str(), told.details()[0].code.as_str()), ("第 2 行", "calendar_date"));
}
