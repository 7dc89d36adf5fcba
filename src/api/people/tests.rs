//! What workers and residents may see of persons over HTTP, and what they may not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App as Server, web};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::office::accounts::RevocationWatch;
use crate::office::accounts::bench::{Bench, bench};
use crate::office::accounts::guards::Post;
use crate::office::accounts::links::{LinkState, NewLink, Relation, links};
use crate::office::accounts::residents::WeChatName;
use crate::office::accounts::sessions::Beginning;
use crate::office::accounts::tokens::Holder;
use crate::office::administration::staffing;
use crate::office::administration::staffing::NewWorker;
use crate::office::cases::service::Services;
use crate::office::people::persons::{self, NewPerson};
use crate::office::people::register::{self, NewCertificate};
use crate::office::people::reveals::reveals;
use crate::office::policy::{areas, calendar};
use crate::platform::app::App;
use crate::platform::http::Operations;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::{Category, CertificateNumber, GrantedBy, Level};
use crate::rules::identity::{CitizenId, PhoneNumber, invent};
use crate::rules::lifecycle::Role;
use crate::rules::names::PersonName;

const AREAS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/areas.csv"));

fn area(text: &str) -> AreaCode {
    AreaCode::parse(text).unwrap()
}

fn citizen(serial: u16) -> CitizenId {
    invent("990101", "1980-05-06".parse().unwrap(), serial).unwrap()
}

/// Two persons with cards, one in each of two towns.
async fn world() -> (Bench, Id, Id) {
    let app = bench().await;
    let keys = app.keys.clone();
    let now = app.clock.now();
    let ids = [app.clock.id(), app.clock.id()];
    let cards = [app.clock.id(), app.clock.id()];
    let write = app.db.write(move |c| {
        areas::import(c, AREAS)?;
        calendar::seed(c, now)?;
        for ((serial, village), (id, card)) in
            [(11, "990101100200"), (12, "990101101200")].into_iter().zip(ids.into_iter().zip(cards))
        {
            let new = NewPerson {
                id,
                area: area(village),
                name: PersonName::parse("王小四").unwrap(),
                id_number: citizen(serial),
                phone: Some(PhoneNumber::parse("19100000001").unwrap()),
                address: None,
                household: None,
                at: now,
            };
            persons::insert(c, &keys, &new)?;
            let number = CertificateNumber::compose(citizen(serial), Category::Physical, Level::Two, None).unwrap();
            let card = NewCertificate {
                id: card,
                person: id,
                county: area("990101000000"),
                number,
                components: Vec::new(),
                issued_on: "2016-06-01".parse().unwrap(),
                expires_on: "2026-06-01".parse().unwrap(),
                granted_by: GrantedBy::Hospital,
                irreversible: false,
                case_id: None,
                at: now,
            };
            register::issue(c, &keys, &card)?;
        }
        Ok(())
    });
    write.await.unwrap();
    (app, ids[0], ids[1])
}

async fn signed_in(app: &Bench, holder: Holder, account: Id) -> String {
    let session = Beginning::new(app, holder).unwrap();
    let stored = session.clone();
    app.db.write(move |c| stored.store(c, account)).await.unwrap();
    session.pair(app, account).unwrap().access_token
}

async fn worker(app: &Bench, role: Role, place: &str) -> String {
    let new = NewWorker {
        username: format!("w{}", place.trim_end_matches('0')),
        name: "李工".into(),
        password: "correct horse battery".to_owned().into(),
        posts: vec![Post { role, area: area(place), point: None, lead: false }],
        person: None,
    };
    let worker = staffing::add(app, new).await.unwrap().worker;
    signed_in(app, Holder::Staff, worker).await
}

/// A resident who may act for one person.
async fn resident(app: &Bench, person: Id, serial: u16) -> String {
    let name = WeChatName::new(app, "wx0", "openid", None).unwrap();
    let account = app.db.write(move |c| Ok(name.account(c)?.0.id)).await.unwrap();
    let link = NewLink {
        id: app.clock.id(),
        account,
        name: PersonName::parse("王小四").unwrap(),
        id_number: citizen(serial),
        relation: Relation::Child,
        evidence: "户口簿".into(),
        area: area("990101100200"),
        today: beijing_date(app.clock.now()),
        now: app.clock.now(),
    };
    let keys = app.keys.clone();
    let confirmed = app.db.write(move |c| {
        link.claim(c, &keys)?;
        let row = diesel::update(links::table.find(link.id));
        row.set((links::state.eq(LinkState::Confirmed), links::person_id.eq(Some(person)))).execute(c)?;
        Ok(())
    });
    confirmed.await.unwrap();
    signed_in(app, Holder::Resident, account).await
}

async fn ask(app: &App, token: &str, request: TestRequest) -> (u16, Value) {
    let server = Server::new()
        .app_data(web::Data::new(app.clone()))
        .app_data(web::Data::new(RevocationWatch::default()))
        .app_data(web::Data::new(Services::new(&[])))
        .configure(|cfg| {
            super::routes(&mut Operations::serve(cfg));
            crate::api::policy::published::routes(&mut Operations::serve(cfg));
        });
    let server = init_service(server).await;
    let request = request.insert_header(("Authorization", format!("Bearer {token}"))).to_request();
    let answer: ServiceResponse = call_service(&server, request).await;
    (answer.status().as_u16(), read_body_json(answer).await)
}

fn get(path: String) -> TestRequest {
    TestRequest::get().uri(&path)
}

fn post(path: String, body: Value) -> TestRequest {
    TestRequest::post().uri(&path).set_json(body)
}

#[actix_web::test]
async fn a_town_officer_sees_their_own_people_masked_and_nobody_elses() {
    let (app, mine, other) = world().await;
    let token = worker(&app, Role::TownOfficer, "990101100000").await;
    let (status, told) = ask(&app, &token, get(format!("/staff/persons/{mine}"))).await;
    assert_eq!((status, told["data"]["name_masked"].as_str().unwrap()), (200, "王*四"));
    assert_eq!(told["data"]["area"]["name"], "甲区宋疃镇宋疃村");
    assert_eq!(told["data"]["certificates"][0]["days_left"], 91);
    let text = told.to_string();
    assert!(!text.contains("王小四") && !text.contains(citizen(11).reveal()) && !text.contains("19100000001"));
    for path in [format!("/staff/persons/{other}"), format!("/staff/persons/{}", app.clock.id())] {
        let (status, told) = ask(&app, &token, get(path)).await;
        assert_eq!((status, told["errcode"].as_i64()), (404, Some(10006)));
    }
}

#[actix_web::test]
async fn opening_facts_needs_a_purpose_and_leaves_a_line() {
    let (app, mine, other) = world().await;
    let token = worker(&app, Role::TownOfficer, "990101100000").await;
    let reveal = |id: Id, body: Value| post(format!("/staff/persons/{id}/actions/reveal"), body);
    let asked = json!({ "fields": ["phone", "certificate_number"], "purpose": "电话通知补正材料" });
    let (status, told) = ask(&app, &token, reveal(mine, asked.clone())).await;
    assert_eq!((status, told["data"]["phone"].as_str().unwrap()), (200, "19100000001"));
    assert!(told["data"]["certificate_number"].as_str().unwrap().ends_with("42") && told["data"]["name"].is_null());
    for (id, body, expected) in [
        (other, asked.clone(), 404),
        (mine, json!({ "fields": ["name"], "purpose": "　 　 " }), 422),
        (mine, json!({ "fields": [], "purpose": "电话通知补正材料" }), 422),
        (mine, json!({ "fields": ["diagnosis"], "purpose": "电话通知补正材料" }), 422),
        (mine, json!({ "fields": ["name"], "purpose": "办理案件", "case_id": app.clock.id() }), 422),
    ] {
        assert_eq!(ask(&app, &token, reveal(id, body)).await.0, expected);
    }
    let lines: Vec<(Id, String, String)> = app
        .db
        .read(|c| {
            Ok(reveals::table.select((reveals::person_id, reveals::fields, reveals::purpose)).order(reveals::id).load(c)?)
        })
        .await
        .unwrap();
    assert_eq!(lines, [(mine, "phone,certificate_number".to_owned(), "电话通知补正材料".to_owned())]);
}

#[actix_web::test]
async fn a_person_is_found_by_the_card_in_hand_or_added_once() {
    let (app, mine, _) = world().await;
    let token = worker(&app, Role::TownOfficer, "990101100000").await;
    let find = |serial| post("/staff/persons/actions/find".into(), json!({ "id_number": citizen(serial).reveal() }));
    assert_eq!(ask(&app, &token, find(11)).await.1["data"]["id"], mine.to_string());
    assert_eq!(ask(&app, &token, find(12)).await.0, 404);
    let add = |serial, village: &str, key: Id| {
        let body = json!({ "name": "王新", "id_number": citizen(serial).reveal(), "area": village });
        post("/staff/persons".into(), body).insert_header(("Idempotency-Key", key.to_string()))
    };
    let key = app.clock.id();
    let (status, told) = ask(&app, &token, add(13, "990101100200", key)).await;
    assert_eq!((status, told["data"]["name_masked"].as_str().unwrap()), (201, "王*"));
    assert_eq!(ask(&app, &token, add(13, "990101100200", key)).await.1["meta"]["replayed"], true);
    assert_eq!(ask(&app, &token, add(13, "990101100200", app.clock.id())).await.1["errcode"], 12006);
    assert_eq!(ask(&app, &token, add(14, "990101101200", app.clock.id())).await.1["details"][0]["field"], "/area");
    let wrong = json!({ "name": "1", "id_number": "123", "area": "9", "phone": "12" });
    let wrong = post("/staff/persons".into(), wrong).insert_header(("Idempotency-Key", app.clock.id().to_string()));
    let (status, told) = ask(&app, &token, wrong).await;
    let fields: Vec<_> = told["details"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
    assert_eq!((status, fields), (422, vec!["/name", "/id_number", "/area", "/phone"]));
}

#[actix_web::test]
async fn the_register_counts_and_lists_within_the_scope() {
    let (app, ..) = world().await;
    let county = worker(&app, Role::CountyOfficer, "990101000000").await;
    let town = worker(&app, Role::TownOfficer, "990101100000").await;
    let (_, told) = ask(&app, &county, get("/staff/register/summary?county=990101000000".into())).await;
    assert_eq!((told["data"]["holders"].as_i64(), told["data"]["severe"].as_i64()), (Some(2), Some(2)));
    let (_, told) = ask(&app, &town, get("/staff/register/summary".into())).await;
    assert_eq!(told["data"]["holders"], 1);
    assert_eq!(ask(&app, &town, get("/staff/register/summary?county=990101000000".into())).await.0, 404);
    let (_, first) = ask(&app, &county, get("/staff/register?limit=1&category=physical".into())).await;
    let cursor = first["data"]["next_cursor"].as_str().unwrap();
    let (_, second) = ask(&app, &county, get(format!("/staff/register?limit=1&category=physical&cursor={cursor}"))).await;
    assert_ne!(first["data"]["items"][0]["person_id"], second["data"]["items"][0]["person_id"]);
    assert!(second["data"]["next_cursor"].is_null());
    assert_eq!(ask(&app, &county, get(format!("/staff/register?limit=1&cursor={cursor}"))).await.1["errcode"], 10007);
    let (_, none) = ask(&app, &county, get("/staff/register?expires_until=2026-05-31".into())).await;
    assert_eq!(none["data"]["items"], json!([]));
}

#[actix_web::test]
async fn a_resident_sees_whom_they_may_act_for_and_nobody_else() {
    let (app, mine, other) = world().await;
    let token = resident(&app, mine, 11).await;
    let (status, told) = ask(&app, &token, get("/me/persons".into())).await;
    assert_eq!((status, told["data"].as_array().unwrap().len()), (200, 1));
    assert_eq!(told["data"][0]["relation"]["value"], "child");
    assert_eq!(told["data"][0]["certificate"]["level"]["label"], "二级");
    let (_, cards) = ask(&app, &token, get(format!("/me/persons/{mine}/certificates"))).await;
    assert_eq!(cards["data"][0]["number_masked"].as_str().unwrap().chars().filter(|c| *c == '*').count(), 18);
    assert!(!cards.to_string().contains(citizen(11).reveal()));
    assert_eq!(ask(&app, &token, get(format!("/me/persons/{other}/certificates"))).await.0, 404);
    assert_eq!(ask(&app, &token, get(format!("/staff/persons/{mine}"))).await.0, 403);
}

#[actix_web::test]
async fn anybody_may_look_up_areas_and_working_days() {
    let (app, ..) = world().await;
    let (_, told) = ask(&app, "", get("/public/areas?parent=990101000000".into())).await;
    assert_eq!(told["data"].as_array().unwrap().len(), 4);
    assert_eq!(ask(&app, "", get("/public/areas?parent=99".into())).await.0, 422);
    let (_, told) = ask(&app, "", get("/public/calendar?year=2026".into())).await;
    assert!(told["data"]["loaded"] == true && told["data"]["source"].as_str().unwrap().contains("国务院办公厅"));
    let (_, told) = ask(&app, "", get("/public/calendar?year=2027".into())).await;
    assert!(told["data"]["loaded"] == false && told["data"]["warning"].is_string());
    let policies = "/public/policies?county=990101000000&service=education_aid";
    assert_eq!(ask(&app, "", get(policies.into())).await.0, 404);
}
