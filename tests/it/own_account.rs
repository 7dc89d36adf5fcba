//! Administrators cannot change their own account; a colleague has to do it, so that two people know of the change.

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::COUNTY;

stories![an_administrator_changes_nothing_of_the_own_account, one_time_codes_are_renewed_for_a_worker_who_has_some,];

const WORKERS: &str = "/api/v1/staff/admin/workers";

async fn act(w: &World, admin: &str, worker: &Value, verb: &str) -> Reply {
    let path = format!("{WORKERS}/{}/actions/{verb}", worker["id"].as_str().unwrap());
    w.post(&path).token(admin).json(&json!({ "version": worker["version"] })).send().await
}

async fn an_administrator_changes_nothing_of_the_own_account(world: World) {
    let w = &world;
    let admin = w.officer(&[Role::Administrator], COUNTY, None, false).await;
    let path = format!("{WORKERS}/{}", admin.id);
    let own = w.get(&path).token(&admin.token).send().await.data(200);
    for verb in ["invite", "reinstate", "reset-totp"] {
        act(w, &admin.token, &own, verb).await.refused(403, 12005);
    }
    let other_name = json!({ "version": own["version"], "name": "王丽", "person_id": null });
    w.put(&path).token(&admin.token).json(&other_name).send().await.refused(403, 12005);
    assert_eq!(w.get(&path).token(&admin.token).send().await.data(200), own);
    let colleague = w.worker(&[Role::Administrator]).await;
    w.put(&path).token(&colleague).json(&other_name).send().await.data(200);
}

async fn one_time_codes_are_renewed_for_a_worker_who_has_some(world: World) {
    let w = &world;
    let admin = w.worker(&[Role::Administrator]).await;
    let new = json!({ "name": "王丽", "person_id": null,
        "posts": [{ "role": "town_officer", "area": "990101100000", "point": null }] });
    let invited = w.post(WORKERS).token(&admin).json(&new).send().await.data(201);
    act(w, &admin, &invited["worker"], "reset-totp").await.refused(409, 27002);
}
