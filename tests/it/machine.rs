//! When the machine fails or is full: what was sent is not lost, the caller learns when to come back, and no cause leaks out.

use std::sync::Arc;

use diesel::prelude::*;
use futures_util::FutureExt;
use serde_json::json;
use uuid::Uuid;
use zhucan::office::cases::record::case::cases;
use zhucan::platform::db::Bounds;
use zhucan::platform::id::Id;

use crate::seam::{gate, settle, write};
use crate::world::renewal::{Applicant, picture};
use crate::world::{Kind, World};

stories![
    a_database_that_is_full_asks_callers_to_come_back,
    a_page_that_the_disk_does_not_take_is_sent_again,
    a_page_waits_its_turn_while_many_send_theirs,
    a_row_that_is_broken_is_our_fault_and_shows_no_cause,
];

async fn a_database_that_is_full_asks_callers_to_come_back(world: World) {
    let (narrow, server) = world.narrow(Bounds { write_queue: 1, connections: 2, ..Bounds::default() });
    let db = narrow.app.db.clone();
    // SQLite has one writer, PostgreSQL here two connections: hold all of them.
    let held = if world.kind == Kind::Sqlite { 1 } else { 2 };
    let mut gates = Vec::new();
    for _ in 0..held {
        let (gate, job) = gate();
        let gate = Arc::new(gate);
        let db = db.clone();
        let running = actix_web::rt::spawn(async move { db.write(job).await });
        gate.reached().await;
        gates.push((gate, running));
    }
    let waiting = write(&db, "waiting");
    settle().await;
    let key = Uuid::new_v4();
    let send = || narrow.post("/api/v1/auth/sms/codes").key(key).json(&json!({ "phone": "13900000001" })).send();
    send().await.refused(503, 50003);
    for (gate, running) in gates {
        gate.open();
        running.await.unwrap().unwrap();
    }
    waiting.await.unwrap().unwrap();
    send().await.data(200);
    drop(narrow);
    server.drain().await;
}

async fn a_page_that_the_disk_does_not_take_is_sent_again(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let folder = world.papers_folder();
    let away = world.papers_folder().with_extension("away");
    std::fs::rename(&folder, &away).unwrap();
    // No folder can be made where a file is.
    std::fs::write(&folder, b"").unwrap();
    let key = Uuid::new_v4();
    zhao.upload(&case, "photo", picture()).key(key).send().await.refused(503, 50004);
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&away, &folder).unwrap();
    zhao.upload(&case, "photo", picture()).key(key).send().await.data(201);
}

async fn a_page_waits_its_turn_while_many_send_theirs(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    // Ten other uploads fill the queue of the desk: a future that is polled once and then kept holds its place.
    let mut others = Vec::new();
    for _ in 0..10 {
        let desk = world.app.papers.clone();
        let mut other = Box::pin(async move { desk.process(picture().into()).await });
        assert!((&mut other).now_or_never().is_none(), "it waits for the work");
        others.push(other);
    }
    let key = Uuid::new_v4();
    zhao.upload(&case, "photo", picture()).key(key).send().await.refused(503, 21007);
    drop(others);
    zhao.upload(&case, "photo", picture()).key(key).send().await.data(201);
}

async fn a_row_that_is_broken_is_our_fault_and_shows_no_cause(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let id: Id = case.id.parse().unwrap();
    let broken = world.app.db.write(move |c| {
        let row = cases::table.find(id);
        Ok(diesel::update(row).set(cases::data_key.eq(b"no key".to_vec())).execute(c)?)
    });
    assert_eq!(broken.await.unwrap(), 1);
    let told = world.get(&case.path("")).token(&zhao.token).send().await.refused(500, 50000);
    let words = told.json["errmsg"].as_str().unwrap();
    assert!(words.contains("系统出了点问题") && told.json["request_id"].is_string() && told.json["details"].is_null(), "{words}");
    // Nobody else is harmed by it.
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    lin.get("/api/v1/cases").await;
}
