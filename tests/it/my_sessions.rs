//! A resident sees where the own account is open, and ends what should not be.

use std::time::Duration;

use serde_json::Value;

use crate::world::World;

stories![a_resident_sees_on_which_phones_the_account_is_open, a_lost_phone_is_signed_out_from_another_and_nobody_elses_is,];

const SESSIONS: &str = "/api/v1/me/sessions";

async fn open(w: &World, token: &str) -> Vec<Value> {
    let page = w.get(SESSIONS).token(token).send().await.data(200);
    page["items"].as_array().unwrap().clone()
}

async fn a_resident_sees_on_which_phones_the_account_is_open(world: World) {
    let w = &world;
    let old_phone = w.resident("zhao-tiezhu").await;
    let before = open(w, &old_phone).await.len();
    w.pass(Duration::from_secs(60));
    let new_phone = w.resident("zhao-tiezhu").await;
    let seen = open(w, &new_phone).await;
    assert_eq!(seen.len(), before + 1);
    assert_eq!(seen.iter().map(|s| s["current"] == true).collect::<Vec<_>>(), [vec![true], vec![false; before]].concat());
    assert!(open(w, &old_phone).await.iter().any(|s| s["current"] == true && s["id"] != seen[0]["id"]));
    let first = w.get(&format!("{SESSIONS}?limit=1")).token(&new_phone).send().await.data(200);
    assert_eq!(first["items"][0], seen[0]);
    let next = format!("{SESSIONS}?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(w.get(&next).token(&new_phone).send().await.data(200)["items"][0], seen[1]);
    w.post("/api/v1/auth/logout").token(&old_phone).send().await.data(200);
    assert_eq!(open(w, &new_phone).await.len(), before);
}

async fn a_lost_phone_is_signed_out_from_another_and_nobody_elses_is(world: World) {
    let w = &world;
    let lost = w.resident("zhao-tiezhu").await;
    w.pass(Duration::from_secs(60));
    let mine = w.resident("zhao-tiezhu").await;
    let of_lost = open(w, &lost).await.into_iter().find(|s| s["current"] == true).unwrap();
    let end = format!("{SESSIONS}/{}/actions/end", of_lost["id"].as_str().unwrap());
    w.post(&end).token(&w.resident("chen-xiuying").await).send().await.refused(404, 10006);
    w.get(SESSIONS).token(&lost).send().await.data(200);
    for _ in 0..2 {
        w.post(&end).token(&mine).send().await.data(200);
    }
    w.get(SESSIONS).token(&lost).send().await.refused(401, 11003);
    let left = open(w, &mine).await;
    assert!(left.iter().all(|s| s["id"] != of_lost["id"]));
    let in_use = left.iter().find(|s| s["current"] == true).unwrap()["id"].as_str().unwrap();
    w.post(&format!("{SESSIONS}/{in_use}/actions/end")).token(&mine).send().await.refused(409, 11014);
    assert_eq!(open(w, &mine).await, left);
}
