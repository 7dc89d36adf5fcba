//! Two instances on one PostgreSQL database: what one did is in force on the other, and nothing happens twice. A file of
//! SQLite belongs to one process.

use std::time::{Duration, Instant};

use crate::world::cast::TEMPLATE;
use futures_util::future::join_all;
use serde_json::{Value, json};
use zhucan::entry::worker;
use zhucan::platform::db::{Bounds, Db};
use zhucan::rules::lifecycle::Role;
use zhucan::services;

use crate::world::renewal::{Applicant, Case, MINUTES_11, actions};
use crate::world::{Kind, World};

stories![
    signing_out_on_one_instance_is_in_force_on_the_other_within_a_second,
    officers_of_two_instances_race_for_a_case_and_one_gets_it,
    two_workers_on_one_outbox_send_each_message_once,
    a_case_that_is_filed_through_one_instance_is_read_through_the_other,
];

/// The second instance; none on SQLite, where it does not come up.
fn second(world: &World) -> Option<(World, zhucan::entry::server::Server)> {
    if world.kind == Kind::Sqlite {
        let refused = Db::open(&world.database, Bounds::default()).err().unwrap();
        assert!(refused.cause().unwrap().contains("in use by another zhucan process"));
        return None;
    }
    Some(world.second_instance())
}

async fn signing_out_on_one_instance_is_in_force_on_the_other_within_a_second(world: World) {
    let Some((other, server)) = second(&world) else { return };
    for path in ["/api/v1/auth/logout", "/api/v1/auth/logout-everywhere"] {
        let token = world.resident("zhao-tiezhu").await;
        other.get("/api/v1/me").token(&token).send().await.data(200);
        world.post(path).token(&token).send().await.data(200);
        let begun = Instant::now();
        while other.get("/api/v1/me").token(&token).send().await.status != 401 {
            assert!(begun.elapsed() < Duration::from_secs(1), "the other instance still answers");
            tokio::task::yield_now().await;
        }
        other.get("/api/v1/me").token(&token).send().await.refused(401, 11003);
    }
    drop(other);
    server.drain().await;
}

async fn officers_of_two_instances_race_for_a_case_and_one_gets_it(world: World) {
    let Some((other, server)) = second(&world) else { return };
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let mut officers = Vec::new();
    for at in 0..8 {
        let through = if at % 2 == 0 { &world } else { &other };
        officers.push((through, world.worker(&[Role::TownOfficer]).await));
    }
    let body = json!({ "service": "certificate" });
    let next = officers.iter().map(|(at, token)| at.post("/api/v1/staff/queue/actions/next").token(token).json(&body).send());
    let taken = join_all(next).await;
    let won: Vec<usize> = (0..8).filter(|n| taken[*n].status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(taken.iter().all(|r| r.status == 200 || (r.status, r.errcode()) == (404, 20010)));
    // The holder decides through the other instance; a colleague is told that it is held.
    let (through, token) = &officers[won[0]];
    let across = if through.base == world.base { &other } else { &world };
    let seen = Case::of(&zhao.view(&case).await);
    let (_, colleague) = &officers[(won[0] + 1) % 8];
    across.decide(colleague, &seen, "accept").await.refused(409, 20004);
    across.decided(token, &seen, "accept").await;
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit", "claim", "accept"]);
    world.history_is_whole().await;
    drop(officers);
    drop(other);
    server.drain().await;
}

async fn two_workers_on_one_outbox_send_each_message_once(world: World) {
    let Some((other, server)) = second(&world) else { return };
    let zhao = Applicant::zhao(&world).await;
    for _ in 0..3 {
        let body = json!({ "template": TEMPLATE, "accepted": true });
        zhao.post("/api/v1/me/subscriptions", &body).send().await.data(200);
    }
    let case = zhao.submitted("renewal").await;
    zhao.act(&case, "undo").await.data(200);
    let again = Case::of(&zhao.view(&case).await);
    zhao.submit(&again).send().await.data(200);
    loop {
        let all = services::all();
        let (a, b) = tokio::join!(worker::round(&world.app, &all), worker::round(&other.app, &all));
        if (a.unwrap(), b.unwrap()) == (0, 0) {
            break;
        }
    }
    let told = zhao.get("/api/v1/me/notices").await;
    let titles: Vec<&str> = told["items"].as_array().unwrap().iter().map(|n| n["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["残疾人证：已提交", "残疾人证：已取消提交", "残疾人证：已提交"]);
    assert_eq!(world.wechat.sent().len(), 3);
    drop(other);
    server.drain().await;
}

async fn a_case_that_is_filed_through_one_instance_is_read_through_the_other(world: World) {
    let Some((other, server)) = second(&world) else { return };
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    let here = zhao.view(&case).await;
    let there = other.get(&case.path("")).token(&zhao.token).send().await.data(200);
    // Links to papers are signed anew for each reading.
    let shown = |v: &Value| (v["summary"].clone(), v["timeline"].clone(), v["materials"].as_array().unwrap().len());
    assert_eq!(shown(&here), shown(&there));
    let photo = there["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap();
    let link = photo["papers"][0]["download_url"].as_str().unwrap();
    assert_eq!(world.get(link).send().await.bytes, other.get(link).send().await.bytes);
    drop(other);
    server.drain().await;
}
