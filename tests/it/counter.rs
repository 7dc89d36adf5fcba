//! Help in person: a worker fills in the very same case for somebody, with consent, and does not decide it.

use serde_json::{Value, json};
use zhucan::office::administration::staffing;
use zhucan::rules::identity::invent;
use zhucan::rules::lifecycle::Role;
use zhucan::services::device_rental::desk::POINT_KEEPER;

use crate::counter_codes::{code_for, login};
use crate::education_aid::Office;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::{COUNTY, Officer};
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days};

stories![
    somebody_without_a_phone_gets_the_same_case_at_the_counter_and_takes_it_on_later,
    what_is_filed_at_the_counter_stands_on_the_phone_too,
    what_was_begun_on_the_phone_is_finished_at_the_counter,
    nobody_is_helped_without_consent_that_lasts,
    a_childs_application_needs_the_guardians_word,
    who_filed_an_application_does_not_decide_it,
    what_the_countys_only_officer_filed_goes_to_the_city,
    what_was_handed_over_in_time_counts_although_it_is_entered_after_the_season,
];

const VILLAGE: &str = "990101100200";
const MANDATES: &str = "/api/v1/staff/mandates";

/// A person of the register whom nobody signs in for.
async fn somebody(world: &World, worker: &str, born: &str, serial: u16) -> String {
    let number = invent("990101", born.parse().unwrap(), serial).unwrap();
    let person = json!({ "name": "曹大山", "id_number": number.reveal(), "area": VILLAGE });
    let added = world.post("/api/v1/staff/persons").token(worker).json(&person).send().await.data(201);
    added["id"].as_str().unwrap().to_owned()
}

async fn commissioner(world: &World) -> Officer {
    world.officer(&[Role::Commissioner], VILLAGE, None, false).await
}

/// What is said when somebody agrees for themselves at the counter.
fn own_word(person: &str) -> Value {
    json!({ "person_id": person, "relation": "self", "channel": "counter", "form": "oral", "consent": "2026-11" })
}

async fn agreed(world: &World, worker: &str, body: &Value) -> Reply {
    world.post(MANDATES).token(worker).json(body).send().await
}

fn reasons(view: &Value, action: &str) -> Vec<Value> {
    let lines = view["timeline"].as_array().unwrap().iter();
    lines.filter(|l| l["action"]["value"] == action).map(|l| l["reason"].clone()).collect()
}

async fn somebody_without_a_phone_gets_the_same_case_at_the_counter_and_takes_it_on_later(world: World) {
    let village = commissioner(&world).await;
    let person = somebody(&world, &village.token, "1950-01-02", 61).await;
    let helper = Applicant::holding(&world, &village.token, &person);
    let offers = format!("/api/v1/me/offers?person_id={person}");
    world.get(&offers).token(&village.token).send().await.refused(403, 13003);
    agreed(&world, &village.token, &own_word(&person)).await.data(201);
    let offered = helper.get(&offers).await;
    assert!(offered.as_array().unwrap().iter().any(|o| o["kind"]["value"] == "new" && o["possible"] == true), "{offered}");
    let case = helper.drafted("new").await;
    let view = helper.view(&case).await;
    assert_eq!(reasons(&view, "begin"), [json!("由工作人员在窗口代为办理")]);
    let mine = helper.get("/api/v1/cases?live=true").await;
    assert_eq!(mine["items"][0]["id"], json!(case.id));
    assert_eq!(helper.get("/api/v1/cases/count?live=true").await, json!([{ "state": mine["items"][0]["state"], "count": 1 }]));
    let told = helper.get(&case.path("/check")).await;
    assert_eq!(told["ready"], true);
    helper.submit(&case).send().await.data(200);
    // A page can be looked at by whoever hands it in, and each look is written down.
    let page = helper.view(&case).await["materials"][0]["papers"][0]["download_url"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&page).send().await.status, 200);
    world.pass(MINUTES_11);
    let officer = world.worker(&[Role::TownOfficer]).await;
    let seen = world.get(&case.staff("")).token(&officer).send().await.data(200);
    let case = world.decided(&officer, &Case::of(&seen), "accept").await;
    let ask = json!({ "version": case.version, "items": [{ "target": "section:holder", "reason": "incomplete", "note": "请补电话。" }] });
    let asked = world.post(&case.staff("/actions/request-correction")).token(&officer).json(&ask).send().await.data(200);
    // Days later the mandate is over: the worker asks again, then mends what was asked for.
    world.pass(days(4));
    let village_token = world.on_duty(&village).await;
    let helper = Applicant::holding(&world, &village_token, &person);
    let case = Case::of(&asked);
    assert_eq!(helper.act(&case, "resubmit").await.refused(403, 13003).status, 403);
    agreed(
        &world,
        &village_token,
        &json!({ "person_id": person, "relation": "self", "channel": "home_visit", "form": "signed",
        "consent": "2026-11", "given_at": "2026-03-14T08:00:00+08:00", "days": 1 }),
    )
    .await
    .data(201);
    let view = helper.view(&case).await;
    let version = view["sections"][0]["version"].clone();
    let holder =
        json!({ "version": version, "changed_condition": false, "declared_category": "physical", "phone": "13800000777" });
    helper.put(&case.certificate("/sections/holder"), &holder).send().await.data(200);
    let back = helper.act(&Case::of(&helper.view(&case).await), "resubmit").await.data(200);
    assert_eq!(reasons(&back, "resubmit"), [json!("由工作人员上门代为办理")]);
    // Later the person gets an account, and sees the case there.
    let officer = world.worker(&[Role::Commissioner]).await;
    let signed = login(&world, &code_for(&world, &officer, &person).await).await.data(200);
    let cao = Applicant::signed_in(&world, signed["access_token"].as_str().unwrap()).await;
    let waiting = cao.get("/api/v1/cases/to-take-on").await;
    assert_eq!(waiting["items"][0]["id"], json!(case.id));
    let take = json!({ "version": waiting["items"][0]["version"], "consent": "2026-11" });
    cao.post(&case.path("/actions/take-on"), &take).send().await.data(200);
    let view = cao.view(&case).await;
    assert_eq!(actions(&view).last().map(String::as_str), Some("take_on"));
    assert!(view["allowed_actions"].as_array().unwrap().iter().any(|a| a["value"] == "withdraw"));
    world.history_is_whole().await;
}

async fn what_is_filed_at_the_counter_stands_on_the_phone_too(world: World) {
    let village = commissioner(&world).await;
    let zhao = Applicant::zhao(&world).await;
    let mandate = agreed(&world, &village.token, &own_word(&zhao.person)).await.data(201);
    assert_eq!((&mandate["lasts"], &mandate["person_name_masked"]), (&json!(true), &json!("赵*柱")));
    let notices = zhao.get("/api/v1/me/notices").await;
    let told = notices["items"].as_array().unwrap().iter().any(|n| n["title"] == "有工作人员代为办理");
    assert!(told, "{notices}");
    let helper = Applicant::holding(&world, &village.token, &zhao.person);
    let case = helper.submitted("renewal").await;
    let view = zhao.view(&case).await;
    assert_eq!(reasons(&view, "submit"), [json!("由工作人员在窗口代为办理")]);
    // The papers are theirs for the next time.
    let papers = zhao.get(&format!("/api/v1/me/papers?person_id={}", zhao.person)).await;
    assert!(!papers["items"].as_array().unwrap().is_empty());
    let same = helper.get(&format!("/api/v1/me/papers?person_id={}", zhao.person)).await;
    assert_eq!(same["items"].as_array().unwrap().len(), papers["items"].as_array().unwrap().len());
    zhao.act(&Case::of(&view), "undo").await.data(200);
    world.history_is_whole().await;
}

async fn what_was_begun_on_the_phone_is_finished_at_the_counter(world: World) {
    let village = commissioner(&world).await;
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let helper = Applicant::holding(&world, &village.token, &zhao.person);
    world.get(&case.path("")).token(&village.token).send().await.refused(404, 10006);
    agreed(&world, &village.token, &own_word(&zhao.person)).await.data(201);
    let paper = helper.view(&case).await["materials"][0]["papers"][0].clone();
    let gone = world.delete(&format!("/api/v1/papers/{}", paper["id"].as_str().unwrap()));
    gone.token(&village.token).send().await.data(200);
    let again = json!({ "paper_id": paper["id"], "material": paper["material"] });
    helper.post(&case.path("/papers/actions/reuse"), &again).send().await.refused(404, 10006);
    helper.upload(&case, paper["material"].as_str().unwrap(), crate::world::renewal::picture()).send().await.data(201);
    helper.submit(&case).send().await.data(200);
    let view = zhao.view(&case).await;
    assert_eq!((reasons(&view, "begin"), reasons(&view, "submit")), (vec![Value::Null], vec![json!("由工作人员在窗口代为办理")]));
    // An officer cannot rate or take on a case in somebody's stead.
    let offered = helper.view(&case).await["allowed_actions"].clone();
    let offered: Vec<&str> = offered.as_array().unwrap().iter().map(|a| a["value"].as_str().unwrap()).collect();
    assert_eq!(offered, ["undo", "withdraw", "urge"]);
    world.history_is_whole().await;
}

async fn nobody_is_helped_without_consent_that_lasts(world: World) {
    let village = commissioner(&world).await;
    let zhao = Applicant::zhao(&world).await;
    let elsewhere = world.worker_who_is(&[Role::Commissioner], "990201100200", None).await;
    agreed(&world, &elsewhere, &own_word(&zhao.person)).await.refused(404, 10006);
    let with = |change: Value| {
        let mut body = own_word(&zhao.person);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let field = async |change: Value| {
        let reply = agreed(&world, &village.token, &with(change)).await.refused(422, 10002);
        reply.json["details"][0]["field"].as_str().unwrap().to_owned()
    };
    assert_eq!(field(json!({ "relation": "kin" })).await, "/giver_name");
    assert_eq!(field(json!({ "giver_name": "赵大山" })).await, "/giver_name");
    assert_eq!(field(json!({ "given_at": "2026-03-10T09:00:01+08:00" })).await, "/given_at");
    assert_eq!(field(json!({ "given_at": "2026-03-02T09:00:00+08:00" })).await, "/given_at");
    assert_eq!(field(json!({ "given_at": "昨天" })).await, "/given_at");
    assert_eq!(field(json!({ "days": 8 })).await, "/days");
    agreed(&world, &village.token, &with(json!({ "consent": null }))).await.refused(403, 13001);
    agreed(&world, &village.token, &with(json!({ "consent": "2020-01" }))).await.refused(403, 13002);
    let person = zhao.person.parse().unwrap();
    let own = world.worker_who_is(&[Role::Commissioner], VILLAGE, Some(person)).await;
    agreed(&world, &own, &own_word(&zhao.person)).await.refused(403, 12005);
    // One worker's mandate is not another's, and it ends.
    let mandate = agreed(&world, &village.token, &own_word(&zhao.person)).await.data(201);
    let other = commissioner(&world).await;
    let begin = json!({ "person_id": zhao.person, "kind": "renewal" });
    world.post("/api/v1/certificate/drafts").token(&other.token).json(&begin).send().await.refused(403, 13003);
    let path = format!("{MANDATES}/{}/actions/end", mandate["id"].as_str().unwrap());
    let end = async |token: &str, version: i64| world.post(&path).token(token).json(&json!({ "version": version })).send().await;
    end(&other.token, 1).await.refused(404, 10006);
    end(&village.token, 7).await.refused(409, 10030);
    let helper = Applicant::holding(&world, &village.token, &zhao.person);
    let draft = helper.drafted("renewal").await;
    assert_eq!(end(&village.token, 1).await.data(200)["lasts"], false);
    end(&village.token, 2).await.refused(409, 10030);
    world.get(&draft.path("")).token(&village.token).send().await.refused(403, 13003);
    helper.submit(&draft).send().await.refused(403, 13003);
    let lead = world.officer(&[Role::TownOfficer], "990101100000", None, true).await;
    world.pass(std::time::Duration::from_secs(1));
    let objected = agreed(&world, &village.token, &own_word(&zhao.person)).await.data(201);
    let path = format!("{MANDATES}/{}/actions/end", objected["id"].as_str().unwrap());
    let ended = world.post(&path).token(&lead.token).json(&json!({ "version": 1 })).send().await.data(200);
    assert_eq!(ended["lasts"], false);
    let listed = helper.get(&format!("{MANDATES}?limit=1")).await;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["lasts"]), (1, &json!(false)));
    // A point keeper meets residents, but does not apply for them.
    let keeper = world.worker(&[POINT_KEEPER]).await;
    world.post("/api/v1/certificate/drafts").token(&keeper).json(&begin).send().await.refused(403, 12001);
}

async fn a_childs_application_needs_the_guardians_word(world: World) {
    let village = commissioner(&world).await;
    let chen = Applicant::of(&world, "chen-xiuying").await;
    let refused = agreed(&world, &village.token, &own_word(&chen.person)).await.refused(422, 10002);
    assert_eq!(refused.json["details"][0]["field"], "/relation");
    let mut word = own_word(&chen.person);
    (word["relation"], word["giver_name"], word["channel"]) = (json!("child"), json!("陈秀英"), json!("home_visit"));
    agreed(&world, &village.token, &word).await.data(201);
    let helper = Applicant::holding(&world, &village.token, &chen.person);
    let case = helper.submitted("change").await;
    // The mother's account is the one that acts in that relation.
    assert_eq!(chen.view(&case).await["summary"]["id"], json!(case.id));
    // A cousin of full age is not a guardian and cannot agree for the person.
    let adult = Applicant::zhao(&world).await;
    let kin = commissioner(&world).await;
    let mut word = own_word(&adult.person);
    (word["relation"], word["giver_name"]) = (json!("kin"), json!("赵大山"));
    agreed(&world, &kin.token, &word).await.data(201);
    let draft = Applicant::holding(&world, &kin.token, &adult.person).drafted("renewal").await;
    // No account acts as kin: the case is the office's until somebody takes it on.
    world.get(&draft.path("")).token(&adult.token).send().await.refused(404, 10006);
}

async fn who_filed_an_application_does_not_decide_it(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let first = world.worker(&[Role::TownOfficer]).await;
    let second = world.worker(&[Role::TownOfficer]).await;
    for worker in [&first, &second] {
        agreed(&world, worker, &own_word(&zhao.person)).await.data(201);
    }
    // The submission is undone and filed again by a colleague: both count as helpers and cannot decide it.
    let case = Applicant::holding(&world, &first, &zhao.person).submitted("renewal").await;
    let draft = Case::of(&zhao.act(&case, "undo").await.data(200));
    Applicant::holding(&world, &second, &zhao.person).submit(&draft).send().await.data(200);
    world.pass(MINUTES_11);
    let case = Case::of(&zhao.view(&case).await);
    world.decide(&first, &case, "accept").await.refused(403, 20005);
    world.decide(&second, &case, "accept").await.refused(403, 20005);
    // A colleague of the same desk does.
    world.decided(&world.worker(&[Role::TownOfficer]).await, &case, "accept").await;
    world.history_is_whole().await;
}

async fn what_the_countys_only_officer_filed_goes_to_the_city(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let only = world.officer(&[Role::CountyOfficer], COUNTY, None, false).await;
    let city = world.worker_who_is(&[Role::CityOfficer], "990100000000", None).await;
    staffing::assign(&world.app, &zhucan::services::all(), "county", Vec::new()).await.unwrap();
    agreed(&world, &only.token, &own_word(&zhao.person)).await.data(201);
    let case = Applicant::holding(&world, &only.token, &zhao.person).submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let case = world.decided(&town, &Case::of(&zhao.view(&case).await), "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    assert!(zhao.view(&case).await["who_acts"]["name"].as_str().unwrap().contains("市残联"));
    world.decide(&only.token, &case, "approve").await.refused(409, 20001);
    world.decided(&city, &case, "approve").await;
    world.history_is_whole().await;
}

async fn what_was_handed_over_in_time_counts_although_it_is_entered_after_the_season(world: World) {
    let office = Office::open(world.clone()).await;
    let village = commissioner(&world).await;
    // The season closes on the last day of the year; on the second of January the papers are entered.
    world.pass(days(298));
    let token = world.on_duty(&village).await;
    let mut word = own_word(&office.person);
    (word["channel"], word["form"]) = (json!("home_visit"), json!("signed"));
    agreed(&world, &token, &word).await.data(201);
    let begin = json!({ "person_id": office.person, "kind": "student", "season_id": office.season });
    world.post("/api/v1/education-aid/drafts").token(&token).json(&begin).send().await.refused(409, 31001);
    world.pass(std::time::Duration::from_secs(1));
    word["given_at"] = json!("2026-12-31T17:30:00+08:00");
    agreed(&world, &token, &word).await.data(201);
    let at_home = Office { student: token.clone(), ..office };
    let case = at_home.applied(2025).await;
    let view = world.get(&format!("/api/v1/cases/{}", case.id)).token(&token).send().await.data(200);
    assert_eq!(
        (&view["handed_over_at"], &view["summary"]["submitted_at"]),
        (&json!("2026-12-31T17:30:00+08:00"), &json!("2027-01-02T09:00:01+08:00"))
    );
    let aid = world.get(&format!("/api/v1/education-aid/cases/{}", case.id)).token(&token).send().await.data(200);
    assert_eq!(aid["details"], json!([]), "nothing stands against it");
    world.history_is_whole().await;
}
