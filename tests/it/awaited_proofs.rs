//! A proof of enrolment that follows after approval: reminded, warned, lapsed; or brought late and paid all the same.

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;

use crate::education_aid::{Case, Office, season};
use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::days;

stories![
    an_award_whose_proof_never_comes_lapses_after_two_warnings_and_frees_its_money,
    a_proof_that_is_brought_after_the_warning_is_paid_even_if_the_office_takes_its_time,
];

/// A new student, approved and past the notice on 20 March; the proof is due on 20 April.
async fn waiting(world: World) -> (Office, Value) {
    let mut office = Office::open(world).await;
    let mut early = season(COUNTY);
    early["second_evidence_due"] = json!("2026-04-20");
    let county = office.county.clone();
    let made = office.post(&county, "/api/v1/staff/education-aid/seasons", early).await.data(201);
    office.season = made["season"]["id"].as_str().unwrap().into();
    let case = office.applied(2026).await;
    let case = office.approved(case).await;
    let view = office.noticed(case).await;
    assert_eq!((&view["flags"][0]["value"], &view["summary"]["due_on"]), (&json!("evidence_due"), &json!("2026-04-20")));
    (office, view)
}

/// The case some days later, as its applicant sees it.
async fn later(office: &Office, case: &str, passed: u64) -> Value {
    office.world.pass(days(passed));
    office.world.work().await;
    let student = office.world.resident("lin-xiaoyu").await;
    office.get(&student, &format!("/api/v1/cases/{case}")).await
}

fn last_words(view: &Value) -> &str {
    view["timeline"].as_array().unwrap().last().unwrap()["reason"].as_str().unwrap()
}

/// What the season's approved applications hold: money and persons.
async fn held(office: &Office) -> (i64, i64) {
    let county = office.world.worker(&[Role::CountyOfficer]).await;
    let books = office.get(&county, &format!("/api/v1/staff/education-aid/seasons?county={COUNTY}")).await;
    let own = books["items"].as_array().unwrap().iter().find(|b| b["season"]["id"] == office.season.as_str()).unwrap();
    (own["committed_fen"].as_i64().unwrap(), own["committed_count"].as_i64().unwrap())
}

async fn an_award_whose_proof_never_comes_lapses_after_two_warnings_and_frees_its_money(world: World) {
    let (office, view) = waiting(world).await;
    let case = Case::of(&view).id;
    // 12 April: nothing yet. 13 April: a week before the day.
    let calm = later(&office, &case, 23).await;
    assert_eq!(last_words(&calm), "已批准，请在期限内补交在读证明");
    assert_eq!(last_words(&later(&office, &case, 1).await), "请记得在期限内补交在读证明");
    let due = later(&office, &case, 7).await;
    assert_eq!((last_words(&due), &due["summary"]["due_on"]), ("请记得在期限内补交在读证明", &json!("2026-04-20")));
    let warned = later(&office, &case, 1).await;
    assert_eq!(last_words(&warned), "在读证明的期限已过，再不补交将取消救助");
    assert_eq!((&warned["summary"]["due_on"], held(&office).await), (&json!("2026-05-01"), (300_000, 1)));
    let last = later(&office, &case, 10).await;
    assert_eq!(last["summary"]["state"]["value"], "approved");
    let over = later(&office, &case, 1).await;
    assert_eq!((&over["summary"]["state"]["value"], last_words(&over)), (&json!("lapsed"), "没有收到在读证明，救助已取消"));
    assert_eq!((&over["flags"], held(&office).await), (&json!([]), (0, 0)));
    let student = office.world.resident("lin-xiaoyu").await;
    let told = office.get(&student, "/api/v1/me/notices").await;
    let titles: Vec<&str> = told["items"].as_array().unwrap().iter().take(3).map(|n| n["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["教育救助：已终止", "教育救助：有新进展", "教育救助：有新进展"]);
    office.world.history_is_whole().await;
}

async fn a_proof_that_is_brought_after_the_warning_is_paid_even_if_the_office_takes_its_time(world: World) {
    let (office, view) = waiting(world).await;
    let warned = later(&office, &Case::of(&view).id, 32).await;
    assert_eq!(last_words(&warned), "在读证明的期限已过，再不补交将取消救助");
    let office = Office { student: office.world.resident("lin-xiaoyu").await, ..office };
    let first = office.upload(&Case::of(&warned), "enrolment_proof").await;
    // It lies with the office for three weeks, and is not good enough; the days begin anew.
    let waits = later(&office, &Case::of(&view).id, 21).await;
    assert_eq!(waits["flags"][0]["value"], "evidence_due");
    let county = office.world.worker(&[Role::CountyOfficer]).await;
    let path = |verb: &str| format!("/api/v1/staff/education-aid/cases/{}/actions/{verb}-enrolment", Case::of(&view).id);
    let seen = json!({ "version": Case::of(&waits).version });
    office.post(&county, &path("refuse"), seen).await.data(200);
    let waits = later(&office, &Case::of(&view).id, 5).await;
    assert_eq!(last_words(&waits), "在读证明的期限已过，再不补交将取消救助");
    let office = Office { student: office.world.resident("lin-xiaoyu").await, ..office };
    let paper = format!("/api/v1/papers/{}", first["id"].as_str().unwrap());
    office.world.delete(&paper).token(&office.student).send().await.data(200);
    office.upload(&Case::of(&waits), "enrolment_proof").await;
    let waits = later(&office, &Case::of(&view).id, 30).await;
    let county = office.world.worker(&[Role::CountyOfficer]).await;
    let seen = json!({ "version": Case::of(&waits).version });
    let confirmed = office.post(&county, &path("confirm"), seen).await.data(200);
    assert_eq!((&confirmed["flags"][0]["value"], held(&office).await), (&json!("payable"), (300_000, 1)));
    let batch = office.batch().await;
    assert_eq!((&batch["batch"]["line_count"], &batch["lines"][0]["person_name_masked"]), (&json!(1), &json!("林*雨")));
    assert_eq!(batch["lines"][0]["case_number"], confirmed["summary"]["number"]);
    later(&office, &Case::of(&view).id, 60).await;
    assert_eq!(held(&office).await, (300_000, 1));
}
