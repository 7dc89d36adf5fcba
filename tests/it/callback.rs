//! What WeChat pushes: signed, sealed and fresh, acted on once; a phone number taken back, an account closed.

use std::time::Duration;

use crate::world::cast::{APPID, TEMPLATE};
use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::channels::wechat_events::wechat_pushes;
use zhucan::office::notices::dispatch::tellings;
use zhucan::office::notices::reach::Reach;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, MINUTES_11};

stories![
    the_console_may_check_the_address_and_nobody_else,
    a_push_that_is_not_wechats_changes_nothing,
    a_message_turned_off_in_wechat_is_not_sent_and_a_repeat_changes_nothing,
    a_phone_number_taken_back_is_gone,
    a_closed_account_ends_at_once_and_its_person_is_told_by_the_number_on_record,
];

const ZHAO: &str = "zhao-tiezhu";

fn path(query: &str) -> String {
    format!("/wechat/callback/{APPID}?{query}")
}

fn seconds(world: &World) -> i64 {
    world.app.clock.now_ms() / 1000
}

/// Sealed as WeChat seals it, at a time of its clock.
async fn push_at(world: &World, at: i64, event: &Value) -> Reply {
    let sealed = crate::world::push_settings().seal(event.to_string().as_bytes(), [7; 16], at, "nonce").unwrap();
    let query = format!("signature=x&timestamp={at}&nonce=nonce&encrypt_type=aes&msg_signature={}", sealed.msg_signature);
    let body = json!({ "ToUserName": "gh_1", "Encrypt": sealed.encrypt });
    world.post(&path(&query)).json(&body).send().await
}

pub async fn push(world: &World, event: &Value) {
    let reply = push_at(world, seconds(world), event).await;
    assert_eq!((reply.status, reply.bytes.as_slice()), (200, b"success".as_slice()));
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
}

fn openid(world: &World) -> String {
    world.wechat.openid_of(APPID, ZHAO)
}

pub fn about(world: &World, event: &str, more: Value) -> Value {
    let mut all = json!({ "ToUserName": "gh_1", "FromUserName": "wechat", "CreateTime": seconds(world), "MsgType": "event",
        "Event": event, "OpenID": openid(world), "AppID": APPID });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

async fn acted(world: &World) -> i64 {
    world.app.db.read(|c| Ok(wechat_pushes::table.count().get_result(c)?)).await.unwrap()
}

async fn the_console_may_check_the_address_and_nobody_else(world: World) {
    let at = seconds(&world);
    let signed = |token: &str, at: i64| {
        use sha1::{Digest, Sha1};
        let mut parts = [token.to_owned(), at.to_string(), "n".to_owned()];
        parts.sort_unstable();
        let signature = hex::encode(Sha1::digest(parts.concat()));
        format!("signature={signature}&timestamp={at}&nonce=n&echostr=%3Cb%3E123")
    };
    let well = world.get(&path(&signed("story-push-token", at))).send().await;
    assert_eq!((well.status, well.bytes.as_slice()), (200, b"<b>123".as_slice()));
    assert_eq!(well.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(well.header("x-content-type-options"), Some("nosniff"));
    for query in [signed("another-token", at), signed("story-push-token", at - 700)] {
        let refused = world.get(&path(&query)).send().await;
        assert_eq!((refused.status, &refused.json), (403, &json!({ "status": "refused" })));
    }
    world.get(&format!("/wechat/callback/wxnobody?{}", signed("story-push-token", at))).send().await.refused(404, 10006);
    world.put(&path(&signed("story-push-token", at))).send().await.refused(405, 10005);
}

async fn a_push_that_is_not_wechats_changes_nothing(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let close = about(&world, "user_authorization_cancellation", json!({}));
    let at = seconds(&world);
    let old = push_at(&world, at - 700, &close).await;
    assert_eq!((old.status, &old.json), (403, &json!({ "status": "refused" })));
    // Plain mode is never taken, however well it is signed.
    let query = format!("signature=x&timestamp={at}&nonce=n&msg_signature=0");
    for body in [close.to_string(), json!({ "Encrypt": "AAAA" }).to_string(), "no json".to_owned(), String::new()] {
        let reply = world.post(&path(&query)).raw("application/json", body.into()).send().await;
        assert_eq!(reply.status, 403);
    }
    let other = world.post(&format!("/wechat/callback/wxnobody?{query}")).raw("application/json", b"{}".to_vec()).send().await;
    other.refused(404, 10006);
    assert_eq!((acted(&world).await, zhao.get("/api/v1/me").await["phone_masked"].as_str()), (0, Some("138****0003")));
}

async fn a_message_turned_off_in_wechat_is_not_sent_and_a_repeat_changes_nothing(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let allow = json!({ "template": TEMPLATE, "accepted": true });
    let credits = async |accepted: bool| {
        let body = json!({ "template": TEMPLATE, "accepted": accepted });
        zhao.post("/api/v1/me/subscriptions", &body).send().await.data(200)["credits"].as_i64().unwrap()
    };
    assert_eq!((credits(true).await, credits(true).await), (1, 2));
    let from = |event: &str, status: &str| {
        let list = json!({ "TemplateId": TEMPLATE, "SubscribeStatusString": status, "PopupScene": "0" });
        about(&world, event, json!({ "FromUserName": openid(&world), "List": list }))
    };
    // Accepting is counted when the phone tells it; refusing one more takes nothing away.
    push(&world, &from("subscribe_msg_popup_event", "accept")).await;
    world.pass(Duration::from_secs(1));
    push(&world, &from("subscribe_msg_popup_event", "reject")).await;
    assert_eq!(credits(false).await, 2);
    let off = from("subscribe_msg_change_event", "reject");
    push(&world, &off).await;
    assert_eq!(credits(false).await, 0);
    zhao.post("/api/v1/me/subscriptions", &allow).send().await.data(200);
    for _ in 0..2 {
        push(&world, &off).await;
    }
    assert_eq!((credits(false).await, acted(&world).await), (1, 3), "WeChat pushes up to three times");
    push(&world, &about(&world, "user_info_modified", json!({}))).await;
    push(&world, &json!({ "MsgType": "text", "FromUserName": openid(&world), "Content": "你好" })).await;
    assert_eq!(acted(&world).await, 3);
}

async fn a_phone_number_taken_back_is_gone(world: World) {
    let zhao = Applicant::zhao(&world).await;
    push(&world, &about(&world, "user_authorization_revoke", json!({ "RevokeInfo": "6" }))).await;
    assert_eq!(zhao.get("/api/v1/me").await["phone_masked"], "138****0003", "a nickname is not the number");
    world.pass(Duration::from_secs(1));
    push(&world, &about(&world, "user_authorization_revoke", json!({ "RevokeInfo": "8" }))).await;
    let me = zhao.get("/api/v1/me").await;
    assert_eq!((&me["phone_masked"], &me["identity"]["value"]), (&Value::Null, &json!("confirmed")));
    // The withdrawn number cannot be used to sign in any more.
    let asked = world.post("/api/v1/auth/sms/codes").json(&json!({ "phone": "13800000003" })).send().await;
    asked.data(200);
    world.work().await;
    let code = world.sms.last_to("13800000003").unwrap().values[0].clone();
    let body = json!({ "phone": "13800000003", "code": code });
    let signed = world.post("/api/v1/auth/sms/login").json(&body).send().await.data(200);
    assert_eq!(signed["account"]["is_new"], true);
    assert_ne!(signed["account"]["id"], me["account"]);
}

async fn a_closed_account_ends_at_once_and_its_person_is_told_by_the_number_on_record(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.work().await;
    let account = zhao.get("/api/v1/me").await["account"].clone();
    let close = about(&world, "user_authorization_cancellation", json!({}));
    for _ in 0..2 {
        push(&world, &close).await;
        world.get("/api/v1/me").token(&zhao.token).send().await.refused(401, 11003);
    }
    let code = world.wechat.issue_login_code(APPID, ZHAO).unwrap();
    let signed = world.post("/api/v1/auth/wechat/login").json(&json!({ "code": code })).send().await.data(200);
    assert_eq!((&signed["account"]["is_new"], &signed["account"]["identity"]["value"]), (&json!(true), &json!("none")));
    assert_ne!(signed["account"]["id"], account);
    // The case goes on; the number on record is the person's own, not the account's.
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let asked = json!({ "version": case.version, "items": [{ "target": "material:photo", "reason": "unclear", "note": null }] });
    world.post(&case.staff("/actions/request-correction")).token(&town).json(&asked).send().await.data(200);
    world.work().await;
    let ways: Vec<Reach> = world
        .app
        .db
        .read(|c| {
            let rows = tellings::table.order((tellings::told_at, tellings::event_seq));
            Ok(rows.select(tellings::reach).load(c)?)
        })
        .await
        .unwrap();
    assert_eq!(ways, [Reach::App, Reach::Sms]);
    assert_eq!(world.sms.delivered().len(), 1);
    world.history_is_whole().await;
}
