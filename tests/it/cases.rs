//! Cases as their applicants see them: the list and its counts, what each action refuses, and cases of others, which answer 404.

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::rules::lifecycle::Role;

use crate::document::operations;
use crate::samples;
use crate::world::World;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days, picture};

stories![
    my_cases_are_paged_filtered_and_counted_alike,
    each_action_says_why_not_and_what_is_true_now,
    a_completed_case_is_rated_once,
    the_case_of_somebody_else_is_not_there_on_any_path,
    a_draft_outlives_the_sign_in,
    a_submission_can_be_undone_for_ten_minutes_and_no_longer,
    rare_characters_survive_in_a_section_and_in_the_register,
    a_wrong_check_digit_is_explained,
    an_item_that_was_asked_for_must_be_mended_before_it_is_sent_back,
];

async fn pages(who: &Applicant, filter: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = who.get(&format!("/api/v1/cases?limit=1{filter}{cursor}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 1);
        all.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn my_cases_are_paged_filtered_and_counted_alike(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let mut begun = Vec::new();
    for minute in 0..4 {
        let case = zhao.begun("renewal").await;
        begun.push(case.id.clone());
        if minute < 3 {
            let view = Case::of(&zhao.view(&case).await);
            zhao.act(&view, "withdraw").await.data(200);
        }
        // Two of them begin at the same moment.
        if minute != 1 {
            world.pass(std::time::Duration::from_secs(60));
        }
    }
    let ids = |list: &[Value]| list.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    for (filter, ended, live) in [("", 3, 1), ("&live=true", 0, 1), ("&live=false", 3, 0)] {
        let list = pages(&zhao, filter).await;
        let whole = zhao.get(&format!("/api/v1/cases?limit=100{filter}")).await;
        assert_eq!(&Value::from(list.clone()), &whole["items"], "{filter}");
        let of = |state: &str| list.iter().filter(|c| c["state"]["value"] == state).count();
        assert_eq!((of("withdrawn"), of("draft"), list.len()), (ended, live, ended + live));
        let counts = zhao.get(&format!("/api/v1/cases/count?{}", filter.trim_start_matches('&'))).await;
        for count in counts.as_array().unwrap() {
            let state = count["state"]["value"].as_str().unwrap();
            assert_eq!(count["count"].as_u64().unwrap() as usize, of(state), "{filter} {state}");
        }
        let total: u64 = counts.as_array().unwrap().iter().map(|c| c["count"].as_u64().unwrap()).sum();
        assert_eq!(total as usize, list.len());
    }
    let mut newest_first = begun.clone();
    newest_first.reverse();
    let listed = ids(&pages(&zhao, "").await);
    assert_eq!((&listed[..1], &listed[3..]), (&newest_first[..1], &newest_first[3..]));
    let first = zhao.get("/api/v1/cases?limit=1").await;
    let path = format!("/api/v1/cases?limit=1&live=true&cursor={}", first["next_cursor"].as_str().unwrap());
    world.get(&path).token(&zhao.token).send().await.refused(400, 10007);
    world.history_is_whole().await;
}

async fn each_action_says_why_not_and_what_is_true_now(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let draft = zhao.drafted("renewal").await;
    for verb in ["undo", "resubmit"] {
        let refused = zhao.act(&draft, verb).await.refused(409, 20001);
        assert_eq!(
            (&refused.json["current"]["state"], &refused.json["current"]["version"]),
            (&json!("draft"), &json!(draft.version))
        );
    }
    let rating = |case: &Case| json!({ "version": case.version, "grade": "good", "comment": null });
    zhao.post(&draft.path("/actions/rate"), &rating(&draft)).send().await.refused(409, 20001);

    let case = Case::of(&zhao.submit(&draft).send().await.data(200));
    zhao.submit(&case).send().await.refused(409, 20001);
    for verb in ["undo", "resubmit", "withdraw"] {
        let refused = zhao.act(&draft, verb).await.refused(409, 10030);
        assert_eq!(
            (&refused.json["current"]["state"], &refused.json["current"]["version"]),
            (&json!("submitted"), &json!(case.version))
        );
    }
    let other = zhao.post(&draft.path("/actions/rate"), &rating(&draft)).send().await.refused(409, 10030);
    assert_eq!(other.json["current"]["state_label"], "待受理");
    zhao.post(&case.path("/actions/withdraw"), &json!({ "version": "1" })).send().await.refused(422, 10002);
    let no_json = world.post(&case.path("/actions/withdraw")).token(&zhao.token).raw("application/json", b"{version:1".to_vec());
    no_json.send().await.refused(400, 10001);
    let gone = Case::of(&zhao.act(&case, "withdraw").await.data(200));
    zhao.act(&gone, "withdraw").await.refused(409, 20001);
    assert_eq!(actions(&zhao.view(&gone).await), ["begin", "submit", "withdraw"]);
    world.history_is_whole().await;
}

async fn a_completed_case_is_rated_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let case = world.decided(&town, &case, "accept").await;
    world.decide(&town, &case, "approve").await.refused(409, 20001);
    let case = world.decided(&town, &case, "forward").await;
    world.decide(&town, &case, "forward").await.refused(409, 20001);
    let case = world.decided(&county, &case, "approve").await;
    let desk = |verb: &str, body: Value| {
        let path = format!("/api/v1/staff/certificate/cases/{}/actions/{verb}", case.id);
        world.post(&path).token(&county).json(&body).send()
    };
    desk("make-card", json!({ "version": case.version })).await.data(200);
    let made = Case::of(&zhao.view(&case).await);
    desk("hand-out", json!({ "version": made.version, "receiver": "赵铁柱" })).await.data(200);
    let done = Case::of(&zhao.view(&case).await);
    let rate = |case: &Case, grade: &str| {
        zhao.post(&case.path("/actions/rate"), &json!({ "version": case.version, "grade": grade, "comment": "很耐心" })).send()
    };
    rate(&done, "excellent").await.refused(422, 10002);
    let rated = rate(&done, "very_good").await.data(200);
    rate(&done, "very_poor").await.refused(409, 10030);
    rate(&Case::of(&rated), "very_poor").await.refused(409, 20011);
    let last = zhao.view(&done).await;
    assert_eq!((actions(&last).last().unwrap().as_str(), &last["summary"]["state"]["value"]), ("rate", &json!("completed")));
    assert_eq!(Case::of(&last).version, Case::of(&rated).version);
    world.history_is_whole().await;
}

async fn the_case_of_somebody_else_is_not_there_on_any_path(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let case = zhao.drafted("renewal").await;
    let paper = zhao.view(&case).await["materials"][0]["papers"][0]["id"].as_str().unwrap().to_owned();
    let mut tried = 0;
    let of_a_case = |t: &str| t.starts_with("/api/v1/cases/{id}") || t.starts_with("/api/v1/certificate/cases/{id}");
    for operation in operations().iter().filter(|o| of_a_case(&o.template)) {
        let method = reqwest::Method::from_bytes(operation.method.as_bytes()).unwrap();
        let call = world.call(method, &operation.template.replace("{id}", &case.id)).token(&lin.token);
        let call = match samples::body(operation) {
            Some(body) => call.json(&body),
            None if operation.has_body() => lin.upload(&case, "photo", picture()),
            None => call,
        };
        let reply = call.send().await;
        assert_eq!((reply.status, reply.errcode()), (404, 10006), "{}", operation.name());
        tried += 1;
    }
    assert!(tried >= 13, "{tried}");
    world.delete(&format!("/api/v1/papers/{paper}")).token(&lin.token).send().await.refused(404, 10006);
    let own = lin.begun("change").await;
    let reuse = json!({ "paper_id": paper, "material": "id_card" });
    lin.post(&own.path("/papers/actions/reuse"), &reuse).send().await.refused(404, 10006);
    let papers = format!("/api/v1/me/papers?person_id={}", zhao.person);
    world.get(&papers).token(&lin.token).send().await.refused(404, 10006);
    // No desk sees drafts or the cases of another county.
    let town = world.worker(&[Role::TownOfficer]).await;
    world.get(&case.staff("")).token(&town).send().await.refused(404, 10006);
    let case = Case::of(&zhao.submit(&case).send().await.data(200));
    world.get(&case.staff("")).token(&town).send().await.data(200);
    let elsewhere = world.worker_who_is(&[Role::TownOfficer, Role::CountyOfficer], "990102000000", None).await;
    world.get(&case.staff("")).token(&elsewhere).send().await.refused(404, 10006);
    world.decide(&elsewhere, &case, "accept").await.refused(404, 10006);
}

async fn a_draft_outlives_the_sign_in(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    world.pass(MINUTES_11 * 2);
    assert_eq!(world.get(&case.path("")).token(&zhao.token).send().await.status, 401);
    zhao.sign_in_again().await;
    let view = zhao.view(&case).await;
    assert!(view["sections"].as_array().unwrap().iter().all(|s| s["version"] == 1));
    assert_eq!(zhao.get(&case.certificate("/sections/delivery")).await["place"]["value"], "county");
    world.pass(days(29));
    zhao.sign_in_again().await;
    assert_eq!(zhao.get(&case.path("/check")).await["ready"], true);
    zhao.submit(&case).send().await.data(200);
}

async fn a_submission_can_be_undone_for_ten_minutes_and_no_longer(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let may_undo = |view: &Value| view["allowed_actions"].as_array().unwrap().iter().any(|a| a["value"] == "undo");
    let case = zhao.submitted("renewal").await;
    world.pass(std::time::Duration::from_secs(600));
    assert!(may_undo(&zhao.view(&case).await));
    let draft = zhao.act(&case, "undo").await.data(200);
    assert_eq!((&draft["summary"]["state"]["value"], &draft["summary"]["submitted_at"]), (&json!("draft"), &Value::Null));
    assert!(
        draft["materials"].as_array().unwrap().iter().filter(|m| m["required"] == true).all(|m| m["papers"][0]["id"].is_string())
    );
    let case = Case::of(&zhao.submit(&Case::of(&draft)).send().await.data(200));
    world.pass(std::time::Duration::from_secs(601));
    zhao.sign_in_again().await;
    let late = zhao.act(&case, "undo").await.refused(409, 20002);
    assert_eq!(late.json["current"]["state"], "submitted");
    let view = zhao.view(&case).await;
    assert!(!may_undo(&view) && actions(&view) == ["begin", "submit", "undo", "submit"]);
    world.history_is_whole().await;
}

async fn rare_characters_survive_in_a_section_and_in_the_register(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let name = "𠮷㛃·木沙";
    let address = "𠮷㛃村·1组〇号";
    let delivery = json!({ "version": 0, "way": "home", "address": address, "recipient": name, "phone": "13800000003" });
    zhao.put(&case.certificate("/sections/delivery"), &delivery).send().await.data(200);
    let read = zhao.get(&case.certificate("/sections/delivery")).await;
    assert_eq!((&read["recipient"], &read["address"]), (&json!(name), &json!(address)));

    let town = world.worker(&[Role::TownOfficer]).await;
    let number = zhucan::rules::identity::invent("990101", chrono::NaiveDate::from_ymd_opt(1980, 5, 6).unwrap(), 777).unwrap();
    let person = json!({ "name": name, "id_number": number.reveal(), "area": "990101100200", "phone": null, "address": address, "household": null });
    let added = world.post("/api/v1/staff/persons").token(&town).json(&person).send().await.data(201);
    assert_eq!(added["name_masked"], "𠮷㛃·**");
    let path = format!("/api/v1/staff/persons/{}/actions/reveal", added["id"].as_str().unwrap());
    let asked = json!({ "fields": ["name", "address"], "purpose": "核对生僻字姓名", "case_id": null });
    let shown = world.post(&path).token(&town).json(&asked).send().await.data(200);
    assert_eq!((&shown["name"], &shown["address"]), (&json!(name), &json!(address)));
}

async fn a_wrong_check_digit_is_explained(world: World) {
    let stranger = world.stranger().await;
    let claim = json!({ "name": "王小四", "id_number": "990101198005060110", "version": 1 });
    let town = world.worker(&[Role::TownOfficer]).await;
    let at_the_desk = json!({ "id_number": "990101198005060110" });
    for reply in [
        world.put("/api/v1/me/identity").token(&stranger).json(&claim).send().await,
        world.post("/api/v1/staff/persons/actions/find").token(&town).json(&at_the_desk).send().await,
    ] {
        let refused = reply.refused(422, 10002);
        let detail = &refused.json["details"][0];
        assert_eq!((&detail["field"], &detail["code"]), (&json!("/id_number"), &json!("citizen_id_check_digit")));
        assert!(detail["suggestion"].as_str().unwrap().contains("逐位检查"));
        assert!(!String::from_utf8_lossy(&refused.bytes).contains("990101198005060110"), "the number is not repeated");
    }
}

async fn an_item_that_was_asked_for_must_be_mended_before_it_is_sent_back(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let asked = json!({ "version": case.version, "items": [
        { "target": "material:photo", "reason": "unclear", "note": "请在白墙前拍。" },
        { "target": "section:delivery", "reason": "mismatch", "note": null } ] });
    let view = world.post(&case.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    let case = Case::of(&view);
    assert_eq!(zhao.act(&case, "resubmit").await.refused(422, 20008).json["details"].as_array().unwrap().len(), 2);
    // Only what was asked for can be changed.
    let holder = json!({ "version": 1, "changed_condition": false });
    zhao.put(&case.certificate("/sections/holder"), &holder).send().await.refused(409, 20007);
    zhao.upload(&case, "id_card", picture()).send().await.refused(409, 20007);
    let old = view["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap()["papers"][0]["id"].clone();
    world.delete(&format!("/api/v1/papers/{}", old.as_str().unwrap())).token(&zhao.token).send().await.data(200);
    zhao.upload(&case, "photo", picture()).send().await.data(201);
    assert_eq!(zhao.act(&case, "resubmit").await.refused(422, 20008).json["details"][0]["field"], "/corrections/1");
    let delivery = json!({ "version": 1, "way": "pickup", "place": "town" });
    zhao.put(&case.certificate("/sections/delivery"), &delivery).send().await.data(200);
    let back = zhao.act(&case, "resubmit").await.data(200);
    assert_eq!((&back["summary"]["state"]["value"], &back["who_acts"]["who"]), (&json!("submitted"), &json!("desk")));
    zhao.act(&Case::of(&back), "resubmit").await.refused(409, 20001);
    let key = Uuid::new_v4();
    let accept = |body: Value| world.post(&case.staff("/actions/accept")).token(&town).key(key).json(&body).send();
    accept(json!({ "version": Case::of(&back).version })).await.data(200);
    accept(json!({ "version": Case::of(&back).version, "note": "另一个内容" })).await.refused(422, 10011);
    world.history_is_whole().await;
}
