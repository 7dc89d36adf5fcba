//! One decision about many cases: each case has its own result, and a repeated call changes nothing.

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions};

stories![
    each_case_of_a_bulk_has_the_result_that_it_would_have_alone,
    a_bulk_whose_answer_was_lost_happens_once,
    a_bulk_says_no_with_a_reason_and_no_more_than_fifty_at_once,
];

const PATH: &str = "/api/v1/staff/cases/actions/bulk";

fn body(action: &str, reason: Value, cases: &[(&str, i64)]) -> Value {
    let cases: Vec<Value> = cases.iter().map(|(id, version)| json!({ "id": id, "version": version })).collect();
    json!({ "action": action, "reason": reason, "note": null, "cases": cases })
}

async fn each_case_of_a_bulk_has_the_result_that_it_would_have_alone(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let chen = Applicant::of(&world, "chen-xiuying").await;
    let ready = zhao.submitted("renewal").await;
    let stale = lin.submitted("change").await;
    let held = chen.submitted("change").await;
    world.pass(MINUTES_11);
    let me = world.worker(&[Role::TownOfficer]).await;
    let colleague = world.worker(&[Role::TownOfficer]).await;
    let held = world.decided(&colleague, &held, "claim").await;
    let nowhere = Uuid::new_v4().to_string();
    let cases = [
        (ready.id.as_str(), ready.version),
        (stale.id.as_str(), stale.version - 1),
        (held.id.as_str(), held.version),
        (nowhere.as_str(), 1),
        // The same case again: its version is not the one that was seen any more.
        (ready.id.as_str(), ready.version),
    ];
    let told = world.post(PATH).token(&me).json(&body("accept", Value::Null, &cases)).send().await.data(200);
    assert_eq!((&told["done"], &told["refused"]), (&json!(1), &json!(4)));
    let results = told["results"].as_array().unwrap();
    let codes: Vec<(u64, u64)> =
        results.iter().map(|r| (r["status"].as_u64().unwrap(), r["errcode"].as_u64().unwrap())).collect();
    assert_eq!(codes, [(200, 0), (409, 10030), (409, 20004), (404, 10006), (409, 10030)]);
    let versions: Vec<Value> = results.iter().map(|r| r["version"].clone()).collect();
    let accepted = json!(ready.version + 1);
    assert_eq!(versions, [accepted.clone(), json!(stale.version), json!(held.version), Value::Null, accepted]);
    assert_eq!(results[0]["state"]["value"], "in_review");
    assert!(results[1]["errmsg"].as_str().unwrap().ends_with('。'));
    assert_eq!(actions(&zhao.view(&ready).await), ["begin", "submit", "accept"]);
    assert_eq!(actions(&lin.view(&stale).await), ["begin", "submit"]);
    // Officers cannot decide cases of their own family, in bulk neither.
    let family = world.officer(&[Role::TownOfficer], COUNTY, Some(lin.person.parse().unwrap()), false).await;
    let own = [(stale.id.as_str(), stale.version)];
    let told = world.post(PATH).token(&family.token).json(&body("claim", Value::Null, &own)).send().await.data(200);
    assert_eq!((&told["results"][0]["status"], &told["results"][0]["errcode"]), (&json!(403), &json!(20005)));
    assert_eq!(told["results"][0]["version"], json!(stale.version));
    world.history_is_whole().await;
}

async fn a_bulk_whose_answer_was_lost_happens_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let one = zhao.submitted("renewal").await;
    let two = lin.submitted("change").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let key = Uuid::new_v4();
    let cases = [(one.id.as_str(), one.version), (two.id.as_str(), two.version)];
    let send = || world.post(PATH).token(&town).key(key).json(&body("accept", Value::Null, &cases)).send();
    let first = send().await;
    let again = send().await;
    assert_eq!((first.status, &again.json["meta"]["replayed"]), (200, &json!(true)));
    assert_eq!((&first.json["data"]["done"], &first.json["data"]), (&json!(2), &again.json["data"]));
    for (applicant, case) in [(&zhao, &one), (&lin, &two)] {
        assert_eq!(actions(&applicant.view(case).await), ["begin", "submit", "accept"]);
    }
    let other = body("accept", Value::Null, &cases[..1]);
    world.post(PATH).token(&town).key(key).json(&other).send().await.refused(422, 10011);
}

async fn a_bulk_says_no_with_a_reason_and_no_more_than_fifty_at_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let send = |body: Value| world.post(PATH).token(&town).json(&body).send();
    let one = [(case.id.as_str(), case.version)];
    let told = send(body("decline", Value::Null, &one)).await.data(200);
    let result = &told["results"][0];
    assert_eq!((&result["status"], &result["details"][0]["field"]), (&json!(422), &json!("/reason")));
    send(body("accept", Value::Null, &vec![one[0]; 51])).await.refused(422, 10002);
    send(body("accept", Value::Null, &[])).await.refused(422, 10002);
    send(body("burn", Value::Null, &one)).await.refused(422, 10002);
    let told = send(body("decline", json!("not_resident"), &one)).await.data(200);
    assert_eq!(told["results"][0]["state"]["value"], "not_accepted");
    let line = zhao.view(&Case { id: case.id.clone(), version: 0 }).await["timeline"].as_array().unwrap().last().unwrap().clone();
    assert!(line["reason"].as_str().unwrap().contains("户口"));
}
