//! What a resident is told: in the app always, by WeChat as often as they allowed, never twice, and never anything personal.

use crate::world::cast::{APPID, TEMPLATE};
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::channels::wechat::wechat_messages;
use zhucan::platform::outbox;
use zhucan::platform::wechat_stand_in::FaultMode;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::renewal::{Applicant, MINUTES_11, days};

stories![
    notices_are_counted_and_read,
    one_wechat_message_for_each_event_and_consent_names_nothing_personal,
    a_message_whose_answer_was_lost_is_unknown_and_never_sent_again,
    without_credit_the_notice_in_the_app_is_still_there,
    a_busy_wechat_is_asked_again_and_sends_once,
    one_consent_allows_one_message_however_many_events_wait,
    a_message_says_where_its_event_led,
];

const SEND: &str = "/cgi-bin/message/subscribe/send";

async fn subscribe(who: &Applicant, accepted: bool) -> i64 {
    let body = json!({ "template": TEMPLATE, "accepted": accepted });
    who.post("/api/v1/me/subscriptions", &body).send().await.data(200)["credits"].as_i64().unwrap()
}

async fn titles(who: &Applicant) -> Vec<String> {
    let page = who.get("/api/v1/me/notices").await;
    page["items"].as_array().unwrap().iter().map(|n| n["title"].as_str().unwrap().to_owned()).collect()
}

/// The code of each WeChat message's state, in the order in which they were written.
async fn fates(world: &World) -> Vec<String> {
    let read =
        world.app.db.read(|c| Ok(wechat_messages::table.select(wechat_messages::state).order(wechat_messages::id).load(c)?));
    read.await.unwrap()
}

async fn notices_are_counted_and_read(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let unread = async || zhao.get("/api/v1/me/notices/unread").await["count"].as_i64().unwrap();
    assert_eq!(unread().await, 0);
    let case = zhao.submitted("renewal").await;
    zhao.act(&case, "undo").await.data(200);
    world.work().await;
    assert_eq!(titles(&zhao).await, ["残疾人证：已取消提交", "残疾人证：已提交"]);
    assert_eq!(unread().await, 2);
    let first = zhao.get("/api/v1/me/notices?limit=1").await;
    let notice = &first["items"][0];
    assert_eq!((&notice["case_id"], &notice["read"]), (&json!(case.id), &json!(false)));
    let path = format!("/api/v1/me/notices/{}/actions/read", notice["id"].as_str().unwrap());
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    world.post(&path).token(&lin.token).send().await.refused(404, 10006);
    for _ in 0..2 {
        assert_eq!(world.post(&path).token(&zhao.token).send().await.data(200)["read"], true);
    }
    assert_eq!(unread().await, 1);
    let left = zhao.get("/api/v1/me/notices?unread=true").await;
    assert_eq!((left["items"].as_array().unwrap().len(), &left["next_cursor"]), (1, &Value::Null));
    let next = format!("/api/v1/me/notices?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(zhao.get(&next).await["items"][0]["id"], left["items"][0]["id"]);
    // Telling again finds what was told.
    world.work().await;
    assert_eq!(titles(&zhao).await.len(), 2);
}

async fn one_wechat_message_for_each_event_and_consent_names_nothing_personal(world: World) {
    let zhao = Applicant::zhao(&world).await;
    assert_eq!((subscribe(&zhao, true).await, subscribe(&zhao, true).await, subscribe(&zhao, false).await), (1, 2, 2));
    let key = Uuid::new_v4();
    let body = json!({ "template": TEMPLATE, "accepted": true });
    for replayed in [Value::Null, json!(true)] {
        let reply = zhao.post("/api/v1/me/subscriptions", &body).key(key).send().await;
        assert_eq!((&reply.json["data"]["credits"], &reply.json["meta"]["replayed"]), (&json!(3), &replayed));
    }
    let case = zhao.submitted("renewal").await;
    world.work().await;
    world.work().await;
    assert_eq!(world.wechat.sent().len(), 1);
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let case = world.decided(&town, &case, "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    world.decided(&county, &case, "approve").await;
    world.work().await;
    // Forwarding is the office's own affair: three events, three consents, three messages.
    let sent = world.wechat.sent();
    let states: Vec<&str> = sent.iter().map(|m| m.data["phrase2"].as_str()).collect();
    assert_eq!(states, ["待受理", "审核中", "已批准"]);
    assert_eq!(fates(&world).await, ["sent"; 3]);
    assert!(sent.iter().all(|m| m.openid == world.wechat.openid_of(APPID, "zhao-tiezhu") && m.template_id == TEMPLATE));
    let page = format!("pages/case/index?id={}", case.id);
    assert!(sent.iter().all(|m| m.page.as_deref() == Some(&page)));
    let notices = zhao.get("/api/v1/me/notices").await.to_string();
    for words in sent.iter().map(|m| format!("{:?}", m.data)).chain([notices]) {
        for sensitive in ["赵铁柱", "赵*柱", "肢体", "三级", "990101", "13800000003", "元", "换证", "宋疃"] {
            assert!(!words.contains(sensitive), "{sensitive}: {words}");
        }
    }
    let path = case.path("/actions/withdraw");
    zhao.post(&path, &json!({ "version": Value::Null })).send().await.refused(422, 10002);
    world.history_is_whole().await;
}

async fn a_message_whose_answer_was_lost_is_unknown_and_never_sent_again(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    subscribe(&zhao, true).await;
    subscribe(&zhao, true).await;
    world.wechat.set_fault(SEND, 1, FaultMode::DropAfterProcessing);
    let case = zhao.submitted("renewal").await;
    world.work().await;
    assert_eq!((world.wechat.sent().len(), fates(&world).await), (1, vec!["unknown".to_owned()]));
    for _ in 0..3 {
        world.pass(days(1));
        world.work().await;
    }
    let outbox = world.app.db.read(outbox::count).await.unwrap();
    assert_eq!(outbox, [(outbox::EffectState::Unknown, 1)]);
    assert_eq!((world.wechat.calls_to(SEND), world.wechat.sent().len()), (1, 1));
    let retried = world.app.db.write({
        let now = world.app.clock.now();
        move |c| outbox::retry_parked(c, now)
    });
    assert_eq!(retried.await.unwrap(), 0);
    // A message whose outcome is unknown does not block the next one to the same user.
    zhao.sign_in_again().await;
    zhao.act(&case, "withdraw").await.data(200);
    world.work().await;
    assert_eq!((world.wechat.sent().len(), fates(&world).await), (2, vec!["unknown".to_owned(), "sent".to_owned()]));
    assert_eq!(titles(&zhao).await.len(), 2);
}

async fn without_credit_the_notice_in_the_app_is_still_there(world: World) {
    let zhao = Applicant::zhao(&world).await;
    // Never asked: nothing is sent.
    let case = zhao.submitted("renewal").await;
    world.work().await;
    assert_eq!((world.wechat.calls_to(SEND), titles(&zhao).await.len()), (0, 1));
    // Asked, and taken back in WeChat itself.
    assert_eq!(subscribe(&zhao, true).await, 1);
    world.wechat.grant_credit(APPID, "zhao-tiezhu", TEMPLATE, 0);
    zhao.act(&case, "undo").await.data(200);
    world.work().await;
    assert_eq!((world.wechat.calls_to(SEND), world.wechat.sent().len(), titles(&zhao).await.len()), (1, 0, 2));
    assert_eq!(fates(&world).await, ["no_credit"]);
    assert_eq!(subscribe(&zhao, false).await, 0);
    assert!(world.app.db.read(outbox::count).await.unwrap().is_empty());
}

async fn a_busy_wechat_is_asked_again_and_sends_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    subscribe(&zhao, true).await;
    world.wechat.set_fault(SEND, 2, FaultMode::Errcode(45009));
    zhao.submitted("renewal").await;
    world.work().await;
    assert!(world.wechat.sent().is_empty());
    for _ in 0..4 {
        world.pass(days(1));
        world.work().await;
    }
    assert_eq!((world.wechat.sent().len(), fates(&world).await), (1, vec!["sent".to_owned()]));
    assert!(world.app.db.read(outbox::count).await.unwrap().is_empty());
}

async fn one_consent_allows_one_message_however_many_events_wait(world: World) {
    let zhao = Applicant::zhao(&world).await;
    subscribe(&zhao, true).await;
    let case = zhao.submitted("renewal").await;
    zhao.act(&case, "undo").await.data(200);
    world.work().await;
    assert_eq!((world.wechat.calls_to(SEND), fates(&world).await), (1, vec!["sent".to_owned()]));
    assert_eq!((titles(&zhao).await.len(), subscribe(&zhao, false).await), (2, 0));
}

async fn a_message_says_where_its_event_led(world: World) {
    let zhao = Applicant::zhao(&world).await;
    subscribe(&zhao, true).await;
    subscribe(&zhao, true).await;
    let case = zhao.submitted("renewal").await;
    // The worker comes late: the case was taken back before anybody was told.
    zhao.act(&case, "undo").await.data(200);
    world.work().await;
    let states: Vec<String> = world.wechat.sent().into_iter().map(|m| m.data["phrase2"].clone()).collect();
    assert_eq!(states, ["待受理", "草稿"]);
}
