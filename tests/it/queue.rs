//! The desks: the queue and its counts, claiming and deciding, cases that a colleague has claimed, and four-eyes refusals.

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days, picture};

stories![
    the_queue_is_paged_oldest_first_and_counted_alike,
    the_desk_waits_while_a_submission_can_be_undone,
    what_a_colleague_holds_is_not_taken,
    a_correction_is_refused_with_what_is_true_now,
    saying_no_needs_a_reason_of_the_list,
    nobody_works_on_a_case_of_their_family,
];

async fn queue(world: &World, officer: &str, filter: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/staff/queue?limit={limit}{filter}{cursor}");
        let page = world.get(&path).token(officer).send().await.data(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        all.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// Checks that the list and the counts of this worker agree for every view and filter. Returns the total.
async fn agrees(world: &World, officer: &str) -> usize {
    let mut total = 0;
    for filter in ["", "&service=certificate", "&service=device_rental", "&state=submitted", "&state=in_review"] {
        let path = format!("/api/v1/staff/queue/counts?{}", filter.trim_start_matches('&'));
        let counts = world.get(&path).token(officer).send().await.data(200);
        for view in ["all", "mine", "pool", "at_risk", "overdue", "urged", "held", "waiting"] {
            let one_by_one = queue(world, officer, &format!("{filter}&view={view}"), 1).await;
            assert_eq!(one_by_one, queue(world, officer, &format!("{filter}&view={view}"), 100).await);
            let counted = &counts[if view == "all" { "total" } else { view }];
            assert_eq!(counted.as_u64().unwrap() as usize, one_by_one.len(), "{filter} {view}");
            if filter.is_empty() && view == "all" {
                total = one_by_one.len();
                let times: Vec<&str> = one_by_one.iter().map(|c| c["submitted_at"].as_str().unwrap()).collect();
                assert!(times.is_sorted(), "{times:?}");
            }
        }
        let by_service: u64 = counts["by_service"].as_array().unwrap().iter().map(|s| s["count"].as_u64().unwrap()).sum();
        assert_eq!(counts["total"], json!(by_service), "{filter}");
    }
    total
}

async fn the_queue_is_paged_oldest_first_and_counted_alike(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let chen = Applicant::of(&world, "chen-xiuying").await;
    let renewal = zhao.submitted("renewal").await;
    let hers = lin.submitted("change").await;
    world.pass(MINUTES_11);
    let child = chen.drafted("change").await;
    let town = world.worker(&[Role::TownOfficer]).await;
    assert_eq!(agrees(&world, &town).await, 2);
    let child = Case::of(&chen.submit(&child).send().await.data(200));
    assert_eq!(agrees(&world, &town).await, 3);

    // One in review and held, one that waits for its applicant, one at the county, one that is late.
    let renewal = world.decided(&town, &renewal, "accept").await;
    assert_eq!(agrees(&world, &town).await, 3);
    assert_eq!(queue(&world, &town, "&view=mine", 10).await[0]["id"], json!(renewal.id));
    let asked = json!({ "version": hers.version, "items": [{ "target": "material:photo", "reason": "unclear", "note": null }] });
    world.post(&hers.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    assert_eq!(agrees(&world, &town).await, 2);
    world.decided(&town, &renewal, "forward").await;
    assert_eq!(agrees(&world, &town).await, 1);
    let county = world.worker(&[Role::CountyOfficer]).await;
    let both = world.worker(&[Role::TownOfficer, Role::CountyOfficer]).await;
    assert_eq!((agrees(&world, &county).await, agrees(&world, &both).await), (1, 2));
    let elsewhere = world.worker_who_is(&[Role::TownOfficer], "990102000000", None).await;
    assert_eq!(agrees(&world, &elsewhere).await, 0);
    let at_town = world.worker_who_is(&[Role::TownOfficer], "990101100000", None).await;
    assert_eq!(queue(&world, &at_town, "", 10).await[0]["id"], json!(child.id));

    world.pass(days(30));
    let both = world.worker(&[Role::TownOfficer, Role::CountyOfficer]).await;
    assert_eq!(agrees(&world, &both).await, 2);
    let late = queue(&world, &both, "&view=overdue", 10).await;
    assert!(late.len() == 2 && late.iter().all(|c| c["overdue"] == true));
    let path = "/api/v1/staff/queue?state=lost";
    world.get(path).token(&both).send().await.refused(422, 10002);
    world.history_is_whole().await;
}

async fn the_desk_waits_while_a_submission_can_be_undone(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    let town = world.worker(&[Role::TownOfficer]).await;
    let body = json!({ "service": null });
    let next = || world.post("/api/v1/staff/queue/actions/next").token(&town).json(&body).send();
    world.pass(std::time::Duration::from_secs(600));
    for verb in ["claim", "accept"] {
        let refused = world.decide(&town, &case, verb).await.refused(409, 20003);
        assert_eq!(refused.json["current"]["state"], "submitted");
    }
    let view = world.get(&case.staff("")).token(&town).send().await.data(200);
    assert_eq!(view["allowed_actions"], json!([{ "value": "remark", "label": "内部备注" }]));
    next().await.refused(404, 20010);
    assert_eq!(queue(&world, &town, "", 10).await.len(), 1);
    world.pass(std::time::Duration::from_secs(1));
    let claimed = next().await.data(200);
    assert_eq!((&claimed["summary"]["id"], &claimed["summary"]["claimed"]), (&json!(case.id), &json!(true)));
    next().await.refused(404, 20010);
}

async fn what_a_colleague_holds_is_not_taken(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let one = world.worker(&[Role::TownOfficer]).await;
    let two = world.worker(&[Role::TownOfficer]).await;
    let held = world.decided(&one, &case, "claim").await;
    world.decide(&two, &held, "accept").await.refused(409, 20004);
    world.decide(&two, &held, "release").await.refused(409, 20004);
    let freed = world.decided(&one, &held, "release").await;
    let held = world.decided(&two, &freed, "claim").await;
    world.decide(&one, &held, "accept").await.refused(409, 20004);
    // A claim lasts one hour by the policy; access tokens last twenty minutes, so the workers sign in again.
    world.pass(std::time::Duration::from_secs(3600));
    let one = world.worker(&[Role::TownOfficer]).await;
    let taken = world.decided(&one, &held, "accept").await;
    for (verb, reason) in [("accept", Value::Null), ("decline", json!("not_resident"))] {
        let path = taken.staff(&format!("/actions/{verb}"));
        let body = json!({ "version": taken.version, "reason": reason });
        world.post(&path).token(&one).json(&body).send().await.refused(409, 20001);
    }
    world.decide(&one, &held, "forward").await.refused(409, 10030);
    let send_back = |who: &str, case: &Case| {
        let body = json!({ "version": case.version, "reason": "check_again" });
        world.post(&case.staff("/actions/send-back")).token(who).json(&body).send()
    };
    send_back(&one, &taken).await.refused(409, 20001);
    world.decide(&one, &taken, "burn").await.refused(404, 10006);
    let county = world.worker(&[Role::CountyOfficer]).await;
    world.decide(&county, &taken, "approve").await.refused(409, 20001);
    let up = world.decided(&one, &taken, "forward").await;
    world.decide(&county, &up, "send-back").await.refused(422, 10002);
    let back = Case::of(&send_back(&county, &up).await.data(200));
    assert_eq!(world.decide(&one, &back, "forward").await.status, 200);
    world.history_is_whole().await;
}

async fn a_correction_is_refused_with_what_is_true_now(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    let one = world.worker(&[Role::TownOfficer]).await;
    let two = world.worker(&[Role::TownOfficer]).await;
    let ask = |token: &str, version: i64, target: &str, reason: &str| {
        let body = json!({ "version": version, "items": [{ "target": target, "reason": reason, "note": null }] });
        world.post(&case.staff("/actions/request-correction")).token(token).json(&body).send()
    };
    ask(&one, case.version, "material:photo", "unclear").await.refused(409, 20003);
    world.pass(MINUTES_11);
    ask(&one, case.version + 1, "material:photo", "unclear").await.refused(409, 10030);
    let wrong = ask(&one, case.version, "section:diagnosis", "ugly").await.refused(422, 20012);
    assert_eq!(wrong.json["details"].as_array().unwrap().len(), 2);
    let held = world.decided(&two, &case, "claim").await;
    let refused = ask(&one, held.version, "material:photo", "unclear").await.refused(409, 20004);
    assert_eq!(
        (&refused.json["current"]["version"], &refused.json["current"]["state"]),
        (&json!(held.version), &json!("submitted"))
    );
    let asked = Case::of(&ask(&two, held.version, "material:photo", "unclear").await.data(200));
    ask(&two, asked.version, "material:photo", "unclear").await.refused(409, 20001);
    zhao.upload(&case, "photo", picture()).send().await.refused(422, 10002);
}

async fn saying_no_needs_a_reason_of_the_list(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let decline = |reason: Value| {
        let body = json!({ "version": case.version, "reason": reason, "note": "请到户籍地办理。" });
        world.post(&case.staff("/actions/decline")).token(&town).json(&body).send()
    };
    for reason in [Value::Null, json!("bad_mood")] {
        let refused = decline(reason).await.refused(422, 10002);
        assert_eq!(refused.json["details"][0]["field"], "/reason");
    }
    let ended = decline(json!("not_resident")).await.data(200);
    assert_eq!((&ended["summary"]["state"]["value"], &ended["who_acts"]["who"]), (&json!("not_accepted"), &json!("nobody")));
    let line = zhao.view(&case).await["timeline"].as_array().unwrap().last().unwrap().clone();
    assert!(line["reason"].as_str().unwrap().contains("户口") && line["note"] == "请到户籍地办理。");
}

async fn nobody_works_on_a_case_of_their_family(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    // A brother-in-law at the desk, of the same household register.
    let clerk = world.worker(&[Role::TownOfficer]).await;
    let number = zhucan::rules::identity::invent("990101", chrono::NaiveDate::from_ymd_opt(1985, 7, 1).unwrap(), 555).unwrap();
    let brother = json!({ "name": "赵铁牛", "id_number": number.reveal(), "area": "990101100200",
        "phone": null, "address": null, "household": "household-903" });
    let brother = world.post("/api/v1/staff/persons").token(&clerk).json(&brother).send().await.data(201);
    let family = brother["id"].as_str().unwrap().parse().unwrap();
    let themselves = zhao.person.parse().unwrap();
    for person in [family, themselves] {
        let conflicted = world.worker_who_is(&[Role::TownOfficer], COUNTY, Some(person)).await;
        for verb in ["claim", "accept"] {
            world.decide(&conflicted, &case, verb).await.refused(403, 20005);
        }
        let items =
            json!({ "version": case.version, "items": [{ "target": "material:photo", "reason": "unclear", "note": null }] });
        world.post(&case.staff("/actions/request-correction")).token(&conflicted).json(&items).send().await.refused(403, 20005);
        let body = json!({ "service": null });
        world.post("/api/v1/staff/queue/actions/next").token(&conflicted).json(&body).send().await.refused(404, 20010);
    }
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let stranger = world.worker_who_is(&[Role::TownOfficer], COUNTY, Some(lin.person.parse().unwrap())).await;
    world.decided(&stranger, &case, "accept").await;
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit", "accept"]);
}
