//! People at the counter: somebody whom the register does not know, a phone number that proves who one is, and for
//! whom one may act until which day.

use std::time::Duration;

use crate::world::{World, cast};
use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::accounts::guards::Post;
use zhucan::office::administration::staffing;
use zhucan::platform::wechat_stand_in::{FaultMode, NewUser};
use zhucan::rules::identity::invent;
use zhucan::rules::lifecycle::Role;

use crate::world::client::Reply;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, picture};

stories![
    a_resident_without_record_is_added_at_the_counter_and_gets_their_link,
    who_was_confirmed_before_the_register_knew_them_is_linked_when_a_worker_adds_them,
    the_phone_number_on_record_proves_who_one_is_and_another_one_proves_nothing,
    a_guardian_acts_until_the_last_day_and_a_worker_can_end_it_earlier,
    a_claim_that_the_papers_do_not_show_is_refused_with_its_reason,
    a_case_is_taken_on_when_its_applicant_may_no_longer_act_and_the_desk_sees_when_nobody_is_left,
];

const VILLAGE: &str = "990101100200";
const MOTHER: &str = "chen-xiuying";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// An invented ID number of the county.
pub fn id_number(born: &str, serial: u16) -> String {
    invent("990101", born.parse().unwrap(), serial).unwrap().reveal().to_owned()
}

/// A WeChat user whom nobody knows yet signs in.
pub async fn newcomer(w: &World, handle: &str, phone: &str) -> String {
    w.wechat.add_user(NewUser { name: handle.to_owned(), phone: Some(phone.to_owned()), ..NewUser::default() });
    w.resident(handle).await
}

async fn get(w: &World, token: &str, path: &str) -> Value {
    w.get(&format!("/api/v1{path}")).token(token).send().await.data(200)
}

pub async fn post(w: &World, token: &str, path: &str, body: Value) -> Reply {
    w.post(&format!("/api/v1{path}")).token(token).json(&body).send().await
}

pub fn person(name: &str, number: &str, phone: Option<&str>) -> Value {
    json!({ "name": name, "id_number": number, "area": VILLAGE, "phone": phone })
}

/// A worker writes somebody into the register; their id.
pub async fn added(w: &World, worker: &str, who: Value) -> String {
    text(&post(w, worker, "/staff/persons", who).await.data(201)["id"])
}

pub async fn say_who(w: &World, token: &str, name: &str, number: &str, version: &Value) -> Reply {
    let body = json!({ "name": name, "id_number": number, "version": version });
    w.put("/api/v1/me/identity").token(token).json(&body).send().await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn a_resident_without_record_is_added_at_the_counter_and_gets_their_link(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::TownOfficer]).await;
    let number = id_number("1970-05-06", 11);
    let token = newcomer(w, "ma-daming", "13900000011").await;
    let me = get(w, &token, "/me").await;
    assert_eq!((&me["identity"]["value"], &me["links"]), (&json!("none"), &json!([])));
    let claim = json!({ "name": "马小明", "id_number": id_number("2015-01-01", 12), "relation": "child", "area": VILLAGE,
        "evidence": "户口簿" });
    post(w, &token, "/me/links", claim).await.refused(409, 11021);

    let find = async |worker: &str| post(w, worker, "/staff/persons/actions/find", json!({ "id_number": number })).await;
    find(&worker).await.refused(404, 10006);
    let id = added(w, &worker, person("马大明", &number, None)).await;
    post(w, &worker, "/staff/persons", person("马大明", &number, None)).await.refused(409, 12006);
    let found = find(&worker).await.data(200);
    assert_eq!((&found["id"], &found["name_masked"]), (&json!(id), &json!("马*明")));
    let seen = get(w, &worker, &format!("/staff/persons/{id}")).await;
    assert!(!seen.to_string().contains(&number) && seen["birth_year"] == 1970 && seen["minor"] == false, "{seen}");

    let account = text(&me["account"]);
    let confirm = format!("/staff/residents/{account}/actions/confirm-identity");
    let card = |number: &str, version: &Value| json!({ "id_number": number, "version": version });
    post(w, &worker, &confirm, card(&number, &me["version"])).await.refused(409, 11021);
    let said = say_who(w, &token, "马大明", &number, &me["version"]).await.data(200);
    assert_eq!((&said["identity"]["value"], &said["name_masked"]), (&json!("claimed"), &json!("马*明")));
    say_who(w, &token, "马大明", &number, &me["version"]).await.refused(409, 10030);

    let before = get(w, &worker, &format!("/staff/residents/{account}")).await;
    assert_eq!((&before["identity"]["value"], &before["in_register"]), (&json!("claimed"), &json!(false)));
    post(w, &worker, &confirm, card(&id_number("1970-05-06", 13), &before["version"])).await.refused(422, 10002);
    post(w, &worker, &confirm, card(&number, &me["version"])).await.refused(409, 10030);
    let settled = post(w, &worker, &confirm, card(&number, &before["version"])).await.data(200);
    assert_eq!((&settled["identity"]["value"], &settled["in_register"]), (&json!("confirmed"), &json!(true)));
    post(w, &worker, &confirm, card(&number, &settled["version"])).await.refused(409, 11020);

    let me = get(w, &token, "/me").await;
    let link = (&me["links"][0]["relation"]["value"], &me["links"][0]["state"]["value"], &me["links"][0]["person"]);
    assert_eq!(link, (&json!("self"), &json!("confirmed"), &json!(id)));
    say_who(w, &token, "马大明", &number, &me["version"]).await.refused(409, 11020);
    assert_eq!(get(w, &token, "/me/persons").await[0]["id"], json!(id));
    assert_eq!(get(w, &token, &format!("/me/persons/{id}/certificates")).await, json!([]));
}

async fn who_was_confirmed_before_the_register_knew_them_is_linked_when_a_worker_adds_them(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::CountyOfficer]).await;
    let number = id_number("1990-02-03", 21);
    let token = newcomer(w, "ding-yi", "13900000021").await;
    let said = say_who(w, &token, "丁一", &number, &json!(1)).await.data(200);
    let confirm = format!("/staff/residents/{}/actions/confirm-identity", text(&said["account"]));
    let card = json!({ "id_number": number, "version": said["version"] });
    assert_eq!(post(w, &worker, &confirm, card).await.data(200)["in_register"], false);
    assert_eq!(get(w, &token, "/me/persons").await, json!([]));
    let id = added(w, &worker, person("丁一", &number, None)).await;
    let mine = get(w, &token, "/me/persons").await;
    assert_eq!((&mine[0]["id"], &mine[0]["relation"]["value"]), (&json!(id), &json!("self")));
}

async fn the_phone_number_on_record_proves_who_one_is_and_another_one_proves_nothing(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::Commissioner]).await;
    let number = id_number("1985-07-08", 31);
    let phone = "13900000031";
    added(w, &worker, person("何三", &number, Some(phone))).await;
    let bind = async |token: &str, code: String| post(w, token, "/me/phone/wechat", json!({ "code": code })).await;
    let code = |handle: &str| w.wechat.issue_phone_code(cast::APPID, handle).unwrap();

    let other = newcomer(w, "zhong-si", "13900000032").await;
    say_who(w, &other, "何三", &number, &json!(1)).await.data(200);
    assert_eq!(bind(&other, code("zhong-si")).await.data(200)["identity"]["value"], "claimed");

    let token = newcomer(w, "he-san", phone).await;
    say_who(w, &token, "何三", &number, &json!(1)).await.data(200);
    let path = "/wxa/business/getuserphonenumber";
    w.wechat.set_fault(path, 1, FaultMode::Errcode(-1));
    bind(&token, code("he-san")).await.refused(503, 51001);
    w.wechat.set_fault(path, 1, FaultMode::Errcode(48001));
    bind(&token, code("he-san")).await.refused(503, 51003);
    w.wechat.set_fault(path, 1, FaultMode::DropAfterProcessing);
    let lost = code("he-san");
    bind(&token, lost.clone()).await.refused(503, 51004);
    bind(&token, lost).await.refused(401, 11007);
    let abroad =
        NewUser { name: "abroad".into(), phone: Some("61234567".into()), country_code: Some("852".into()), ..NewUser::default() };
    w.wechat.add_user(abroad);
    bind(&w.resident("abroad").await, code("abroad")).await.refused(422, 11012);
    let me = bind(&token, code("he-san")).await.data(200);
    assert_eq!((&me["identity"]["value"], &me["phone_masked"]), (&json!("confirmed"), &json!("139****0031")));
    assert_eq!(me["links"][0]["relation"]["value"], "self");
}

pub fn claim(name: &str, number: &str) -> Value {
    json!({ "name": name, "id_number": number, "relation": "child", "area": VILLAGE, "evidence": "户口簿：母子" })
}

pub async fn decide(w: &World, worker: &str, link: &Value, verb: &str, more: Value) -> Reply {
    let mut body = json!({ "version": link["version"] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post(w, worker, &format!("/staff/links/{}/actions/{verb}", text(&link["id"])), body).await
}

async fn a_guardian_acts_until_the_last_day_and_a_worker_can_end_it_earlier(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::TownOfficer]).await;
    let number = id_number("2016-03-04", 42);
    let mother = w.resident(MOTHER).await;
    let child = added(w, &worker, person("刘乐乐", &number, None)).await;
    let link = post(w, &mother, "/me/links", claim("刘乐乐", &number)).await.data(201);
    assert_eq!((&link["state"]["value"], &link["person"]), (&json!("claimed"), &Value::Null));
    post(w, &mother, "/me/links", claim("刘乐乐", &number)).await.refused(409, 11022);
    let begin = json!({ "person_id": child, "kind": "new" });
    post(w, &mother, "/certificate/drafts", begin.clone()).await.refused(404, 10006);
    for list in ["offers", "certificates"] {
        w.get(&format!("/api/v1/me/{list}?person_id={child}")).token(&mother).send().await.refused(404, 10006);
    }

    let waiting = get(w, &worker, "/staff/links").await;
    let shown = waiting["items"].as_array().unwrap().iter().find(|l| l["link"]["id"] == link["id"]).unwrap();
    assert_eq!((&shown["account_identity"]["value"], &shown["evidence"]), (&json!("confirmed"), &json!("户口簿：母子")));
    let stale = json!({ "id": link["id"], "version": 9 });
    decide(w, &worker, &stale, "confirm", json!({})).await.refused(409, 10030);
    decide(w, &worker, &link, "end", json!({})).await.refused(409, 10030);
    decide(w, &worker, &link, "confirm", json!({ "valid_to": "2026-03-09" })).await.refused(422, 10002);
    let done = decide(w, &worker, &link, "confirm", json!({ "valid_to": "2026-03-20" })).await.data(200);
    assert_eq!((&done["link"]["person"], &done["link"]["valid_to"]), (&json!(child), &json!("2026-03-20")));
    decide(w, &worker, &done["link"], "refuse", json!({})).await.refused(409, 10030);
    let draft = post(w, &mother, "/certificate/drafts", begin.clone()).await.data(201);
    let case = text(&draft["summary"]["id"]);

    w.pass(10 * DAY);
    let mother = w.resident(MOTHER).await;
    assert_eq!(get(w, &mother, &format!("/certificate/cases/{case}")).await["state"]["value"], "draft");
    w.pass(DAY);
    let mother = w.resident(MOTHER).await;
    let worker = w.worker(&[Role::TownOfficer]).await;
    nothing_left(w, &mother, &child, &case).await;

    let link = post(w, &mother, "/me/links", claim("刘乐乐", &number)).await.data(201);
    let done = decide(w, &worker, &link, "confirm", json!({})).await.data(200);
    get(w, &mother, &format!("/cases/{case}")).await;
    let ended = decide(w, &worker, &done["link"], "end", json!({})).await.data(200);
    assert_eq!((&ended["link"]["state"]["value"], &ended["link"]["valid_to"]), (&json!("ended"), &json!("2026-03-21")));
    nothing_left(w, &mother, &child, &case).await;
    decide(w, &worker, &ended["link"], "end", json!({})).await.refused(409, 10030);
}

/// The right to act is gone, and with it all that it showed.
async fn nothing_left(w: &World, token: &str, person: &str, case: &str) {
    for path in [format!("/cases/{case}"), format!("/certificate/cases/{case}"), format!("/me/persons/{person}/certificates")] {
        w.get(&format!("/api/v1{path}")).token(token).send().await.refused(404, 10006);
    }
    let holder = json!({ "version": 0, "changed_condition": false, "declared_category": "physical" });
    let path = format!("/api/v1/certificate/cases/{case}/sections/holder");
    w.put(&path).token(token).json(&holder).send().await.refused(404, 10006);
    let persons = get(w, token, "/me/persons").await;
    assert!(persons.as_array().unwrap().iter().all(|p| p["id"] != person), "{persons}");
}

async fn a_claim_that_the_papers_do_not_show_is_refused_with_its_reason(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::TownOfficer]).await;
    let number = id_number("2017-08-09", 51);
    added(w, &worker, person("孙多多", &number, None)).await;
    let uncle = newcomer(w, "uncle", "13900000051").await;
    say_who(w, &uncle, "孙大", &id_number("1981-01-01", 53), &json!(1)).await.data(200);
    let link = post(w, &uncle, "/me/links", claim("孙多多", &number)).await.data(201);
    decide(w, &worker, &link, "confirm", json!({})).await.refused(409, 11024);
    let refused = decide(w, &worker, &link, "refuse", json!({})).await.data(200);
    assert_eq!(refused["link"]["state"]["value"], "refused");
    decide(w, &worker, &refused["link"], "refuse", json!({})).await.refused(409, 10030);
    post(w, &uncle, "/me/links", claim("孙多多", &number)).await.data(201);

    let mother = w.resident(MOTHER).await;
    let link = post(w, &mother, "/me/links", claim("刘新", &id_number("2020-08-09", 52))).await.data(201);
    decide(w, &worker, &link, "confirm", json!({})).await.refused(409, 11023);

    let other = w.worker(&[Role::CountyOfficer]).await;
    let username = text(&get(w, &other, "/staff/me").await["id"]);
    let post = Post { role: Role::CountyOfficer, area: "990102000000".parse().unwrap(), point: None, lead: false };
    staffing::assign(&w.app, &zhucan::services::all(), &username, vec![post]).await.unwrap();
    assert_eq!(get(w, &other, "/staff/links").await["items"], json!([]));
    for verb in ["confirm", "refuse", "end"] {
        decide(w, &other, &link, verb, json!({})).await.refused(404, 10006);
    }
    let nobody = json!({ "id": Uuid::new_v4().to_string(), "version": 1 });
    decide(w, &worker, &nobody, "end", json!({})).await.refused(404, 10006);
}

/// A first certificate for somebody, submitted.
pub async fn first_card(who: &Applicant) -> Case {
    let case = who.begun("new").await;
    let holder = json!({ "version": 0, "changed_condition": false, "declared_category": "physical" });
    who.put(&case.certificate("/sections/holder"), &holder).send().await.data(200);
    let delivery = json!({ "version": 0, "way": "pickup", "place": "county" });
    who.put(&case.certificate("/sections/delivery"), &delivery).send().await.data(200);
    let view = who.view(&case).await;
    for material in view["materials"].as_array().unwrap().iter().filter(|m| m["required"] == true) {
        who.upload(&case, material["code"].as_str().unwrap(), picture()).send().await.data(201);
    }
    who.submit(&case).send().await.data(200);
    Case::of(&who.view(&case).await)
}

async fn a_case_is_taken_on_when_its_applicant_may_no_longer_act_and_the_desk_sees_when_nobody_is_left(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::TownOfficer]).await;
    let number = id_number("2016-03-04", 61);
    let child = added(w, &worker, person("周小满", &number, None)).await;
    let mut mother = Applicant::of(w, MOTHER).await;
    let mut uncle = Applicant::zhao(w).await;
    let uncle_is = uncle.person.parse().unwrap();
    let mut links = Vec::new();
    for who in [&mut mother, &mut uncle] {
        let link = post(w, &who.token, "/me/links", claim("周小满", &number)).await.data(201);
        links.push(decide(w, &worker, &link, "confirm", json!({})).await.data(200)["link"].clone());
        who.person = child.clone();
    }
    let case = first_card(&mother).await;
    let flags = async || get(w, &worker, &format!("/staff/cases/{}", case.id)).await["flags"].clone();
    let flagged = async |code: &str| flags().await.as_array().unwrap().iter().any(|f| f["value"] == code);
    let take_on = async |who: &Applicant, version: i64| {
        let body = json!({ "version": version, "consent": "2026-11" });
        who.post(&case.path("/actions/take-on"), &body).send().await
    };
    // While the mother may act, it is hers.
    take_on(&uncle, case.version).await.refused(409, 20001);
    assert_eq!(uncle.get("/api/v1/cases/to-take-on").await["items"], json!([]));

    decide(w, &worker, &links[0], "end", json!({})).await.data(200);
    assert!(flagged("to_be_taken_on").await && !flagged("nobody_acts").await);
    w.get(&case.path("")).token(&mother.token).send().await.refused(404, 10006);
    assert_eq!(uncle.get("/api/v1/me/notices").await["items"][0]["title"], "有办件等待接手");
    let waiting = uncle.get("/api/v1/cases/to-take-on?limit=1").await;
    assert_eq!((&waiting["items"][0]["id"], &waiting["next_cursor"]), (&json!(case.id), &Value::Null));
    let stranger = Applicant::of(w, "lin-xiaoyu").await;
    take_on(&stranger, case.version).await.refused(404, 10006);
    take_on(&mother, case.version).await.refused(404, 10006);
    take_on(&uncle, case.version + 1).await.refused(409, 10030);
    let taken = take_on(&uncle, case.version).await.data(200);
    assert_eq!(actions(&taken), ["begin", "submit", "take_on"]);
    assert!(!flagged("to_be_taken_on").await);
    take_on(&uncle, Case::of(&taken).version).await.refused(409, 20001);
    assert_eq!(uncle.get("/api/v1/cases").await["items"][0]["id"], json!(case.id));

    // Who applies does not decide: neither the one who does now, nor the one who did.
    w.pass(MINUTES_11);
    let officer = w.worker_who_is(&[Role::TownOfficer], COUNTY, Some(uncle_is)).await;
    w.decide(&officer, &Case::of(&taken), "accept").await.refused(403, 20005);
    decide(w, &worker, &links[1], "end", json!({})).await.data(200);
    assert!(flagged("nobody_acts").await);
    w.decide(&officer, &Case::of(&taken), "accept").await.refused(403, 20005);
    w.decided(&worker, &Case::of(&taken), "accept").await;
    world.history_is_whole().await;
}
