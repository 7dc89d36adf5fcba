//! Device rental over HTTP: a guardian borrows for a child, twenty want the last wheelchair, an offer passes on.

use crate::world::{World, cast};
use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use zhucan::office::accounts::identity::{self, Claimed, Occasion};
use zhucan::office::accounts::residents::WeChatName;
use zhucan::office::accounts::staff::assignments;
use zhucan::office::people::persons::{self, NewPerson};
use zhucan::platform::id::Id;
use zhucan::platform::wechat_stand_in::NewUser;
use zhucan::rules::identity::{PhoneNumber, invent};
use zhucan::rules::lifecycle::Role;
use zhucan::rules::names::PersonName;
use zhucan::services::device_rental::desk::POINT_KEEPER;

const COUNTY: &str = "990101000000";
const VILLAGE: &str = "990101100200";
const HERE: &str = "/api/v1/device-rental";
const DESK: &str = "/api/v1/staff/device-rental";
const DAY: u64 = 24 * 3600;

stories!(
    a_guardian_borrows_a_wheelchair_for_a_child_and_it_is_clean_before_the_next,
    of_twenty_who_reserve_the_last_wheelchair_one_gets_it_and_the_others_may_wait,
    an_offer_expires_and_passes_on,
    what_is_lost_or_retired_is_told_and_placed_again,
    a_guardian_sees_what_keeps_a_rental_from_being_submitted,
);

/// Two points, a wheelchair model, their keepers.
pub struct Stock {
    officer: String,
    pub points: Vec<String>,
    pub keepers: Vec<String>,
    pub model: String,
}

impl Stock {
    pub async fn of(w: &World, units: usize) -> Stock {
        let officer = w.worker(&[Role::CountyOfficer]).await;
        let mut points = Vec::new();
        let mut keepers = Vec::new();
        for name in ["示例网点一", "示例网点二"] {
            let new = json!({ "area": VILLAGE, "name": name, "address": "人民路1号", "phone": "0561-0000000",
                "opening_weekdays": [1, 2, 3, 4, 5, 6, 7] });
            let point = w.post(&format!("{DESK}/points")).token(&officer).json(&new).send().await.data(201);
            points.push(text(&point["id"]));
            keepers.push(keeper(w, text(&point["id"]).parse().unwrap(), None).await);
        }
        let same = json!({ "area": VILLAGE, "name": "示例网点一", "address": "另一条路", "phone": "0561-0000000" });
        w.post(&format!("{DESK}/points")).token(&officer).json(&same).send().await.refused(409, 30014);
        let new = json!({ "county": COUNTY, "code": "story_wheelchair", "name": "普通轮椅", "kind": "wheelchair",
            "alt_text": "一辆可折叠的手动轮椅", "service_life_months": 0 });
        let model = text(&w.post(&format!("{DESK}/models")).token(&officer).json(&new).send().await.data(201)["id"]);
        w.post(&format!("{DESK}/models")).token(&officer).json(&new).send().await.refused(409, 30014);
        let elsewhere = json!({ "area": "990201100200", "name": "外县", "address": "人民路1号", "phone": "0561-0000000" });
        w.post(&format!("{DESK}/points")).token(&officer).json(&elsewhere).send().await.refused(404, 10006);
        let mut elsewhere = new.clone();
        elsewhere["county"] = json!("990201000000");
        w.post(&format!("{DESK}/models")).token(&officer).json(&elsewhere).send().await.refused(404, 10006);
        let stock = Stock { officer, points, keepers, model };
        for at in 0..units {
            stock.admit(w, &format!("TS-{at}")).await.data(201);
        }
        stock
    }

    async fn admit(&self, w: &World, tag: &str) -> crate::world::client::Reply {
        let new = json!({ "model_id": self.model, "point_id": self.points[0], "asset_tag": tag, "serial": "SN1",
            "inspected_and_disinfected": true });
        w.post(&format!("{DESK}/units")).token(&self.officer).json(&new).send().await
    }

    async fn free(&self, w: &World, token: &str) -> Vec<i64> {
        let path = format!("{HERE}/availability?county={COUNTY}&model={}", self.model);
        let stock = w.get(&path).token(token).send().await.data(200);
        stock.as_array().unwrap().iter().map(|s| s["free"].as_i64().unwrap()).collect()
    }

    /// A filled-in draft; its id and version.
    pub async fn draft(&self, w: &World, token: &str, person: &str) -> (String, i64) {
        let new = json!({ "person_id": person });
        let draft = w.post(&format!("{HERE}/drafts")).token(token).json(&new).send().await.data(201);
        let id = text(&draft["summary"]["id"]);
        let choice = json!({ "version": 0, "point_id": self.points[0], "model_id": self.model, "pickup_on": "2026-03-11" });
        w.put(&format!("{HERE}/cases/{id}/sections/choice")).token(token).json(&choice).send().await.data(200);
        let contact = json!({ "version": 0, "name": "陈秀英", "phone": "13800000002", "delivery": "pickup", "note": null });
        w.put(&format!("{HERE}/cases/{id}/sections/contact")).token(token).json(&contact).send().await.data(200);
        (id, draft["summary"]["version"].as_i64().unwrap())
    }

    /// The item of a tag, as the keeper of the first point sees it.
    async fn unit(&self, w: &World, keeper: usize, tag: &str) -> Value {
        let page = w.get(&format!("{DESK}/units?limit=100")).token(&self.keepers[keeper]).send().await.data(200);
        page["items"].as_array().unwrap().iter().find(|u| u["asset_tag"] == tag).unwrap().clone()
    }

    pub async fn step(&self, w: &World, keeper: usize, tag: &str, verb: &str) -> crate::world::client::Reply {
        let unit = self.unit(w, keeper, tag).await;
        let mut body = json!({ "version": unit["version"] });
        if verb == "inspect" {
            body["passed"] = json!(true);
        }
        if verb == "transfer" {
            body["point_id"] = json!(self.points[1 - keeper]);
        }
        let path = format!("{DESK}/units/{}/actions/{verb}", text(&unit["id"]));
        w.post(&path).token(&self.keepers[keeper]).json(&body).send().await
    }

    pub async fn hand_out(&self, w: &World, code: &str, tag: &str) -> crate::world::client::Reply {
        let body = json!({ "pickup_code": code, "asset_tag": tag });
        w.post(&format!("{DESK}/loans/actions/hand-out")).token(&self.keepers[0]).json(&body).send().await
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The token of a worker who keeps this point, and who may be a person of the register.
pub async fn keeper(w: &World, point: Id, person: Option<Id>) -> String {
    let token = w.worker_who_is(&[POINT_KEEPER], COUNTY, person).await;
    let place = w.app.db.write(move |c| {
        use assignments::dsl as a;
        let new = a::assignments.filter(a::role.eq(POINT_KEEPER).and(a::point_id.is_null()));
        Ok(diesel::update(new).set(a::point_id.eq(Some(point))).execute(c)?)
    });
    assert_eq!(place.await.unwrap(), 1);
    token
}

/// A guardian of the cast and the child.
pub async fn guardian(w: &World) -> (String, String) {
    let token = w.resident("chen-xiuying").await;
    let persons = w.get("/api/v1/me/persons").token(&token).send().await.data(200);
    let child = persons.as_array().unwrap().iter().find(|p| p["relation"]["value"] == "child").unwrap();
    (token, text(&child["id"]))
}

/// Somebody of the register who signs in for themselves.
pub async fn borrower(w: &World, serial: u16) -> (String, String) {
    let handle = format!("borrower-{serial}");
    let phone = format!("139000{serial:05}");
    w.wechat.add_user(NewUser { name: handle.clone(), phone: Some(phone.clone()), ..NewUser::default() });
    let token = w.resident(&handle).await;
    let new = NewPerson {
        id: w.app.clock.id(),
        area: VILLAGE.parse().unwrap(),
        name: PersonName::parse("王小明").unwrap(),
        id_number: invent("990101", "1980-01-01".parse().unwrap(), serial).unwrap(),
        phone: Some(PhoneNumber::parse(&phone).unwrap()),
        address: None,
        household: None,
        at: w.app.clock.now(),
    };
    let person = new.id.to_string();
    let name = WeChatName::new(&w.app, cast::APPID, &w.wechat.openid_of(cast::APPID, &handle), None).unwrap();
    let keys = w.app.keys.clone();
    let at = Occasion { now: w.app.clock.now(), link: w.app.clock.id() };
    let known = w.app.db.write(move |c| {
        persons::insert(c, &keys, &new)?;
        let (account, _) = name.account(c)?;
        let said = Claimed { name: &new.name, id_number: &new.id_number };
        identity::claim(c, &keys, account.id, said, account.version, at)?;
        identity::set_phone(c, &keys, account.id, &PhoneNumber::parse(&phone).unwrap(), at).map(drop)
    });
    known.await.unwrap();
    (token, person)
}

pub async fn submit(w: &World, token: &str, id: &str, version: i64) -> crate::world::client::Reply {
    let body = json!({ "version": version, "consent": "2026-11" });
    w.post(&format!("/api/v1/cases/{id}/actions/submit")).token(token).json(&body).send().await
}

pub async fn rental(w: &World, token: &str, id: &str) -> Value {
    w.get(&format!("{HERE}/cases/{id}")).token(token).send().await.data(200)
}

pub fn version(rental: &Value) -> i64 {
    rental["case"]["summary"]["version"].as_i64().unwrap()
}

fn flags(rental: &Value) -> Vec<String> {
    rental["case"]["flags"].as_array().unwrap().iter().map(|f| text(&f["value"])).collect()
}

async fn a_guardian_borrows_a_wheelchair_for_a_child_and_it_is_clean_before_the_next(w: World) {
    let stock = Stock::of(&w, 2).await;
    let (token, child) = guardian(&w).await;
    let points = w.get(&format!("{HERE}/points?county={COUNTY}")).token(&token).send().await.data(200);
    assert!(points.as_array().unwrap().iter().any(|p| p["id"] == json!(stock.points[0])));
    assert_eq!(stock.free(&w, &token).await, [2]);
    let offers = w.get(&format!("/api/v1/me/offers?person_id={child}")).token(&token).send().await.data(200);
    assert!(offers.as_array().unwrap().iter().any(|o| o["service"]["value"] == "device_rental" && o["possible"] == true));

    let (id, v) = stock.draft(&w, &token, &child).await;
    for section in ["choice", "contact"] {
        w.get(&format!("{HERE}/cases/{id}/sections/{section}")).token(&token).send().await.data(200);
    }
    let told = submit(&w, &token, &id, v).await.data(200);
    assert_eq!(told["summary"]["state"]["value"], "approved", "rules approve at reservation");
    assert_eq!(stock.free(&w, &token).await, [1]);
    let mine = rental(&w, &token, &id).await;
    assert_eq!(flags(&mine), ["to_be_picked_up"]);
    let code = text(&mine["loan"]["pickup_code"]);
    let queue = w.get("/api/v1/staff/queue?service=device_rental").token(&stock.keepers[0]).send().await.data(200);
    assert_eq!(queue["items"][0]["id"], json!(id));

    stock.hand_out(&w, "000000", "TS-0").await.refused(422, 30005);
    stock.hand_out(&w, &code, "no such tag").await.refused(409, 30002);
    let handed = stock.hand_out(&w, &code, "TS-1").await.data(200);
    stock.step(&w, 0, "TS-1", "transfer").await.refused(409, 30013);
    assert_eq!((handed["state"]["value"].clone(), handed["due_on"].clone()), (json!("out"), json!("2026-05-09")));
    let mine = rental(&w, &token, &id).await;
    assert_eq!((flags(&mine), mine["loan"]["pickup_code"].clone()), (vec!["lent".to_owned()], Value::Null));

    let path = format!("{HERE}/cases/{id}");
    let seen = json!({ "version": version(&mine) });
    let longer = w.post(&format!("{path}/extension")).token(&token).json(&seen).send().await.data(200);
    assert_eq!(longer["loan"]["due_on"], "2026-06-08");
    w.post(&format!("{path}/extension")).token(&token).json(&seen).send().await.refused(409, 10030);
    let words = json!({ "version": version(&longer), "kind": "damaged", "text": "左边的刹车松了。" });
    let told = w.post(&format!("{path}/damage-reports")).token(&token).json(&words).send().await.data(201);
    let withdraw = json!({ "version": version(&told), "note": null });
    let refused = w.post(&format!("/api/v1/cases/{id}/actions/withdraw")).token(&token).json(&withdraw).send().await;
    refused.refused(409, 30003);

    let page = w.get(&format!("{DESK}/loans?asset_tag=TS-1")).token(&stock.keepers[1]).send().await.data(200);
    let loan = page["items"][0].clone();
    assert_eq!(loan["reports"][0]["words"], "左边的刹车松了。");
    let mut back = json!({ "version": loan["version"], "condition": "worn", "asset_tag": "TS-0", "point_id": stock.points[1] });
    let path = format!("{DESK}/loans/{}/actions/return", text(&loan["id"]));
    w.post(&path).token(&stock.keepers[1]).json(&back).send().await.refused(422, 30007);
    back["asset_tag"] = json!("TS-1");
    w.post(&path).token(&stock.keepers[1]).json(&back).send().await.data(200);
    back["version"] = json!(loan["version"].as_i64().unwrap() + 9);
    w.post(&path).token(&stock.keepers[1]).json(&back).send().await.refused(409, 10030);
    let path = format!("{DESK}/loans/{}", text(&loan["id"]));
    w.get(&path).token(&stock.keepers[1]).send().await.refused(404, 10006);
    assert_eq!(w.get(&path).token(&stock.keepers[0]).send().await.data(200)["state"]["value"], "ended");
    let mine = rental(&w, &token, &id).await;
    assert_eq!(mine["case"]["summary"]["state"]["value"], "completed");

    assert_eq!(stock.free(&w, &token).await, [1, 0], "returned elsewhere, and not clean yet");
    stock.step(&w, 1, "TS-1", "disinfect").await.refused(409, 30013);
    stock.step(&w, 1, "TS-1", "inspect").await.data(200);
    stock.step(&w, 1, "TS-1", "inspect").await.refused(409, 30013);
    assert_eq!(stock.free(&w, &token).await, [1, 0]);
    stock.step(&w, 1, "TS-1", "disinfect").await.data(200);
    assert_eq!(stock.free(&w, &token).await, [1, 1]);
    stock.step(&w, 1, "TS-1", "transfer").await.data(200);
    assert_eq!(stock.free(&w, &token).await, [2]);
    let rate = json!({ "version": version(&mine), "grade": "very_good", "comment": null });
    w.post(&format!("/api/v1/cases/{id}/actions/rate")).token(&token).json(&rate).send().await.data(200);
    w.work().await;
}

async fn of_twenty_who_reserve_the_last_wheelchair_one_gets_it_and_the_others_may_wait(w: World) {
    let stock = Stock::of(&w, 1).await;
    let mut drafts = Vec::new();
    for serial in 1..=20 {
        let (token, person) = borrower(&w, serial).await;
        let (id, v) = stock.draft(&w, &token, &person).await;
        drafts.push((token, person, id, v));
    }
    let answers = join_all(drafts.iter().map(|(token, _, id, v)| submit(&w, token, id, *v))).await;
    let codes: Vec<u64> = answers.iter().map(|a| a.errcode()).collect();
    assert_eq!(codes.iter().filter(|c| **c == 0).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|c| **c == 30001).count(), 19, "{codes:?}");
    for ((token, person, id, _), code) in drafts.iter().zip(codes) {
        let state = if code == 0 { "approved" } else { "draft" };
        assert_eq!(rental(&w, token, id).await["case"]["summary"]["state"]["value"], state);
        let join = json!({ "person_id": person, "point_id": stock.points[0], "model_id": stock.model });
        let joined = w.post(&format!("{HERE}/waitlist")).token(token).json(&join).send().await;
        if code == 0 {
            joined.refused(409, 30006);
        } else {
            joined.data(201);
            w.post(&format!("{HERE}/waitlist")).token(token).json(&join).send().await.refused(409, 30010);
        }
    }
}

async fn an_offer_expires_and_passes_on(w: World) {
    let stock = Stock::of(&w, 1).await;
    let mut people = Vec::new();
    for serial in 1..=3 {
        people.push(borrower(&w, serial).await);
    }
    let ids: Vec<String> = people.iter().map(|(_, id)| id.clone()).collect();
    let join = |at: usize| json!({ "person_id": ids[at], "point_id": stock.points[0], "model_id": stock.model });
    w.post(&format!("{HERE}/waitlist")).token(&people[0].0).json(&join(0)).send().await.refused(409, 30008);
    let (id, v) = stock.draft(&w, &people[0].0, &people[0].1).await;
    submit(&w, &people[0].0, &id, v).await.data(200);
    for at in [1, 2] {
        w.post(&format!("{HERE}/waitlist")).token(&people[at].0).json(&join(at)).send().await.data(201);
        w.pass(Duration::from_secs(1));
    }
    let first = w.get(&format!("{HERE}/waitlist")).token(&people[2].0).send().await.data(200);
    assert_eq!(first[0]["before"], 1);
    let mine = rental(&w, &people[0].0, &id).await;
    let withdraw = json!({ "version": version(&mine), "note": null });
    w.post(&format!("/api/v1/cases/{id}/actions/withdraw")).token(&people[0].0).json(&withdraw).send().await.data(200);

    let waits = w.get(&format!("{HERE}/waitlist")).token(&people[1].0).send().await.data(200);
    assert_eq!(waits[0]["state"]["value"], "offered");
    w.pass(Duration::from_secs(DAY + 1));
    w.work().await;
    for (at, person) in people.iter_mut().enumerate() {
        person.0 = w.resident(&format!("borrower-{}", at + 1)).await;
    }
    let late = json!({ "version": waits[0]["version"], "pickup_on": "2026-03-12", "name": "王小明", "phone": "13900000001",
        "delivery": "pickup", "note": null, "consent": "2026-11" });
    let path = format!("{HERE}/waitlist/{}/actions/accept", text(&waits[0]["id"]));
    w.post(&path).token(&people[1].0).json(&late).send().await.refused(409, 10030);

    let waits = w.get(&format!("{HERE}/waitlist")).token(&people[2].0).send().await.data(200);
    assert_eq!(waits[0]["state"]["value"], "offered", "it passed on");
    let mut accept = late.clone();
    accept["version"] = waits[0]["version"].clone();
    let path = format!("{HERE}/waitlist/{}/actions/accept", text(&waits[0]["id"]));
    let taken = w.post(&path).token(&people[2].0).json(&accept).send().await.data(200);
    assert_eq!(taken["loan"]["state"]["value"], "reserved");

    w.post(&format!("{HERE}/waitlist")).token(&people[1].0).json(&join(1)).send().await.data(201);
    let waits = w.get(&format!("{HERE}/waitlist")).token(&people[1].0).send().await.data(200);
    let leave = json!({ "version": waits[0]["version"] });
    let path = format!("{HERE}/waitlist/{}/actions/leave", text(&waits[0]["id"]));
    w.post(&path).token(&people[1].0).json(&leave).send().await.data(200);
    let again = json!({ "version": waits[0]["version"].as_i64().unwrap() + 1 });
    w.post(&path).token(&people[1].0).json(&again).send().await.refused(409, 30011);

    // Nobody fetches it: the reservation ends by itself.
    w.pass(Duration::from_secs(5 * DAY));
    w.work().await;
    let id = text(&taken["case"]["summary"]["id"]);
    let token = w.resident("borrower-3").await;
    let over = rental(&w, &token, &id).await;
    assert_eq!((flags(&over), stock.free(&w, &token).await), (vec!["not_picked_up".to_owned()], vec![1]));
}

async fn what_is_lost_or_retired_is_told_and_placed_again(w: World) {
    let stock = Stock::of(&w, 1).await;
    let (token, child) = guardian(&w).await;
    let (id, v) = stock.draft(&w, &token, &child).await;
    submit(&w, &token, &id, v).await.data(200);
    stock.step(&w, 0, "TS-0", "report-missing").await.data(200);
    assert_eq!(flags(&rental(&w, &token, &id).await), ["displaced"]);
    stock.admit(&w, "TS-9").await.data(201);
    stock.admit(&w, "TS-9").await.refused(409, 30014);
    let mine = rental(&w, &token, &id).await;
    assert_eq!(flags(&mine), ["to_be_picked_up"]);
    let missing = stock.unit(&w, 0, "TS-0").await;
    let stale = json!({ "version": missing["version"].as_i64().unwrap() + 1 });
    let path = format!("{DESK}/units/{}/actions/found", text(&missing["id"]));
    w.post(&path).token(&stock.keepers[0]).json(&stale).send().await.refused(409, 10030);
    stock.step(&w, 0, "TS-0", "found").await.data(200);
    for verb in ["repair", "repaired", "inspect", "disinfect", "retire"] {
        stock.step(&w, 0, "TS-0", verb).await.data(200);
    }
    stock.hand_out(&w, &text(&mine["loan"]["pickup_code"]), "TS-0").await.refused(409, 30002);
    stock.hand_out(&w, &text(&mine["loan"]["pickup_code"]), "TS-9").await.data(200);
}

async fn a_guardian_sees_what_keeps_a_rental_from_being_submitted(w: World) {
    let stock = Stock::of(&w, 1).await;
    let (token, child) = guardian(&w).await;
    let new = json!({ "person_id": child });
    let nobody = json!({ "person_id": stock.model });
    w.post(&format!("{HERE}/drafts")).token(&token).json(&nobody).send().await.refused(404, 10006);
    let nobody = json!({ "person_id": stock.model, "point_id": stock.points[0], "model_id": stock.model });
    w.post(&format!("{HERE}/waitlist")).token(&token).json(&nobody).send().await.refused(404, 10006);
    let draft = w.post(&format!("{HERE}/drafts")).token(&token).json(&new).send().await.data(201);
    let id = text(&draft["summary"]["id"]);
    let told = w.get(&format!("/api/v1/cases/{id}/check")).token(&token).send().await.data(200);
    let fields: Vec<String> = told["details"].as_array().unwrap().iter().map(|d| text(&d["field"])).collect();
    assert_eq!(fields, ["/choice", "/contact"]);
    let choice = json!({ "version": 0, "point_id": stock.points[0], "model_id": stock.model, "pickup_on": "2026-04-30" });
    let path = format!("{HERE}/cases/{id}/sections/choice");
    w.put(&path).token(&token).json(&choice).send().await.data(200);
    w.put(&path).token(&token).json(&choice).send().await.refused(409, 10030);
    let contact = json!({ "version": 0, "name": "", "phone": "1", "delivery": "home", "note": null });
    let path = format!("{HERE}/cases/{id}/sections/contact");
    let faults = w.put(&path).token(&token).json(&contact).send().await.refused(422, 10002);
    assert_eq!(faults.json["details"].as_array().unwrap().len(), 3, "all at once");
    let contact = json!({ "version": 7, "name": "陈秀英", "phone": "13800000002", "delivery": "pickup", "note": null });
    w.put(&path).token(&token).json(&contact).send().await.refused(409, 10030);
    let told = w.get(&format!("/api/v1/cases/{id}/check")).token(&token).send().await.data(200);
    assert_eq!(told["details"][0]["code"], "after_window");
    w.post(&format!("{HERE}/cases/{id}/extension")).token(&token).json(&json!({ "version": 1 })).send().await.refused(409, 30012);
    let words = json!({ "version": 1, "kind": "bad_fit", "text": "太小了。" });
    w.post(&format!("{HERE}/cases/{id}/damage-reports")).token(&token).json(&words).send().await.refused(409, 30012);
    w.post(&format!("{HERE}/drafts")).token(&token).json(&new).send().await.data(201);
    w.post(&format!("{HERE}/drafts")).token(&token).json(&new).send().await.refused(409, 20006);
}
