//! Signing in by a code in a text message, also when the provider fails, refuses or loses answers.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::accounts::{RevocationWatch, residents};
use zhucan::office::channels::sms::{Fate, sms_messages};
use zhucan::platform::outbox;
use zhucan::platform::sms_stand_in::FaultMode;
use zhucan::rules::identity::invent;
use zhucan::rules::lifecycle::Role;

use crate::counter_codes;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, days};

stories![
    a_resident_without_wechat_walks_from_sign_in_to_submit,
    a_known_number_opens_its_account_and_not_one_that_rested_for_months,
    a_known_number_and_an_unknown_one_get_the_same_answer,
    two_phones_use_one_code_and_one_gets_in,
    five_wrong_tries_end_a_code_and_the_next_code_ends_it_too,
    a_number_gets_one_code_a_minute_and_ten_a_day,
    a_repeated_request_sends_one_code,
    a_lost_answer_of_the_provider_leaves_a_good_code_and_is_never_repeated,
    a_busy_provider_is_asked_again_while_the_code_is_good,
    without_sms_the_way_out_is_named,
    an_account_that_was_stopped_is_closed_to_every_way_in,
];

const ZHAO: &str = "13800000003";
const MINUTE: Duration = Duration::from_secs(61);

async fn ask(world: &World, phone: &str) -> Reply {
    let reply = world.post("/api/v1/auth/sms/codes").json(&json!({ "phone": phone })).send().await;
    world.work().await;
    reply
}

/// The code that the phone shows.
fn shown(world: &World, phone: &str) -> String {
    let message = world.sms.last_to(phone).expect("no message came");
    assert_eq!(message.text, format!("【助残演示】{}为您的登录验证码，请于5分钟内填写，请勿告诉他人。", message.values[0]));
    message.values[0].clone()
}

async fn login(world: &World, phone: &str, code: &str) -> Reply {
    world.post("/api/v1/auth/sms/login").json(&json!({ "phone": phone, "code": code })).send().await
}

async fn signed_in(world: &World, phone: &str) -> Value {
    ask(world, phone).await.data(200);
    login(world, phone, &shown(world, phone)).await.data(200)
}

/// Any other six digits.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn fates(world: &World) -> Vec<Fate> {
    let read = world.app.db.read(|c| Ok(sms_messages::table.order(sms_messages::id).select(sms_messages::state).load(c)?));
    read.await.unwrap()
}

async fn a_resident_without_wechat_walks_from_sign_in_to_submit(world: World) {
    let number = invent("990101", "1985-07-08".parse().unwrap(), 31).unwrap();
    let phone = "13900000031";
    let county = world.worker(&[Role::CountyOfficer]).await;
    let person = json!({ "name": "何三", "id_number": number.reveal(), "area": "990101100200", "phone": phone });
    world.post("/api/v1/staff/persons").token(&county).json(&person).send().await.data(201);

    ask(&world, "+86 139-0000-0031").await.data(200);
    let first = login(&world, phone, &shown(&world, phone)).await.data(200);
    assert_eq!((&first["account"]["is_new"], &first["account"]["identity"]["value"]), (&json!(true), &json!("none")));
    let token = first["access_token"].as_str().unwrap();
    let me = world.get("/api/v1/me").token(token).send().await.data(200);
    assert_eq!((&me["phone_masked"], &me["preferred_channel"]["value"]), (&json!("139****0031"), &json!("sms")));
    let own = json!({ "name": "何三", "id_number": number.reveal(), "version": me["version"] });
    let me = world.put("/api/v1/me/identity").token(token).json(&own).send().await.data(200);
    assert_eq!((&me["identity"]["value"], &me["links"][0]["relation"]["value"]), (&json!("confirmed"), &json!("self")));

    let he = Applicant::signed_in(&world, token).await;
    let case = he.drafted("new").await;
    let told = he.get(&case.path("/check")).await;
    assert_eq!(
        (&told["ready"], &told["will_be_told"]),
        (&json!(true), &json!(["您本人：小程序消息；补正、决定等重要进展另有短信"]))
    );
    assert_eq!(he.submit(&case).send().await.data(200)["summary"]["state"]["value"], "submitted");
    let renewed = world.post("/api/v1/auth/refresh").json(&json!({ "refresh_token": first["refresh_token"] })).send().await;
    renewed.data(200);
    world.history_is_whole().await;
}

async fn a_known_number_opens_its_account_and_not_one_that_rested_for_months(world: World) {
    let by_wechat = world.get("/api/v1/me").token(&world.resident("zhao-tiezhu").await).send().await.data(200);
    let by_sms = signed_in(&world, ZHAO).await;
    assert_eq!((&by_sms["account"]["id"], &by_sms["account"]["is_new"]), (&by_wechat["account"], &json!(false)));
    world.pass(days(89));
    assert_eq!(signed_in(&world, ZHAO).await["account"]["id"], by_wechat["account"], "used within ninety days");
    world.pass(days(91));
    let strange = signed_in(&world, ZHAO).await;
    assert_eq!((&strange["account"]["is_new"], &strange["account"]["identity"]["value"]), (&json!(true), &json!("none")));
    let next = signed_in(&world, ZHAO).await;
    assert_eq!(next["account"]["id"], strange["account"]["id"], "of several, the one used last");
    // WeChat still opens the old one, and from then on the number does too.
    let code = world.wechat.issue_login_code(crate::world::cast::APPID, "zhao-tiezhu").unwrap();
    world.pass(MINUTE);
    let again = world.post("/api/v1/auth/wechat/login").json(&json!({ "code": code })).send().await.data(200);
    assert_eq!(again["account"]["id"], by_wechat["account"]);
    assert_eq!(signed_in(&world, ZHAO).await["account"]["id"], by_wechat["account"]);
}

async fn a_known_number_and_an_unknown_one_get_the_same_answer(world: World) {
    let mut known = ask(&world, ZHAO).await;
    let mut unknown = ask(&world, "13912345678").await;
    for reply in [&mut known, &mut unknown] {
        reply.json["request_id"] = Value::Null;
    }
    assert_eq!((known.status, &known.json), (200, &unknown.json));
    login(&world, ZHAO, "000000x").await.refused(401, 11040);
    login(&world, "13912345679", "123456").await.refused(401, 11040);
    let reply = ask(&world, "12345").await.refused(422, 10002);
    assert_eq!(reply.json["details"][0]["field"], "/phone");
    login(&world, "12345", "123456").await.refused(422, 10002);
    assert_eq!(world.sms.refused(), Vec::<String>::new(), "every call was signed as it must be");
}

async fn two_phones_use_one_code_and_one_gets_in(world: World) {
    ask(&world, ZHAO).await.data(200);
    let code = shown(&world, ZHAO);
    let (a, b) = futures_util::future::join(login(&world, ZHAO, &code), login(&world, ZHAO, &code)).await;
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    login(&world, ZHAO, &code).await.refused(401, 11040);
}

async fn five_wrong_tries_end_a_code_and_the_next_code_ends_it_too(world: World) {
    ask(&world, ZHAO).await.data(200);
    let code = shown(&world, ZHAO);
    for _ in 0..5 {
        login(&world, ZHAO, &wrong(&code)).await.refused(401, 11040);
    }
    login(&world, ZHAO, &code).await.refused(401, 11040);
    world.pass(MINUTE);
    ask(&world, ZHAO).await.data(200);
    let second = shown(&world, ZHAO);
    for _ in 0..4 {
        login(&world, ZHAO, &wrong(&second)).await.refused(401, 11040);
    }
    world.pass(MINUTE);
    ask(&world, ZHAO).await.data(200);
    let third = shown(&world, ZHAO);
    if second != third {
        login(&world, ZHAO, &second).await.refused(401, 11040);
    }
    world.pass(Duration::from_secs(299));
    login(&world, ZHAO, &third).await.data(200);
    ask(&world, ZHAO).await.data(200);
    world.pass(Duration::from_secs(301));
    login(&world, ZHAO, &shown(&world, ZHAO)).await.refused(401, 11040);
}

async fn a_number_gets_one_code_a_minute_and_ten_a_day(world: World) {
    ask(&world, ZHAO).await.data(200);
    let soon = ask(&world, ZHAO).await.refused(429, 11041);
    let wait: u64 = soon.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    ask(&world, "13800000001").await.data(200);
    // Whoever lost the answer to a sign-in need not wait for the next code.
    login(&world, ZHAO, &shown(&world, ZHAO)).await.data(200);
    ask(&world, ZHAO).await.data(200);
    for _ in 0..8 {
        world.pass(MINUTE);
        ask(&world, ZHAO).await.data(200);
    }
    world.pass(MINUTE);
    ask(&world, ZHAO).await.refused(429, 11042);
    world.pass(days(1));
    ask(&world, ZHAO).await.data(200);
    assert_eq!(world.sms.delivered().iter().filter(|m| m.phone == ZHAO).count(), 11);
}

async fn a_repeated_request_sends_one_code(world: World) {
    let key = Uuid::new_v4();
    let body = json!({ "phone": ZHAO });
    let call = || world.post("/api/v1/auth/sms/codes").key(key).json(&body).send();
    let first = call().await;
    let again = call().await;
    assert_eq!((&again.json["meta"]["replayed"], &again.json["data"]), (&json!(true), &first.json["data"]));
    world.work().await;
    assert_eq!(world.sms.delivered().len(), 1);
    world.post("/api/v1/auth/sms/codes").key(key).json(&json!({ "phone": ZHAO, "x": 1 })).send().await.refused(422, 10002);
    let stored = world.app.db.read(outbox::count).await.unwrap();
    assert!(stored.is_empty(), "what was sent leaves no copy of the code: {stored:?}");
}

async fn a_lost_answer_of_the_provider_leaves_a_good_code_and_is_never_repeated(world: World) {
    for fault in [FaultMode::HangMs(1_500), FaultMode::DropAfterProcessing] {
        let before = world.sms.calls();
        world.sms.set_fault(1, fault);
        ask(&world, ZHAO).await.data(200);
        world.pass(MINUTE);
        world.work().await;
        assert_eq!(world.sms.calls(), before + 1);
        login(&world, ZHAO, &shown(&world, ZHAO)).await.data(200);
    }
    for fault in [FaultMode::Garbage, FaultMode::Http502, FaultMode::Huge] {
        let before = world.sms.calls();
        let delivered = world.sms.delivered().len();
        world.sms.set_fault(1, fault);
        ask(&world, ZHAO).await.data(200);
        world.pass(MINUTE);
        world.work().await;
        assert_eq!((world.sms.calls(), world.sms.delivered().len()), (before + 1, delivered));
    }
    assert_eq!(fates(&world).await, [Fate::Unknown; 5]);
    let signed = signed_in(&world, ZHAO).await;
    assert_eq!(signed["account"]["is_new"], false);
}

async fn a_busy_provider_is_asked_again_while_the_code_is_good(world: World) {
    let code = |code: &str| FaultMode::Code(code.to_owned());
    world.sms.set_fault(2, code("LimitExceeded.PhoneNumberThirtySecondLimit"));
    ask(&world, ZHAO).await.data(200);
    assert_eq!(fates(&world).await, [Fate::Waiting]);
    for _ in 0..4 {
        world.pass(Duration::from_secs(10));
        world.work().await;
    }
    login(&world, ZHAO, &shown(&world, ZHAO)).await.data(200);

    world.sms.set_fault(50, code("RequestLimitExceeded"));
    ask(&world, "13800000001").await.data(200);
    world.pass(Duration::from_secs(301));
    world.work().await;
    let calls = world.sms.calls();
    world.pass(days(1));
    world.work().await;
    assert_eq!(world.sms.calls(), calls, "a code that is good no longer is not sent");
    assert_eq!(fates(&world).await, [Fate::Sent, Fate::Expired]);

    let said = [
        ("FailedOperation.PhoneNumberInBlacklist", Fate::Refused),
        ("LimitExceeded.PhoneNumberDailyLimit", Fate::DayLimit),
        ("FailedOperation.InsufficientBalanceInSmsPackage", Fate::Failed),
        ("InternalError.Timeout", Fate::Unknown),
    ];
    world.sms.end_faults();
    for (name, fate) in said {
        world.pass(MINUTE);
        world.sms.set_fault(1, code(name));
        ask(&world, "13800000002").await.data(200);
        assert_eq!(fates(&world).await.last(), Some(&fate), "{name}");
    }
}

async fn without_sms_the_way_out_is_named(world: World) {
    let (bare, server) = world.without_sms();
    let refused = bare.post("/api/v1/auth/sms/codes").json(&json!({ "phone": ZHAO })).send().await.refused(503, 52003);
    assert!(refused.json["errmsg"].as_str().unwrap().contains("窗口"));
    // Signing in with a worker's code still works (see counter_codes).
    let known = bare.post("/api/v1/auth/code/login").json(&json!({ "code": "1" })).send().await;
    known.refused(401, 11043);
    drop(bare);
    server.drain().await;
}

async fn an_account_that_was_stopped_is_closed_to_every_way_in(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let me = zhao.get("/api/v1/me").await;
    let account = me["account"].as_str().unwrap().parse().unwrap();
    residents::ban(&world.app, &RevocationWatch::default(), account).await.unwrap();
    ask(&world, ZHAO).await.data(200);
    login(&world, ZHAO, &shown(&world, ZHAO)).await.refused(403, 11009);
    let village = world.worker(&[Role::Commissioner]).await;
    let code = counter_codes::code_for(&world, &village, &zhao.person).await;
    counter_codes::login(&world, &code).await.refused(403, 11009);
}
