//! A fourth service with a desk of its own, which no line of `src` knows: all that it needs is its own declaration.

mod training;

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::entry::docs;
use zhucan::office::administration::publishing;
use zhucan::office::cases::service::Services;
use zhucan::office::policy::county::{self, NewPolicy};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::lifecycle::{Desk, Role};
use zhucan::services;

use crate::schema;
use crate::world::World;
use crate::world::people::{COUNTY, Officer};
use crate::world::renewal::{Applicant, Case, MINUTES_11};
use training::{AT_STATION, INSTRUCTOR, Training};

stories![a_service_with_a_desk_of_its_own_needs_no_change_in_shared_code];

const TOWN: &str = "990101100000";
const OTHER_TOWN: &str = "990101101000";

/// The product's services and the fourth.
fn registry() -> Services {
    Services::new(&[services::ALL, &[&Training]].concat())
}

async fn a_service_with_a_desk_of_its_own_needs_no_change_in_shared_code(world: World) {
    let (w, server) = world.offering(&registry());
    publish_policy(&w).await;
    let instructor = appointed(&w, TOWN).await;
    let elsewhere = appointed(&w, OTHER_TOWN).await;
    let case = handed_to_the_station(&w).await;

    assert_eq!(queue(&w, &instructor.token).await, [case.id.as_str()]);
    nobody_else_has_it(&w, &elsewhere.token, &case).await;
    let claimed = w.decided(&instructor.token, &case, "claim").await;
    let approved = w.decided(&instructor.token, &claimed, "approve").await;
    let record = format!("/api/v1/staff/training/cases/{}/actions/record", approved.id);
    let seen = json!({ "version": approved.version });
    let town = w.worker_who_is(&[Role::TownOfficer], TOWN, None).await;
    w.post(&record).token(&town).key(Uuid::new_v4()).json(&seen).send().await.refused(403, 12001);
    let done = w.post(&record).token(&instructor.token).key(Uuid::new_v4()).json(&seen).send().await.data(200);
    assert_eq!(done["summary"]["state"]["value"], "completed");

    words_are_its_own(&w, &instructor, &done).await;
    the_administrator_sees_its_desks(&w).await;
    the_document_tells_it(&w, &instructor).await;
    w.work().await;
    w.history_is_whole().await;
    drop(w);
    server.drain().await;
}

/// The town accepts, the station decides.
async fn publish_policy(w: &World) {
    let county = AreaCode::parse(COUNTY).unwrap();
    let id = w.app.clock.id();
    let now = w.app.clock.now();
    let services = w.services.clone();
    let written = w.app.db.write(move |c| {
        let today = beijing_date(now);
        let mut common = (*county::current(c, &county, "certificate", today)?.unwrap().common).clone();
        common.chain = vec![Desk::Town, AT_STATION];
        (common.materials, common.notice_days) = (Vec::new(), 0);
        let new = NewPolicy {
            id,
            county,
            service: "training".into(),
            effective_from: today,
            owner: "示例县残疾人联合会".into(),
            source: "示例".into(),
            common,
            terms: json!({}),
            at: now,
            by: None,
        };
        publishing::publish(c, &services, &new).map(drop)
    });
    written.await.unwrap();
}

/// A worker to whom the administrator gives the post of the service's role; the session from before has ended.
async fn appointed(w: &World, town: &'static str) -> Officer {
    let admin = w.worker(&[Role::Administrator]).await;
    let worker = w.officer(&[Role::Commissioner], town, None, false).await;
    let path = format!("/api/v1/staff/admin/workers/{}", worker.id);
    let version = w.get(&path).token(&admin).send().await.data(200)["version"].clone();
    let post =
        |point: Value| json!({ "version": version, "posts": [{ "role": INSTRUCTOR.code(), "area": town, "point": point }] });
    let put = |point: Value| w.put(&format!("{path}/posts")).token(&admin).json(&post(point));
    let refused = put(json!(Uuid::new_v4())).send().await.refused(422, 10002);
    assert_eq!(refused.json["details"][0]["code"], "no_point");
    let view = put(json!(null)).send().await.data(200);
    assert_eq!(view["posts"][0]["role"], json!({ "value": "instructor", "label": "康复指导员" }));
    w.get("/api/v1/staff/me").token(&worker.token).send().await.refused(401, 11003);
    Officer { token: w.on_duty(&worker).await, ..worker }
}

/// A resident applies, the town accepts and forwards.
async fn handed_to_the_station(w: &World) -> Case {
    let zhao = Applicant::zhao(w).await;
    let begin = zhao.post("/api/v1/training/drafts", &json!({ "person_id": zhao.person })).key(Uuid::new_v4());
    let draft = Case::of(&begin.send().await.data(201));
    zhao.submit(&draft).send().await.data(200);
    w.pass(MINUTES_11);
    w.work().await;
    let town = w.worker_who_is(&[Role::TownOfficer], TOWN, None).await;
    let accepted = w.decided(&town, &Case::of(&zhao.view(&draft).await), "accept").await;
    w.decided(&town, &accepted, "forward").await;
    let view = zhao.view(&draft).await;
    assert_eq!(view["summary"]["state"]["value"], "in_review");
    let who = view["who_acts"]["name"].as_str().unwrap();
    assert!(who.ends_with("康复指导站"), "{who}");
    Case::of(&view)
}

async fn queue(w: &World, token: &str) -> Vec<String> {
    let page = w.get("/api/v1/staff/queue").token(token).send().await.data(200);
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Not the station of another town, not another service's desk, not an officer whose turn is over.
async fn nobody_else_has_it(w: &World, elsewhere: &str, case: &Case) {
    let strangers = services::all().own_desks().into_iter().map(Role::Own);
    let mut others = vec![elsewhere.to_owned(), w.worker_who_is(&[Role::TownOfficer], TOWN, None).await];
    for role in strangers {
        others.push(w.worker_who_is(&[role], COUNTY, None).await);
    }
    for (at, other) in others.iter().enumerate() {
        assert!(queue(w, other).await.is_empty());
        let refused = w.decide(other, case, "claim").await;
        // The town knows of the cases of its area, though it is not its turn.
        let expected = if at == 1 { (409, 20001) } else { (404, 10006) };
        refused.refused(expected.0, expected.1);
    }
}

/// History, timeline and `GET /staff/me` speak in the words that the service declares.
async fn words_are_its_own(w: &World, instructor: &Officer, done: &Value) {
    let timeline = done["timeline"].as_array().unwrap();
    let by: Vec<&str> = timeline.iter().filter_map(|line| line["by"]["label"].as_str()).collect();
    assert!(by.contains(&"康复指导员"), "{timeline:#?}");
    assert!(timeline.iter().any(|line| line["reason"] == "一期训练已完成"), "{timeline:#?}");
    let me = w.get("/api/v1/staff/me").token(&instructor.token).send().await.data(200);
    assert_eq!(me["posts"][0]["role"], json!({ "value": "instructor", "label": "康复指导员" }));
}

/// A desk for each town, with whoever serves it.
async fn the_administrator_sees_its_desks(w: &World) {
    let admin = w.worker(&[Role::Administrator]).await;
    let path = format!("/api/v1/staff/admin/desks?county={COUNTY}&limit=100");
    let page = w.get(&path).token(&admin).send().await.data(200);
    let stations: Vec<&Value> =
        page["items"].as_array().unwrap().iter().filter(|d| d["desk"]["value"] == AT_STATION.code()).collect();
    assert!(stations.len() > 2 && stations.iter().all(|d| d["desk"]["label"] == "康复指导站"), "{stations:#?}");
    let staffed: Vec<&Value> = stations.iter().filter(|d| d["workers"] == 1).map(|d| &d["area"]).collect();
    assert_eq!(staffed, [TOWN, OTHER_TOWN]);
}

/// The document of this registry lists role, desk, tag and guard, and an answer fits it; that of the product knows none.
async fn the_document_tells_it(w: &World, instructor: &Officer) {
    let own = docs::json(&w.services).unwrap();
    let products = docs::json(&services::all()).unwrap();
    for word in ["instructor 康复指导员", "training_station 康复指导站", "\"康复训练\"", "\"/api/v1/training/drafts\""]
    {
        assert!(own.contains(word) && !products.contains(word), "{word}");
    }
    let document: Value = serde_json::from_str(&own).unwrap();
    let record = &document["paths"]["/api/v1/staff/training/cases/{id}/actions/record"]["post"];
    assert_eq!(record["security"], json!([{ "staff": ["instructor"] }]));
    let of_desks = &document["paths"]["/api/v1/staff/queue"]["get"]["security"][0]["staff"];
    assert!(of_desks.as_array().unwrap().contains(&json!("instructor")), "{of_desks}");
    let me = w.get("/api/v1/staff/me").token(&instructor.token).send().await;
    let answer = &document["paths"]["/api/v1/staff/me"]["get"]["responses"]["200"];
    let answer = answer["$ref"].as_str().map_or(answer, |at| document.pointer(at.trim_start_matches('#')).unwrap());
    let schema = &answer["content"]["application/json"]["schema"];
    let validator = schema::strict_validator(&document, schema);
    let faults: Vec<String> = validator.iter_errors(&me.json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?}");
}
