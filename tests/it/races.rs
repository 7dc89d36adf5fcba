//! Concurrent calls and lost answers: one call has its effect, and the others are told the present state.

use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::cases::record::anchors;
use zhucan::office::cases::record::history::case_events;
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::{Action, Role};

use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions};

stories![
    two_phones_with_one_key_submit_once,
    two_phones_with_two_keys_submit_once_and_one_learns_what_is_true,
    a_key_serves_one_body,
    a_draft_whose_answer_was_lost_is_begun_once,
    eight_phones_begin_one_application,
    of_eight_officers_one_decides,
    of_eight_officers_one_takes_the_next,
    withdrawing_and_accepting_at_once_leaves_one_of_them,
    a_byte_that_was_changed_in_history_is_found,
];

/// How many answered 200; all others must be one of these refusals and, when asked for, tell the present state.
fn one_of(replies: Vec<Reply>, losers: &[(u16, u64)], state: Option<&str>) {
    let won = replies.iter().filter(|r| r.status < 300).count();
    for lost in replies.iter().filter(|r| r.status >= 300) {
        let told = String::from_utf8_lossy(&lost.bytes);
        assert!(losers.contains(&(lost.status, lost.errcode())), "{told}");
        if let Some(state) = state {
            assert_eq!(lost.json["current"]["state"], state, "{told}");
            assert!(lost.json["current"]["version"].is_i64() && lost.json["current"]["state_label"].is_string(), "{told}");
        }
    }
    assert_eq!(won, 1);
}

async fn two_phones_with_one_key_submit_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let key = Uuid::new_v4();
    let (a, b) = tokio::join!(zhao.submit(&case).key(key).send(), zhao.submit(&case).key(key).send());
    assert_eq!((a.status, b.status), (200, 200));
    assert_eq!(a.json["data"], b.json["data"]);
    assert_ne!(a.json["meta"]["replayed"], b.json["meta"]["replayed"]);
    // And a third, long after the case has moved on.
    let seen = Case::of(&a.json["data"]);
    zhao.act(&seen, "undo").await.data(200);
    let late = zhao.submit(&case).key(key).send().await;
    assert_eq!((late.status, &late.json["meta"]["replayed"], &late.json["data"]), (200, &json!(true), &a.json["data"]));
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit", "undo"]);
    world.history_is_whole().await;
}

async fn two_phones_with_two_keys_submit_once_and_one_learns_what_is_true(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let (a, b) = tokio::join!(zhao.submit(&case).send(), zhao.submit(&case).send());
    one_of(vec![a, b], &[(409, 10030), (409, 20001)], Some("submitted"));
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit"]);
    world.history_is_whole().await;
}

async fn a_key_serves_one_body(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let key = Uuid::new_v4();
    zhao.submit(&case).key(key).send().await.data(200);
    let other = Case { version: case.version + 1, ..case.clone() };
    zhao.submit(&other).key(key).send().await.refused(422, 10011);
    // Another path, and another caller, have their own keys.
    let undo = json!({ "version": case.version + 1 });
    zhao.post(&case.path("/actions/undo"), &undo).key(key).send().await.data(200);
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    lin.submit(&case).key(key).send().await.refused(404, 10006);
    // What was refused was not done, and may be tried again with the same key.
    let draft = Case::of(&zhao.view(&case).await);
    let key = Uuid::new_v4();
    let stale = Case { version: 1, ..draft.clone() };
    zhao.submit(&stale).key(key).send().await.refused(409, 10030);
    zhao.submit(&draft).key(key).send().await.data(200);
}

async fn a_draft_whose_answer_was_lost_is_begun_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let body = json!({ "person_id": zhao.person, "kind": "renewal" });
    let key = Uuid::new_v4();
    let begin = || zhao.post("/api/v1/certificate/drafts", &body).key(key).send();
    let first = begin().await;
    world.pass(MINUTES_11);
    let again = begin().await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json["data"], again.json["data"]);
    let told = (&first.json["meta"]["replayed"], &again.json["meta"]["replayed"]);
    assert_eq!(told, (&Value::Null, &json!(true)));
    assert_eq!(zhao.get("/api/v1/cases").await["items"].as_array().unwrap().len(), 1);
}

async fn eight_phones_begin_one_application(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let body = json!({ "person_id": zhao.person, "kind": "renewal" });
    let all = join_all((0..8).map(|_| zhao.post("/api/v1/certificate/drafts", &body).send())).await;
    one_of(all, &[(409, 20006)], None);
    assert_eq!(zhao.get("/api/v1/cases").await["items"].as_array().unwrap().len(), 1);
    world.history_is_whole().await;
}

async fn officers(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..8 {
        all.push(world.worker(&[Role::TownOfficer]).await);
    }
    all
}

async fn of_eight_officers_one_decides(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let officers = officers(&world).await;
    let all = join_all(officers.iter().map(|o| world.decide(o, &case, "accept"))).await;
    one_of(all, &[(409, 10030), (409, 20001)], Some("in_review"));
    let view = zhao.view(&case).await;
    assert_eq!(actions(&view), ["begin", "submit", "accept"]);
    // Whoever accepted holds it; with the version of now the others are told so.
    let seen = Case::of(&view);
    let all = join_all(officers.iter().map(|o| world.decide(o, &seen, "forward"))).await;
    one_of(all, &[(409, 20004), (409, 10030), (409, 20001)], Some("in_review"));
    world.history_is_whole().await;
}

async fn of_eight_officers_one_takes_the_next(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let officers = officers(&world).await;
    let body = json!({ "service": "certificate" });
    let next = |o: &String| world.post("/api/v1/staff/queue/actions/next").token(o).json(&body).send();
    one_of(join_all(officers.iter().map(next)).await, &[(404, 20010)], None);
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit", "claim"]);
    world.history_is_whole().await;
}

async fn withdrawing_and_accepting_at_once_leaves_one_of_them(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let (a, b) = tokio::join!(zhao.act(&case, "withdraw"), world.decide(&town, &case, "accept"));
    let state = zhao.view(&case).await["summary"]["state"]["value"].as_str().unwrap().to_owned();
    assert!(["withdrawn", "in_review"].contains(&state.as_str()));
    one_of(vec![a, b], &[(409, 10030), (409, 20001)], Some(&state));
    assert_eq!(actions(&zhao.view(&case).await).len(), 3);
    world.history_is_whole().await;
}

async fn a_byte_that_was_changed_in_history_is_found(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(std::time::Duration::from_secs(2 * 3600));
    assert!(anchors::set_when_due(&world.app).await.unwrap());
    world.history_is_whole().await;
    let id: Id = case.id.parse().unwrap();
    let faults = async || anchors::verify(&world.app.db, world.app.keys.clone()).await.unwrap().faults;
    let hash: Vec<u8> = world
        .app
        .db
        .read(move |c| Ok(case_events::table.find((id, 1_i64)).select(case_events::hash).get_result(c)?))
        .await
        .unwrap();
    let turned = |at: usize| {
        let mut bytes = hash.clone();
        bytes[at] ^= 1;
        bytes
    };
    for at in [0, 31] {
        let bytes = turned(at);
        world
            .app
            .db
            .write(move |c| {
                Ok(diesel::update(case_events::table.find((id, 1_i64))).set(case_events::hash.eq(bytes.clone())).execute(c)?)
            })
            .await
            .unwrap();
        let found = faults().await;
        assert!(found.len() == 2 && found[0].contains(&case.id) && found[1].starts_with("anchor"), "{found:?}");
    }
    let whole = hash.clone();
    let mend = world.app.db.write(move |c| {
        let line = case_events::table.find((id, 1_i64));
        Ok(diesel::update(line).set(case_events::hash.eq(whole.clone())).execute(c)?)
    });
    mend.await.unwrap();
    world.history_is_whole().await;
    // A changed actor, moment or text of a line is found.
    let at: i64 = world
        .app
        .db
        .read(move |c| Ok(case_events::table.find((id, 1_i64)).select(case_events::at).get_result(c)?))
        .await
        .unwrap();
    let forge = world.app.db.write(move |c| {
        let line = case_events::table.find((id, 1_i64));
        Ok(diesel::update(line).set((case_events::at.eq(at + 1), case_events::action.eq(Action::Undo))).execute(c)?)
    });
    forge.await.unwrap();
    assert!(faults().await[0].contains("line 1 was altered"));
    let cut = world.app.db.write(move |c| Ok(diesel::delete(case_events::table.find((id, 1_i64))).execute(c)?));
    cut.await.unwrap();
    let found = faults().await;
    assert!(found.iter().any(|f| f.contains("lines are missing at the end")), "{found:?}");
}
