//! The life of a case beyond the straight way: hurry, delay, second thoughts, appeals, late cases, notes, leaders, calendars.

use serde_json::{Value, json};
use zhucan::office::alarms::recount;
use zhucan::office::policy::calendar;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days, picture};

stories![
    the_applicant_may_call_to_hurry_and_the_desk_sees_it,
    a_case_that_is_put_off_stands_still_and_goes_on_by_itself,
    a_decision_is_taken_back_until_somebody_acts_on_it,
    a_correction_is_taken_back_until_the_applicant_begins_to_mend,
    a_refusal_is_appealed_once_and_the_city_decides,
    without_a_city_officer_another_county_officer_decides_the_appeal,
    an_appeal_comes_too_late_after_ten_working_days,
    a_late_case_climbs_to_the_next_desk_and_is_at_risk_before,
    the_applicant_is_told_that_the_desk_above_was_asked,
    what_colleagues_note_is_not_for_the_applicant,
    the_leader_of_a_desk_takes_over_what_a_colleague_holds,
    the_applicant_is_reminded_before_a_correction_lapses,
    an_officer_gives_more_days_for_a_correction,
    a_new_calendar_moves_the_limits_of_running_cases,
];

fn allowed(view: &Value) -> Vec<&str> {
    view["allowed_actions"].as_array().unwrap().iter().map(|a| a["value"].as_str().unwrap()).collect()
}

async fn staff(world: &World, token: &str, case: &Case) -> Value {
    world.get(&case.staff("")).token(token).send().await.data(200)
}

async fn counts(world: &World, token: &str) -> Value {
    world.get("/api/v1/staff/queue/counts").token(token).send().await.data(200)
}

/// A decision with its reason and words.
async fn say(world: &World, token: &str, case: &Case, verb: &str, more: Value) -> crate::world::client::Reply {
    let mut body = json!({ "version": case.version });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(&case.staff(&format!("/actions/{verb}"))).token(token).json(&body).send().await
}

async fn said(world: &World, token: &str, case: &Case, verb: &str, more: Value) -> Case {
    Case::of(&say(world, token, case, verb, more).await.data(200))
}

/// In review at the town.
async fn accepted(world: &World, zhao: &Applicant) -> (Case, String) {
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    (world.decided(&town, &case, "accept").await, town)
}

/// Refused by the county; who refused it.
async fn refused(world: &World, zhao: &Applicant) -> (Case, crate::world::people::Officer) {
    let (case, town) = accepted(world, zhao).await;
    let case = world.decided(&town, &case, "forward").await;
    let county = world.officer(&[Role::CountyOfficer], COUNTY, None, false).await;
    say(world, &county.token, &case, "reject", json!({})).await.refused(422, 10002);
    (said(world, &county.token, &case, "reject", json!({ "reason": "not_resident" })).await, county)
}

async fn the_applicant_may_call_to_hurry_and_the_desk_sees_it(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    let urged = zhao.act(&case, "urge").await.data(200);
    assert!(!allowed(&urged).contains(&"urge"));
    assert_eq!((&counts(&world, &town).await["urged"], &urged["summary"]["urged"]), (&json!(1), &json!(true)));
    zhao.act(&Case::of(&urged), "urge").await.refused(409, 20013);
    world.pass(days(6));
    zhao.sign_in_again().await;
    let again = zhao.act(&Case::of(&urged), "urge").await.data(200);
    assert_eq!(actions(&again), ["begin", "submit", "accept", "urge", "urge"]);
    world.history_is_whole().await;
}

async fn a_case_that_is_put_off_stands_still_and_goes_on_by_itself(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    say(&world, &town, &case, "hold", json!({})).await.refused(422, 10002);
    let held = said(&world, &town, &case, "hold", json!({ "reason": "home_visit", "note": "约好周五上门" })).await;
    let view = staff(&world, &town, &held).await;
    assert_eq!((&view["summary"]["pace"]["value"], &view["summary"]["held"]), (&json!("standing"), &json!(true)));
    assert_eq!(view["summary"]["due_on"], Value::Null);
    assert!(allowed(&view).contains(&"resume") && !allowed(&view).contains(&"forward"), "{:?}", allowed(&view));
    assert_eq!((&counts(&world, &town).await["held"], &counts(&world, &town).await["pool"]), (&json!(1), &json!(0)));
    world.decide(&town, &held, "forward").await.refused(409, 20001);
    let resumed = world.decided(&town, &held, "resume").await;
    let view = staff(&world, &town, &resumed).await;
    assert_eq!((&view["summary"]["due_on"], &view["summary"]["pace"]["value"]), (&json!("2026-03-24"), &json!("on_time")));

    said(&world, &town, &resumed, "hold", json!({ "reason": "quota" })).await;
    world.pass(days(40));
    world.work().await;
    let town = world.worker(&[Role::TownOfficer]).await;
    let view = staff(&world, &town, &case).await;
    assert_eq!(view["timeline"].as_array().unwrap().last().unwrap()["by"]["value"], "system");
    assert_eq!((&view["summary"]["held"], &view["summary"]["pace"]["value"]), (&json!(false), &json!("on_time")));
    world.decided(&town, &Case::of(&view), "forward").await;
    world.history_is_whole().await;
}

async fn a_decision_is_taken_back_until_somebody_acts_on_it(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    let before = staff(&world, &town, &case).await;
    let up = world.decided(&town, &case, "forward").await;
    let colleague = world.worker(&[Role::TownOfficer]).await;
    world.decide(&colleague, &up, "take-back").await.refused(409, 20001);
    assert_eq!(allowed(&staff(&world, &town, &up).await), ["take_back", "remark"]);
    let back = world.decided(&town, &up, "take-back").await;
    let view = staff(&world, &town, &back).await;
    for field in ["state", "due_on", "pace"] {
        assert_eq!(view["summary"][field], before["summary"][field], "{field}");
    }
    assert_eq!(view["who_acts"], before["who_acts"]);
    world.decide(&town, &back, "take-back").await.refused(409, 20001);

    let up = world.decided(&town, &back, "forward").await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let held = world.decided(&county, &up, "claim").await;
    world.decide(&town, &held, "take-back").await.refused(409, 20001);
    // A refusal can be taken back as well; the case goes on.
    let no = said(&world, &county, &held, "reject", json!({ "reason": "not_resident" })).await;
    assert!(allowed(&zhao.view(&no).await).contains(&"appeal"));
    let alive = world.decided(&county, &no, "take-back").await;
    assert_eq!(staff(&world, &county, &alive).await["summary"]["state"]["value"], "in_review");
    zhao.post("/api/v1/certificate/drafts", &json!({ "person_id": zhao.person, "kind": "renewal" }))
        .send()
        .await
        .refused(409, 20006);
    world.decided(&county, &alive, "approve").await;
    world.history_is_whole().await;
}

async fn a_correction_is_taken_back_until_the_applicant_begins_to_mend(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    let ask = |case: Case| {
        let items = json!([{ "target": "material:photo", "reason": "unclear", "note": null }]);
        let path = case.staff("/actions/request-correction");
        world.post(&path).token(&town).json(&json!({ "version": case.version, "items": items })).send()
    };
    let asked = Case::of(&ask(case).await.data(200));
    assert_eq!(counts(&world, &town).await["waiting"], 1);
    let back = world.decided(&town, &asked, "take-back").await;
    let view = zhao.view(&back).await;
    assert_eq!(
        (&view["corrections"][0]["state"]["value"], &view["summary"]["state"]["value"]),
        (&json!("recalled"), &json!("in_review"))
    );
    let asked = Case::of(&ask(back).await.data(200));
    let view = zhao.view(&asked).await;
    let photo = view["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap();
    let old = format!("/api/v1/papers/{}", photo["papers"][0]["id"].as_str().unwrap());
    world.delete(&old).token(&zhao.token).send().await.data(200);
    zhao.upload(&asked, "photo", picture()).send().await.data(201);
    world.decide(&town, &asked, "take-back").await.refused(409, 20001);
    zhao.act(&asked, "resubmit").await.data(200);
    world.history_is_whole().await;
}

async fn a_refusal_is_appealed_once_and_the_city_decides(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let city = world.worker_who_is(&[Role::CityOfficer], "990100000000", None).await;
    let (case, county) = refused(&world, &zhao).await;
    let body = json!({ "version": case.version, "note": "我的户口就在本县。" });
    let appealed = zhao.post(&case.path("/actions/appeal"), &body).send().await.data(200);
    assert_eq!(
        (&appealed["who_acts"]["name"], &appealed["summary"]["state"]["value"]),
        (&json!("示例市 市残联"), &json!("in_review"))
    );
    world.decide(&county.token, &Case::of(&appealed), "approve").await.refused(409, 20001);
    assert_eq!(counts(&world, &city).await["total"], 1);
    // The city may send it back for another look; the one who refused keeps out of it.
    let back = said(&world, &city, &Case::of(&appealed), "send-back", json!({ "reason": "check_again" })).await;
    world.decide(&county.token, &back, "approve").await.refused(403, 20005);
    let other = world.worker(&[Role::CountyOfficer]).await;
    let no = said(&world, &other, &back, "reject", json!({ "reason": "not_resident" })).await;
    zhao.act(&no, "appeal").await.refused(409, 20001);
    assert_eq!(allowed(&zhao.view(&no).await), [] as [&str; 0]);
    world.history_is_whole().await;
}

async fn without_a_city_officer_another_county_officer_decides_the_appeal(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, county) = refused(&world, &zhao).await;
    let appealed = Case::of(&zhao.act(&case, "appeal").await.data(200));
    assert_eq!(allowed(&staff(&world, &county.token, &appealed).await), [] as [&str; 0]);
    world.decide(&county.token, &appealed, "approve").await.refused(403, 20005);
    let other = world.worker(&[Role::CountyOfficer]).await;
    let yes = world.decided(&other, &appealed, "approve").await;
    assert_eq!(zhao.view(&yes).await["summary"]["state"]["value"], "approved");
    world.history_is_whole().await;
}

async fn an_appeal_comes_too_late_after_ten_working_days(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let (case, _) = refused(&world, &zhao).await;
    world.pass(days(16));
    zhao.sign_in_again().await;
    zhao.act(&case, "appeal").await.refused(409, 20014);
    assert_eq!(allowed(&zhao.view(&case).await), [] as [&str; 0]);
    // A new application is free.
    zhao.submitted("renewal").await;
}

async fn a_late_case_climbs_to_the_next_desk_and_is_at_risk_before(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, _) = accepted(&world, &zhao).await;
    let pace = async |world: &World| {
        world.work().await;
        let both = world.worker(&[Role::TownOfficer, Role::CountyOfficer]).await;
        let view = staff(world, &both, &case).await;
        let counts = counts(world, &both).await;
        (view["summary"]["pace"]["value"].as_str().unwrap().to_owned(), counts["at_risk"].clone(), counts["overdue"].clone())
    };
    // Ten working days from 10 March: near after the eighth, over after 24 March, and three days later the county has it.
    assert_eq!(pace(&world).await, ("on_time".into(), json!(0), json!(0)));
    world.pass(days(11));
    assert_eq!(pace(&world).await, ("at_risk".into(), json!(1), json!(0)));
    world.pass(days(4));
    assert_eq!(pace(&world).await, ("overdue".into(), json!(0), json!(1)));
    world.pass(days(3));
    assert_eq!(pace(&world).await.0, "on_time");
    let county = world.worker(&[Role::CountyOfficer]).await;
    let view = staff(&world, &county, &case).await;
    assert_eq!((actions(&view).last().unwrap().as_str(), &view["who_acts"]["who"]), ("climb", &json!("desk")));
    // Nobody is above the last desk: it stays, and is late.
    world.pass(days(60));
    assert_eq!(pace(&world).await.0, "overdue");
    let county = world.worker(&[Role::CountyOfficer]).await;
    let late = staff(&world, &county, &case).await;
    assert_eq!(late["decide_by"], "2026-04-08");
    world.decided(&county, &Case::of(&late), "approve").await;
    world.history_is_whole().await;
}

async fn the_applicant_is_told_that_the_desk_above_was_asked(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    said(&world, &town, &case, "escalate", json!({ "reason": "no_capacity" })).await;
    world.work().await;
    zhao.sign_in_again().await;
    let told = zhao.get("/api/v1/me/notices").await;
    assert_eq!(told["items"][0]["title"], "残疾人证：提请上级办理");
    assert_eq!(told["items"][0]["body"], "您的申请已经提请上一级办理，原因请看办理记录。");
}

async fn what_colleagues_note_is_not_for_the_applicant(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    say(&world, &town, &case, "remark", json!({})).await.refused(422, 10002);
    // Somebody who knows the area, not only whose desk it is.
    let county = world.worker(&[Role::CountyOfficer]).await;
    let noted = said(&world, &county, &case, "remark", json!({ "note": "电话核实过，本人在家。" })).await;
    let inside = staff(&world, &town, &noted).await;
    assert_eq!(inside["timeline"].as_array().unwrap().last().unwrap()["note"], "电话核实过，本人在家。");
    assert_eq!(actions(&zhao.view(&noted).await), ["begin", "submit", "accept"]);
    world.work().await;
    let told = zhao.get("/api/v1/me/notices?limit=100").await;
    assert!(told["items"].as_array().unwrap().iter().all(|n| !n["body"].as_str().unwrap().contains("备注")));
    world.history_is_whole().await;
}

async fn the_leader_of_a_desk_takes_over_what_a_colleague_holds(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    let colleague = world.worker(&[Role::TownOfficer]).await;
    world.decide(&colleague, &case, "take-over").await.refused(409, 20001);
    let leader = world.officer(&[Role::TownOfficer], COUNTY, None, true).await;
    assert!(allowed(&staff(&world, &leader.token, &case).await).contains(&"take_over"));
    let taken = world.decided(&leader.token, &case, "take-over").await;
    world.decide(&town, &taken, "forward").await.refused(409, 20004);
    assert_eq!(counts(&world, &leader.token).await["mine"], 1);
    world.decided(&leader.token, &taken, "forward").await;
    world.history_is_whole().await;
}

async fn the_applicant_is_reminded_before_a_correction_lapses(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    let items = json!([{ "target": "material:photo", "reason": "unclear", "note": null }]);
    let asked = json!({ "version": case.version, "items": items });
    world.post(&case.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    let reminded = async |zhao: &mut Applicant, wait: u64| {
        world.pass(days(wait));
        world.work().await;
        zhao.sign_in_again().await;
        actions(&zhao.view(&case).await).iter().filter(|a| *a == "remind").count()
    };
    // Due on 24 March; five working days and one before it.
    assert_eq!(reminded(&mut zhao, 7).await, 0);
    assert_eq!(reminded(&mut zhao, 1).await, 1);
    assert_eq!(reminded(&mut zhao, 5).await, 1);
    assert_eq!(reminded(&mut zhao, 1).await, 2);
    let told = zhao.get("/api/v1/me/notices?limit=100").await;
    let said = |n: &&Value| n["title"].as_str().unwrap().contains("补正期限快到了");
    assert_eq!(told["items"].as_array().unwrap().iter().filter(said).count(), 2);
    assert_eq!(reminded(&mut zhao, 1).await, 2);
    assert_eq!(zhao.view(&case).await["summary"]["state"]["value"], "lapsed");
    world.history_is_whole().await;
}

async fn an_officer_gives_more_days_for_a_correction(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    say(&world, &town, &case, "extend", json!({})).await.refused(409, 20001);
    let items = json!([{ "target": "material:photo", "reason": "unclear", "note": null }]);
    let asked = json!({ "version": case.version, "items": items });
    world.post(&case.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    // Due on 24 March; ten working days from the 20th are over on 3 April.
    world.pass(days(10));
    world.work().await;
    let town = world.worker(&[Role::TownOfficer]).await;
    let waiting = Case::of(&staff(&world, &town, &case).await);
    let extended = said(&world, &town, &waiting, "extend", json!({ "note": "医院下周才能出证明。" })).await;
    assert_eq!(staff(&world, &town, &extended).await["summary"]["due_on"], "2026-04-03");
    world.pass(days(8));
    world.work().await;
    zhao.sign_in_again().await;
    let view = zhao.view(&case).await;
    assert_eq!(view["summary"]["state"]["value"], "correction_requested");
    assert_eq!(actions(&view).iter().filter(|a| *a == "remind").count(), 2);
    let told = zhao.get("/api/v1/me/notices?limit=100").await;
    let said = |n: &&Value| n["title"].as_str().unwrap().contains("补正期限延长了");
    assert_eq!(told["items"].as_array().unwrap().iter().filter(said).count(), 1);
    world.pass(days(7));
    world.work().await;
    zhao.sign_in_again().await;
    assert_eq!(zhao.view(&case).await["summary"]["state"]["value"], "lapsed");
    world.history_is_whole().await;
}

async fn a_new_calendar_moves_the_limits_of_running_cases(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let (case, town) = accepted(&world, &zhao).await;
    assert_eq!(staff(&world, &town, &case).await["summary"]["due_on"], "2026-03-24");
    let keys = world.app.keys.clone();
    let now = world.app.clock.now();
    let notice = "# 测试：多放两天\ndate,working,name\n2026-03-19,false,测试假日\n2026-03-20,false,测试假日\n";
    let import = world.app.db.write(move |c| {
        calendar::import(c, notice, now)?;
        recount::order(c, &keys, now)
    });
    import.await.unwrap();
    world.work().await;
    let view = staff(&world, &town, &case).await;
    assert_eq!((&view["summary"]["due_on"], actions(&view).last().unwrap().as_str()), (&json!("2026-03-26"), "recount"));
    // A second import of the same changes nothing.
    let keys = world.app.keys.clone();
    world.app.db.write(move |c| recount::order(c, &keys, now)).await.unwrap();
    world.work().await;
    assert_eq!(staff(&world, &town, &case).await, view);
    world.decided(&town, &Case::of(&view), "forward").await;
    world.history_is_whole().await;
}
