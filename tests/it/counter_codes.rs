//! A code from a worker's hand: for those whom WeChat blocks, and for those who have neither WeChat nor a phone.

use std::time::Duration;

use crate::world::cast::APPID;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::people::reveals::reveals;
use zhucan::platform::id::Id;
use zhucan::platform::wechat_stand_in::FaultMode;
use zhucan::rules::identity::invent;
use zhucan::rules::lifecycle::Role;
use zhucan::services::device_rental::desk::POINT_KEEPER;

use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, days};

stories![
    somebody_with_neither_wechat_nor_phone_signs_in_and_applies,
    whom_wechat_blocks_is_told_the_other_ways_and_keeps_the_same_account,
    a_code_is_good_once_for_a_day_and_for_five_tries,
    a_new_code_ends_the_one_before_and_a_repeated_call_shows_none,
    a_worker_gives_codes_in_their_area_only_and_not_to_themselves,
    a_child_is_signed_in_for_by_a_guardian,
];

const PURPOSE: &str = "本人到窗口，没有智能手机";

async fn issue(world: &World, worker: &str, person: &str) -> Reply {
    let body = json!({ "purpose": PURPOSE });
    world.post(&format!("/api/v1/staff/persons/{person}/sign-in-codes")).token(worker).json(&body).send().await
}

pub async fn login(world: &World, code: &str) -> Reply {
    world.post("/api/v1/auth/code/login").json(&json!({ "code": code })).send().await
}

pub async fn code_for(world: &World, worker: &str, person: &str) -> String {
    issue(world, worker, person).await.data(201)["code"].as_str().unwrap().to_owned()
}

/// Somebody of the register without a phone; their id.
async fn somebody(world: &World, worker: &str, born: &str, serial: u16) -> String {
    let number = invent("990101", born.parse().unwrap(), serial).unwrap();
    let person = json!({ "name": "曹大山", "id_number": number.reveal(), "area": "990101100200" });
    let added = world.post("/api/v1/staff/persons").token(worker).json(&person).send().await.data(201);
    added["id"].as_str().unwrap().to_owned()
}

/// The same first half, another last digit.
fn wrong(code: &str) -> String {
    let last = code.chars().last().unwrap().to_digit(10).unwrap();
    format!("{}{}", &code[..code.len() - 1], (last + 1) % 10)
}

async fn somebody_with_neither_wechat_nor_phone_signs_in_and_applies(world: World) {
    let village = world.worker(&[Role::Commissioner]).await;
    let person = somebody(&world, &village, "1950-01-02", 61).await;
    let issued = issue(&world, &village, &person).await.data(201);
    let code = issued["code"].as_str().unwrap();
    assert!(code.len() == 14 && code.bytes().all(|b| b == b'-' || b.is_ascii_digit()), "{code}");
    assert_eq!(issued["expires_at"], "2026-03-11T09:00:00+08:00");
    let signed = login(&world, &code.replace('-', " ")).await.data(200);
    assert_eq!((&signed["account"]["is_new"], &signed["account"]["identity"]["value"]), (&json!(true), &json!("confirmed")));
    let token = signed["access_token"].as_str().unwrap();
    let me = world.get("/api/v1/me").token(token).send().await.data(200);
    assert_eq!(
        (&me["name_masked"], &me["phone_masked"], &me["links"][0]["relation"]["value"]),
        (&json!("曹*山"), &Value::Null, &json!("self"))
    );
    let cao = Applicant::signed_in(&world, token).await;
    assert_eq!(cao.person, person);
    let case = cao.drafted("new").await;
    let told = cao.get(&case.path("/check")).await;
    assert_eq!(told["will_be_told"], json!(["您本人：小程序消息；补正、决定等重要进展另有工作人员打电话"]));
    cao.submit(&case).send().await.data(200);
    // The next code leads to the same account.
    let again = login(&world, &code_for(&world, &village, &person).await).await.data(200);
    assert_eq!((&again["account"]["id"], &again["account"]["is_new"]), (&signed["account"]["id"], &json!(false)));
    world.history_is_whole().await;
}

async fn whom_wechat_blocks_is_told_the_other_ways_and_keeps_the_same_account(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let account = zhao.get("/api/v1/me").await["account"].clone();
    world.wechat.set_fault("/sns/jscode2session", 1, FaultMode::Errcode(40226));
    let code = world.wechat.issue_login_code(APPID, "zhao-tiezhu").unwrap();
    let blocked = world.post("/api/v1/auth/wechat/login").json(&json!({ "code": code })).send().await.refused(403, 11008);
    let said = blocked.json["errmsg"].as_str().unwrap();
    assert!(said.contains("短信验证码") && said.contains("登录码"), "{said}");
    let town = world.worker(&[Role::TownOfficer]).await;
    let signed = login(&world, &code_for(&world, &town, &zhao.person).await).await.data(200);
    assert_eq!((&signed["account"]["id"], &signed["account"]["is_new"]), (&account, &json!(false)));
}

async fn a_code_is_good_once_for_a_day_and_for_five_tries(world: World) {
    let town = world.worker(&[Role::TownOfficer]).await;
    let person = somebody(&world, &town, "1960-01-02", 62).await;
    let code = code_for(&world, &town, &person).await;
    for typed in ["", "1", "123456", "abcdef", "000000000000"] {
        let reply = login(&world, typed).await;
        assert!(matches!((reply.status, reply.errcode()), (401, 11043) | (422, 10002)), "{typed}");
    }
    for _ in 0..4 {
        login(&world, &wrong(&code)).await.refused(401, 11043);
    }
    let (a, b) = futures_util::future::join(login(&world, &code), login(&world, &code)).await;
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);

    let code = code_for(&world, &town, &person).await;
    for _ in 0..5 {
        login(&world, &wrong(&code)).await.refused(401, 11043);
    }
    login(&world, &code).await.refused(401, 11043);

    let code = code_for(&world, &town, &person).await;
    world.pass(days(1) + Duration::from_secs(1));
    login(&world, &code).await.refused(401, 11043);
}

async fn a_new_code_ends_the_one_before_and_a_repeated_call_shows_none(world: World) {
    let town = world.worker(&[Role::TownOfficer]).await;
    let person = somebody(&world, &town, "1961-01-02", 63).await;
    let key = Uuid::new_v4();
    let body = json!({ "purpose": PURPOSE });
    let path = format!("/api/v1/staff/persons/{person}/sign-in-codes");
    let call = || world.post(&path).token(&town).key(key).json(&body).send();
    let first = call().await.data(201);
    let again = call().await;
    assert_eq!((&again.json["meta"]["replayed"], &again.json["data"]["code"]), (&json!(true), &Value::Null));
    let second = code_for(&world, &town, &person).await;
    login(&world, first["code"].as_str().unwrap()).await.refused(401, 11043);
    login(&world, &second).await.data(200);

    let about: Id = person.parse().unwrap();
    let audit = world.app.db.read(move |c| {
        let rows = reveals::table.filter(reveals::person_id.eq(about)).order(reveals::id);
        Ok(rows.select((reveals::purpose, reveals::fields)).load::<(String, String)>(c)?)
    });
    assert_eq!(audit.await.unwrap(), [(); 2].map(|()| (format!("发放登录码：{PURPOSE}"), String::new())));
    for purpose in ["    ", "窗口"] {
        world.post(&path).token(&town).json(&json!({ "purpose": purpose })).send().await.refused(422, 10002);
    }
}

async fn a_worker_gives_codes_in_their_area_only_and_not_to_themselves(world: World) {
    let county = world.worker(&[Role::CountyOfficer]).await;
    let person = somebody(&world, &county, "1962-01-02", 64).await;
    let elsewhere = world.worker_who_is(&[Role::TownOfficer], "990101200000", None).await;
    issue(&world, &elsewhere, &person).await.refused(404, 10006);
    let keeper = world.worker(&[POINT_KEEPER]).await;
    issue(&world, &keeper, &person).await.refused(403, 12001);
    let own = world.worker_who_is(&[Role::CountyOfficer], COUNTY, Some(person.parse().unwrap())).await;
    issue(&world, &own, &person).await.refused(403, 12005);
    issue(&world, &county, &person).await.data(201);
}

async fn a_child_is_signed_in_for_by_a_guardian(world: World) {
    let chen = Applicant::of(&world, "chen-xiuying").await;
    let town = world.worker(&[Role::TownOfficer]).await;
    issue(&world, &town, &chen.person).await.refused(409, 11044);
}
