//! What a clock does to a case when nobody acts, in working days.

use serde_json::json;
use zhucan::rules::lifecycle::Role;

use crate::education_aid::Office;
use crate::world::World;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days, picture};

stories![
    a_case_that_nobody_answers_counts_as_accepted_after_five_working_days,
    a_correction_lapses_after_ten_working_days_and_not_before,
    the_days_of_a_desk_stand_still_while_the_applicant_mends,
    the_days_of_finance_are_counted_anew_with_the_calendar,
];

/// Which day is how far from the story's Tuesday, 10 March 2026.
const TO_17_MARCH: u64 = 7;
const TO_24_MARCH: u64 = 14;

async fn a_case_that_nobody_answers_counts_as_accepted_after_five_working_days(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    let view = zhao.view(&case).await;
    assert_eq!((&view["summary"]["due_on"], &view["summary"]["overdue"]), (&json!("2026-03-17"), &json!(false)));
    world.pass(days(TO_17_MARCH));
    world.work().await;
    zhao.sign_in_again().await;
    assert_eq!(zhao.view(&case).await["summary"]["state"]["value"], "submitted");
    world.pass(days(1));
    world.work().await;
    zhao.sign_in_again().await;
    let view = zhao.view(&case).await;
    assert_eq!(
        (view["summary"]["state"]["value"].as_str(), actions(&view)),
        (Some("in_review"), ["begin", "submit", "deem_accepted"].map(str::to_owned).to_vec())
    );
    assert_eq!(view["timeline"][2]["by"]["value"], "system");
    // The town has its own days from now on; nothing happens twice.
    assert_eq!(view["summary"]["due_on"], "2026-04-01");
    world.work().await;
    assert_eq!(zhao.view(&case).await, view);
    let town = world.worker(&[Role::TownOfficer]).await;
    world.decided(&town, &Case::of(&view), "forward").await;
    world.history_is_whole().await;
}

async fn a_correction_lapses_after_ten_working_days_and_not_before(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let asked = json!({ "version": case.version, "items": [{ "target": "material:photo", "reason": "unclear", "note": null }] });
    let view = world.post(&case.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    assert_eq!(view["summary"]["due_on"], "2026-03-24");
    world.pass(days(TO_24_MARCH));
    world.work().await;
    zhao.sign_in_again().await;
    assert_eq!(zhao.view(&case).await["summary"]["state"]["value"], "correction_requested");
    world.pass(days(1));
    world.work().await;
    zhao.sign_in_again().await;
    let view = zhao.view(&case).await;
    assert_eq!((&view["summary"]["state"]["value"], &view["summary"]["due_on"]), (&json!("lapsed"), &json!(null)));
    assert_eq!(actions(&view), ["begin", "submit", "request_correction", "remind", "remind", "lapse"]);
    zhao.act(&Case::of(&view), "resubmit").await.refused(409, 20001);
    // The way is free for a new application.
    zhao.submitted("renewal").await;
    world.history_is_whole().await;
}

async fn the_days_of_a_desk_stand_still_while_the_applicant_mends(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(days(2));
    // Thursday, 12 March: three of five working days are left.
    let town = world.worker(&[Role::TownOfficer]).await;
    let asked = json!({ "version": case.version, "items": [{ "target": "material:photo", "reason": "unclear", "note": null }] });
    let asked = world.post(&case.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    world.pass(days(8));
    zhao.sign_in_again().await;
    let photo = asked["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap();
    let old = format!("/api/v1/papers/{}", photo["papers"][0]["id"].as_str().unwrap());
    world.delete(&old).token(&zhao.token).send().await.data(200);
    zhao.upload(&case, "photo", picture()).send().await.data(201);
    let back = zhao.act(&Case::of(&asked), "resubmit").await.data(200);
    // Friday, 20 March, and three working days: Wednesday.
    assert_eq!((&back["summary"]["state"]["value"], &back["summary"]["due_on"]), (&json!("submitted"), &json!("2026-03-25")));
}

async fn the_days_of_finance_are_counted_anew_with_the_calendar(world: World) {
    let office = Office::open(world.clone()).await;
    let case = office.applied(2025).await;
    let case = office.approved(case).await;
    let view = office.noticed(case).await;
    // The notice ended on Tuesday, 17 March; finance has five working days from Friday, 20 March, when the clock looked.
    assert_eq!((&view["summary"]["state"]["value"], &view["summary"]["due_on"]), (&json!("approved"), &json!("2026-03-27")));
    let admin = world.worker_who_is(&[Role::Administrator], "990000000000", None).await;
    let notice = "# 测试：多放一天\ndate,working,name\n2026-03-25,false,测试假日\n".as_bytes().to_vec();
    world.post("/api/v1/staff/admin/calendars/import").token(&admin).raw("text/csv", notice).send().await.data(200);
    world.work().await;
    let token = world.resident("lin-xiaoyu").await;
    let path = format!("/api/v1/cases/{}", view["summary"]["id"].as_str().unwrap());
    let after = world.get(&path).token(&token).send().await.data(200);
    assert_eq!((&after["summary"]["due_on"], actions(&after).last().unwrap().as_str()), (&json!("2026-03-30"), "recount"));
    world.history_is_whole().await;
}
