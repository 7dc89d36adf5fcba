//! Who is told how: by preference and possibility, the applicant and the person alike, and as it was shown before.

use crate::world::cast::{APPID, TEMPLATE};
use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::channels::sms::{Fate, sms_messages};
use zhucan::office::notices::dispatch::tellings;
use zhucan::office::notices::reach::Reach;
use zhucan::platform::sms_stand_in::FaultMode;
use zhucan::rules::identity::invent;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

stories![
    each_is_told_in_the_way_that_was_shown_before_submitting,
    a_text_message_names_nothing_personal_and_only_what_matters,
    where_wechat_or_a_number_fails_the_next_way_is_taken,
    a_message_whose_answer_was_lost_is_never_sent_again,
    applicant_and_beneficiary_are_both_told,
    one_slow_message_holds_up_nobody_else,
];

async fn prefer(who: &Applicant, channel: &str) {
    let version = who.get("/api/v1/me").await["version"].clone();
    let wish = json!({ "channel": channel, "needs": [], "version": version });
    who.put("/api/v1/me/preferences", &wish).send().await.data(200);
}

async fn allow_wechat(who: &Applicant) {
    let body = json!({ "template": TEMPLATE, "accepted": true });
    who.post("/api/v1/me/subscriptions", &body).send().await.data(200);
}

async fn forenamed(who: &Applicant, case: &Case) -> Vec<String> {
    let check = who.get(&case.path("/check")).await;
    check["will_be_told"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}

/// A correction is requested for one item, which is an important event.
async fn corrected(world: &World, case: &Case) -> Case {
    let town = world.worker(&[Role::TownOfficer]).await;
    let asked = json!({ "version": case.version, "items": [{ "target": "material:photo", "reason": "unclear", "note": null }] });
    let path = case.staff("/actions/request-correction");
    Case::of(&world.post(&path).token(&town).json(&asked).send().await.data(200))
}

/// The ways of all tellings, in the order of the events.
async fn ways(world: &World) -> Vec<Reach> {
    let read = world.app.db.read(|c| {
        let rows = tellings::table.order((tellings::told_at, tellings::event_seq, tellings::recipient));
        Ok(rows.select(tellings::reach).load(c)?)
    });
    read.await.unwrap()
}

async fn fates(world: &World) -> Vec<Fate> {
    let read = world.app.db.read(|c| Ok(sms_messages::table.order(sms_messages::id).select(sms_messages::state).load(c)?));
    read.await.unwrap()
}

async fn each_is_told_in_the_way_that_was_shown_before_submitting(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let ways_of = [
        ("wechat", false, "您本人：小程序消息；补正、决定等重要进展另有短信", [Reach::App, Reach::Sms]),
        ("sms", false, "您本人：小程序消息；补正、决定等重要进展另有短信", [Reach::App, Reach::Sms]),
        ("phone_call", false, "您本人：小程序消息；补正、决定等重要进展另有工作人员打电话", [Reach::App, Reach::Call]),
        ("visit", false, "您本人：小程序消息；补正、决定等重要进展另有工作人员上门", [Reach::App, Reach::Visit]),
        ("wechat", true, "您本人：小程序消息和微信消息", [Reach::WeChat, Reach::WeChat]),
    ];
    let mut seen = Vec::new();
    for (channel, wechat, shown, then) in ways_of {
        prefer(&zhao, channel).await;
        if wechat {
            for _ in 0..3 {
                allow_wechat(&zhao).await;
            }
        }
        let case = zhao.drafted("renewal").await;
        assert_eq!(forenamed(&zhao, &case).await, [shown], "{channel}");
        zhao.submit(&case).send().await.data(200);
        world.work().await;
        world.pass(MINUTES_11);
        zhao.sign_in_again().await;
        let case = corrected(&world, &Case::of(&zhao.view(&case).await)).await;
        world.work().await;
        seen.extend(then);
        assert_eq!(ways(&world).await, seen, "{channel}");
        zhao.act(&Case::of(&zhao.view(&case).await), "withdraw").await.data(200);
        world.work().await;
        // A withdrawal by the applicants themselves is a less important event.
        seen.push(then[0]);
        world.pass(MINUTES_11);
        zhao.sign_in_again().await;
    }
    assert_eq!((world.sms.delivered().len(), world.wechat.sent().len()), (2, 3));
    let notices = zhao.get("/api/v1/me/notices?limit=100").await;
    assert_eq!(notices["items"].as_array().unwrap().len(), 15, "in the app always");
}

async fn a_text_message_names_nothing_personal_and_only_what_matters(world: World) {
    let zhao = Applicant::zhao(&world).await;
    prefer(&zhao, "sms").await;
    let case = zhao.submitted("renewal").await;
    world.work().await;
    assert_eq!(world.sms.delivered(), []);
    world.pass(MINUTES_11);
    corrected(&world, &case).await;
    world.work().await;
    world.work().await;
    let sent = world.sms.delivered();
    let texts: Vec<&str> = sent.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(texts, ["【助残演示】您的残疾人证有新进展：需要补正。请打开小程序或联系残联查看。"]);
    assert_eq!((sent[0].phone.as_str(), fates(&world).await), ("13800000003", vec![Fate::Sent]));
    for sensitive in ["赵", "肢体", "三级", "990101", "元", "照片"] {
        assert!(!texts[0].contains(sensitive), "{sensitive}");
    }
}

async fn where_wechat_or_a_number_fails_the_next_way_is_taken(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    allow_wechat(&zhao).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    // The one consent was used for the submission; our own count still holds one, but WeChat refuses it.
    allow_wechat(&zhao).await;
    world.work().await;
    world.wechat.grant_credit(APPID, "zhao-tiezhu", TEMPLATE, 0);
    zhao.sign_in_again().await;
    allow_wechat(&zhao).await;
    let case = corrected(&world, &case).await;
    world.work().await;
    assert_eq!((ways(&world).await, fates(&world).await), (vec![Reach::WeChat, Reach::Sms], vec![Fate::Sent]));

    zhao.act(&Case::of(&zhao.view(&case).await), "withdraw").await.data(200);
    world.work().await;
    for refusal in ["FailedOperation.PhoneNumberInBlacklist", "LimitExceeded.PhoneNumberDailyLimit"] {
        zhao.sign_in_again().await;
        let case = zhao.submitted("renewal").await;
        world.work().await;
        world.pass(MINUTES_11);
        world.sms.set_fault(1, FaultMode::Code(refusal.to_owned()));
        let case = corrected(&world, &case).await;
        world.work().await;
        assert_eq!(ways(&world).await.last(), Some(&Reach::Call), "{refusal}");
        zhao.sign_in_again().await;
        zhao.act(&Case::of(&zhao.view(&case).await), "withdraw").await.data(200);
        world.work().await;
    }
    assert_eq!(fates(&world).await, [Fate::Sent, Fate::Refused, Fate::DayLimit]);
}

async fn a_message_whose_answer_was_lost_is_never_sent_again(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.work().await;
    world.pass(MINUTES_11);
    world.sms.set_fault(1, FaultMode::DropAfterProcessing);
    corrected(&world, &case).await;
    for _ in 0..3 {
        world.work().await;
        world.pass(days(1));
    }
    assert_eq!((world.sms.calls(), fates(&world).await), (1, vec![Fate::Unknown]));
    assert_eq!(ways(&world).await.last(), Some(&Reach::Sms), "it may well have arrived");
}

async fn applicant_and_beneficiary_are_both_told(world: World) {
    // An aunt applies for a grown-up man who has a phone and no account.
    let town = world.worker(&[Role::TownOfficer]).await;
    let number = invent("990101", "1979-02-03".parse().unwrap(), 71).unwrap();
    let person = json!({ "name": "邓文", "id_number": number.reveal(), "area": "990101100200", "phone": "13900000071" });
    world.post("/api/v1/staff/persons").token(&town).json(&person).send().await.data(201);
    let token = world.resident("chen-xiuying").await;
    let claim =
        json!({ "name": "邓文", "id_number": number.reveal(), "relation": "kin", "area": "990101100200", "evidence": "户口簿" });
    let link = world.post("/api/v1/me/links").token(&token).json(&claim).send().await.data(201);
    let path = format!("/api/v1/staff/links/{}/actions/confirm", link["id"].as_str().unwrap());
    let link = world.post(&path).token(&town).json(&json!({ "version": link["version"] })).send().await.data(200);
    let person = link["link"]["person"].as_str().unwrap().to_owned();
    let mut chen = Applicant::of(&world, "chen-xiuying").await;
    chen.person = person;

    let case = chen.drafted("new").await;
    let said = forenamed(&chen, &case).await;
    assert_eq!(
        said,
        ["您本人：小程序消息；补正、决定等重要进展另有短信", "申请所为的残疾人本人：补正、决定等重要进展用短信告知"]
    );
    chen.submit(&case).send().await.data(200);
    world.work().await;
    world.pass(MINUTES_11);
    chen.sign_in_again().await;
    corrected(&world, &Case::of(&chen.view(&case).await)).await;
    world.work().await;
    let mut phones: Vec<String> = world.sms.delivered().into_iter().map(|m| m.phone).collect();
    phones.sort_unstable();
    assert_eq!(phones, ["13800000002", "13900000071"]);
    // A guardian of a child is told alone: the child's record has no number, and a child is not called.
    let mother = Applicant::of(&world, "chen-xiuying").await;
    let case = mother.begun("change").await;
    assert_eq!(forenamed(&mother, &case).await.len(), 1);
}

async fn one_slow_message_holds_up_nobody_else(world: World) {
    for phone in ["13900000081", "13900000082", "13900000083", "13900000084", "13900000085", "13900000086"] {
        world.sms.set_fault(1, FaultMode::HangMs(500));
        let sent: Value = world.post("/api/v1/auth/sms/codes").json(&json!({ "phone": phone })).send().await.data(200);
        assert_eq!(sent["valid_minutes"], 5);
    }
    let before = std::time::Instant::now();
    world.work().await;
    let took = before.elapsed();
    assert!(took < std::time::Duration::from_millis(2_500), "six messages of half a second, side by side, took {took:?}");
    assert_eq!(world.sms.delivered().len(), 6);
}
