//! Workers sign in: five failures lock, a ban and a log-out hold at once, and a stolen token ends the session.

use std::time::{Duration, Instant};

use crate::world::cast::PASSWORD;
use serde_json::{Value, json};
use zhucan::office::accounts::{RevocationWatch, residents, staff_admin, staff_login};

use crate::world::World;
use crate::world::client::Reply;

stories![
    a_worker_is_locked_after_five_failures_and_let_in_half_an_hour_later,
    a_name_that_nobody_has_locks_like_any_other,
    a_log_out_and_a_ban_of_a_worker_hold_at_once,
    a_ban_of_a_resident_by_another_instance_holds_within_moments,
    a_workers_renewal_may_be_repeated_for_a_minute_and_ends_the_session_later,
];

async fn sign_in(w: &World, username: &str, password: &str, code: &str) -> Reply {
    let body = json!({ "username": username, "password": password, "totp": code });
    w.post("/api/v1/auth/staff/login").json(&body).send().await
}

/// With the right password and the code of this moment.
async fn rightly(w: &World, username: &str) -> Reply {
    let code = staff_login::totp_code(&w.app, username).await.unwrap();
    sign_in(w, username, PASSWORD, &code).await
}

async fn five_failures(w: &World, username: &str) {
    for _ in 0..5 {
        let code = staff_login::totp_code(&w.app, username).await.unwrap();
        sign_in(w, username, "not-the-password", &code).await.refused(401, 11010);
    }
}

fn token(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

async fn a_worker_is_locked_after_five_failures_and_let_in_half_an_hour_later(world: World) {
    let w = &world;
    five_failures(w, "town").await;
    let locked = rightly(w, "town").await.refused(403, 11011);
    let wait: u64 = locked.header("retry-after").unwrap().parse().unwrap();
    assert!((1790..=1801).contains(&wait), "{wait}");
    w.pass(Duration::from_secs(30 * 60 + 1));
    let session = rightly(w, "town").await.data(200);
    let me = w.get("/api/v1/staff/me").token(token(&session)).send().await.data(200);
    assert_eq!((&me["name"], &me["id"]), (&json!("周镇平"), &session["worker"]));
    assert_eq!((&me["posts"][0]["role"]["value"], &me["posts"][0]["area"]), (&json!("town_officer"), &json!("990101100000")));

    five_failures(w, "county").await;
    rightly(w, "county").await.refused(403, 11011);
    staff_admin::unlock(&w.app, "county").await.unwrap();
    rightly(w, "county").await.data(200);
}

async fn a_name_that_nobody_has_locks_like_any_other(world: World) {
    for _ in 0..5 {
        sign_in(&world, "nobody", PASSWORD, "123456").await.refused(401, 11010);
    }
    sign_in(&world, "nobody", PASSWORD, "123456").await.refused(403, 11011);
    rightly(&world, "town").await.data(200);
}

async fn a_log_out_and_a_ban_of_a_worker_hold_at_once(world: World) {
    let w = &world;
    let me = async |session: &Value| w.get("/api/v1/staff/me").token(token(session)).send().await;
    let first = rightly(w, "town").await.data(200);
    rightly(w, "town").await.refused(401, 11010);
    w.post("/api/v1/auth/logout").token(token(&first)).send().await.data(200);
    me(&first).await.refused(401, 11003);

    w.pass(Duration::from_secs(31));
    let second = rightly(w, "town").await.data(200);
    me(&second).await.data(200);
    staff_admin::ban(&w.app, &zhucan::services::all(), &RevocationWatch::default(), "town").await.unwrap();
    me(&second).await.refused(401, 11003);
    let renew = json!({ "refresh_token": second["refresh_token"] });
    w.post("/api/v1/auth/refresh").json(&renew).send().await.refused(401, 11003);
    w.pass(Duration::from_secs(31));
    rightly(w, "town").await.refused(401, 11010);
}

async fn a_ban_of_a_resident_by_another_instance_holds_within_moments(world: World) {
    let w = &world;
    let token = w.resident("lin-xiaoyu").await;
    let me = w.get("/api/v1/me").token(&token).send().await.data(200);
    let account = me["account"].as_str().unwrap().parse().unwrap();
    residents::ban(&w.app, &RevocationWatch::default(), account).await.unwrap();
    let since = Instant::now();
    loop {
        let reply = w.get("/api/v1/me").token(&token).send().await;
        if reply.status != 200 {
            reply.refused(401, 11003);
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(5), "the ban of another instance is never heard of");
    }
    let code = w.wechat.issue_login_code(crate::world::cast::APPID, "lin-xiaoyu").unwrap();
    w.post("/api/v1/auth/wechat/login").json(&json!({ "code": code })).send().await.refused(403, 11009);
}

async fn a_workers_renewal_may_be_repeated_for_a_minute_and_ends_the_session_later(world: World) {
    let w = &world;
    let session = rightly(w, "county").await.data(200);
    let renew =
        async |of: &Value| w.post("/api/v1/auth/refresh").json(&json!({ "refresh_token": of["refresh_token"] })).send().await;
    let next = renew(&session).await.data(200);
    w.pass(Duration::from_secs(50));
    assert_eq!(renew(&session).await.data(200)["refresh_token"], next["refresh_token"]);
    w.get("/api/v1/staff/me").token(token(&next)).send().await.data(200);
    w.pass(Duration::from_secs(11));
    renew(&session).await.refused(401, 11005);
    w.get("/api/v1/staff/me").token(token(&next)).send().await.refused(401, 11003);
    renew(&next).await.refused(401, 11003);

    let idle = rightly(w, "county").await.data(200);
    w.pass(Duration::from_secs(31 * 60));
    renew(&idle).await.refused(401, 11004);
}
