//! Signing in with WeChat: lost answers, WeChat out of service, expired tokens, and lost phones.

use std::time::Duration;

use crate::world::{World, cast};
use serde_json::json;
use uuid::Uuid;
use zhucan::platform::wechat_stand_in::FaultMode;
use zhucan::rules::identity::invent;

use crate::world::client::Reply;

stories![
    a_resident_signs_in_sees_who_they_are_and_signs_out,
    a_token_ends_and_is_renewed_and_a_lost_renewal_may_be_repeated,
    whatever_wechat_says_is_told_plainly_and_a_new_code_helps,
    a_claim_whose_answer_was_lost_happens_once,
];

const MINE: &str = "lin-xiaoyu";

async fn sign_in(world: &World) -> Reply {
    let code = world.wechat.issue_login_code(cast::APPID, MINE).unwrap();
    world.post("/api/v1/auth/wechat/login").json(&json!({ "code": code })).send().await
}

async fn a_resident_signs_in_sees_who_they_are_and_signs_out(world: World) {
    let token = world.resident(MINE).await;
    let me = world.get("/api/v1/me").token(&token).send().await.data(200);
    assert_eq!((&me["identity"]["value"], &me["name_masked"]), (&json!("confirmed"), &json!("林*雨")), "{me}");
    let wish = json!({ "channel": "phone_call", "needs": ["large_print"], "version": me["version"] });
    let saved = world.put("/api/v1/me/preferences").token(&token).json(&wish).send().await.data(200);
    assert_eq!(saved["preferred_channel"]["value"], "phone_call");
    let stale = world.put("/api/v1/me/preferences").token(&token).json(&wish).send().await.refused(409, 10030);
    assert_eq!(stale.json["current"]["version"], saved["version"]);
    world.delete(&format!("/api/v1/papers/{}", Uuid::new_v4())).token(&token).send().await.refused(404, 10006);

    let other_phone = world.resident(MINE).await;
    world.post("/api/v1/auth/logout").token(&token).send().await.data(200);
    world.get("/api/v1/me").token(&token).send().await.refused(401, 11003);
    world.get("/api/v1/me").token(&other_phone).send().await.data(200);
    world.post("/api/v1/auth/logout-everywhere").token(&other_phone).send().await.data(200);
    world.get("/api/v1/me").token(&other_phone).send().await.refused(401, 11003);
}

async fn a_token_ends_and_is_renewed_and_a_lost_renewal_may_be_repeated(world: World) {
    let first = sign_in(&world).await.data(200);
    let access = first["access_token"].as_str().unwrap();
    let refresh = first["refresh_token"].clone();
    world.pass(Duration::from_secs(20 * 60 + 6));
    world.get("/api/v1/me").token(access).send().await.refused(401, 11002);
    let renew = || world.post("/api/v1/auth/refresh").json(&json!({ "refresh_token": refresh })).send();
    let renewed = renew().await.data(200);
    let again = renew().await.data(200);
    assert_eq!(renewed["refresh_token"], again["refresh_token"], "the answer was lost, the phone asks again");
    world.get("/api/v1/me").token(renewed["access_token"].as_str().unwrap()).send().await.data(200);
    world.pass(Duration::from_secs(61));
    renew().await.refused(401, 11005);
    world.get("/api/v1/me").token(renewed["access_token"].as_str().unwrap()).send().await.refused(401, 11003);
}

async fn whatever_wechat_says_is_told_plainly_and_a_new_code_helps(world: World) {
    let path = "/sns/jscode2session";
    let said = [
        (FaultMode::Errcode(-1), 503, 51001),
        (FaultMode::Errcode(40029), 401, 11006),
        (FaultMode::Errcode(40163), 401, 11007),
        (FaultMode::Errcode(40226), 403, 11008),
        (FaultMode::Errcode(40125), 503, 51003),
        (FaultMode::Http502, 503, 51004),
        (FaultMode::Garbage, 503, 51004),
        (FaultMode::Huge, 503, 51004),
        (FaultMode::Redirect, 503, 51004),
        (FaultMode::DropAfterProcessing, 503, 51004),
        (FaultMode::EmptyOpenid, 503, 51004),
    ];
    for (fault, status, errcode) in said {
        let before = world.wechat.calls_to(path);
        world.wechat.set_fault(path, 1, fault);
        sign_in(&world).await.refused(status, errcode);
        assert_eq!(world.wechat.calls_to(path), before + 1, "{fault:?}: a code is sent once");
    }
    sign_in(&world).await.data(200);
    let known = world.wechat.issue_login_code(cast::APPID, MINE).unwrap();
    let use_it = || world.post("/api/v1/auth/wechat/login").json(&json!({ "code": known })).send();
    use_it().await.data(200);
    use_it().await.refused(401, 11007);
}

async fn a_claim_whose_answer_was_lost_happens_once(world: World) {
    let token = world.resident(MINE).await;
    let id_number = invent("990101", "2015-06-01".parse().unwrap(), 77).unwrap();
    let body = json!({ "name": "林小草", "id_number": id_number.reveal(), "relation": "child", "area": "990101100200", "evidence": "户口簿" });
    let key = Uuid::new_v4();
    let claim = |body: serde_json::Value| world.post("/api/v1/me/links").token(&token).key(key).json(&body).send();
    let first = claim(body.clone()).await;
    assert_eq!(first.json["meta"]["replayed"], json!(null));
    let first = first.data(201);
    let again = claim(body.clone()).await;
    assert_eq!(again.json["meta"]["replayed"], true);
    assert_eq!(again.data(201), first);
    let mut other = body;
    other["name"] = json!("林小花");
    claim(other).await.refused(422, 10011);
    world.work().await;
    let me = world.get("/api/v1/me").token(&token).send().await.data(200);
    let children = me["links"].as_array().unwrap().iter().filter(|l| l["relation"]["value"] == "child");
    assert_eq!(children.count(), 1, "{me}");
}
