//! The administrator and the workers: invitations, posts, bans, resets, and what an auditor reads of it.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::accounts::staff_login;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::client::{Call, Reply};
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, MINUTES_11};

stories![
    an_invited_worker_chooses_the_password_and_the_code_works_once,
    four_who_use_one_code_at_once_make_one_account,
    a_moved_worker_loses_the_old_desk_at_once,
    a_ban_ends_the_session_and_can_be_lifted,
    a_forgotten_password_and_a_lost_phone_are_mended_by_codes,
    an_administrator_reaches_only_whom_the_own_areas_hold,
    posts_that_may_not_be_given_are_explained_one_by_one,
    every_change_of_a_worker_asks_for_the_version_that_was_seen,
    the_list_of_workers_is_paged_and_filtered_by_one_definition,
    an_auditor_reads_every_change_of_the_own_areas,
];

const WORKERS: &str = "/api/v1/staff/admin/workers";
const TOWN: &str = "990101100000";
const PASSWORD: &str = "three-pigs-build-a-house";

/// An administrator of the stories' county; the token lives twenty minutes.
async fn administrator(w: &World) -> String {
    w.worker(&[Role::Administrator]).await
}

fn new_worker(name: &str, role: &str, area: &str) -> Value {
    json!({ "name": name, "person_id": null, "posts": [{ "role": role, "area": area, "point": null }] })
}

async fn invited(w: &World, admin: &str, body: &Value) -> Value {
    w.post(WORKERS).token(admin).json(body).send().await.data(201)
}

fn enrol(w: &World, code: &Value, username: &str) -> Call {
    w.post("/api/v1/auth/staff/enrol").json(&json!({ "code": code, "username": username, "password": PASSWORD }))
}

/// A town officer who has enrolled under this user name; the view.
async fn town_officer(w: &World, admin: &str, username: &str) -> Value {
    let invited = invited(w, admin, &new_worker("王丽", "town_officer", TOWN)).await;
    enrol(w, &invited["code"], username).send().await.data(200);
    view(w, admin, &invited["worker"]).await
}

async fn view(w: &World, admin: &str, worker: &Value) -> Value {
    w.get(&format!("{WORKERS}/{}", text(&worker["id"]))).token(admin).send().await.data(200)
}

async fn sign_in(w: &World, username: &str, password: &str) -> Reply {
    let totp = staff_login::totp_code(&w.app, username).await.unwrap();
    let body = json!({ "username": username, "password": password, "totp": totp });
    w.post("/api/v1/auth/staff/login").json(&body).send().await
}

fn act(w: &World, admin: &str, worker: &Value, verb: &str) -> Call {
    let path = format!("{WORKERS}/{}/actions/{verb}", text(&worker["id"]));
    w.post(&path).token(admin).json(&json!({ "version": worker["version"] }))
}

fn replace(w: &World, admin: &str, worker: &Value, posts: &Value) -> Call {
    let path = format!("{WORKERS}/{}/posts", text(&worker["id"]));
    w.put(&path).token(admin).json(&json!({ "version": worker["version"], "posts": posts }))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The seconds of a step of one-time codes, and one more.
const NEXT_CODE: Duration = Duration::from_secs(31);

async fn an_invited_worker_chooses_the_password_and_the_code_works_once(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let key = Uuid::new_v4();
    let body = new_worker("王丽", "town_officer", TOWN);
    let first = w.post(WORKERS).token(&admin).key(key).json(&body).send().await.data(201);
    let worker = &first["worker"];
    let code = &first["code"];
    assert_eq!((&worker["username"], &worker["status"]["value"]), (&json!(null), &json!("invited")));
    // The stored answer never holds the code.
    let again = w.post(WORKERS).token(&admin).key(key).json(&body).send().await.data(201);
    assert_eq!((&again["worker"]["id"], &again["code"]), (&worker["id"], &json!(null)));

    enrol(w, &json!("AAAA-BBBB-CCCC-DDDD"), "wang.li").send().await.refused(401, 27001);
    enrol(w, code, "town").send().await.refused(422, 10002);
    let weak = json!({ "code": code, "username": "wang.li", "password": "wang.li" });
    let refused = w.post("/api/v1/auth/staff/enrol").json(&weak).send().await.refused(422, 10002);
    assert_eq!(refused.json["details"].as_array().unwrap().len(), 2);

    let typed = json!(text(code).to_lowercase().replace('-', " "));
    let enrolled = enrol(w, &typed, "Wang.Li").send().await.data(200);
    assert_eq!((&enrolled["worker"], &enrolled["username"]), (&worker["id"], &json!("wang.li")));
    assert!(text(&enrolled["otpauth_url"]).starts_with("otpauth://totp/"));
    enrol(w, code, "wang.li2").send().await.refused(401, 27001);

    let session = sign_in(w, "wang.li", PASSWORD).await.data(200);
    let me = w.get("/api/v1/staff/me").token(text(&session["access_token"])).send().await.data(200);
    assert_eq!((&me["name"], &me["posts"][0]["area"]), (&json!("王丽"), &json!(TOWN)));
    assert_eq!(view(w, &admin, worker).await["username"], "wang.li");
    act(w, &admin, &view(w, &admin, worker).await, "invite").send().await.refused(409, 27002);

    // A code of yesterday is over; a new one takes its place.
    let late = invited(w, &admin, &new_worker("赵敏", "county_officer", COUNTY)).await;
    w.pass(Duration::from_secs(24 * 3600));
    enrol(w, &late["code"], "zhao.min").send().await.refused(401, 27001);
    let admin = administrator(w).await;
    let fresh = act(w, &admin, &late["worker"], "invite").send().await.data(200);
    let newer = act(w, &admin, &fresh["worker"], "invite").send().await.data(200);
    enrol(w, &fresh["code"], "zhao.min").send().await.refused(401, 27001);
    enrol(w, &newer["code"], "zhao.min").send().await.data(200);
}

async fn four_who_use_one_code_at_once_make_one_account(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let invited = invited(w, &admin, &new_worker("王丽", "town_officer", TOWN)).await;
    let tries = (0..4).map(|n| {
        let call = enrol(w, &invited["code"], &format!("wang.li{n}"));
        async move { call.send().await.status }
    });
    let mut answers = futures_util::future::join_all(tries).await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 401, 401, 401]);
    let events = w.worker(&[Role::Auditor]).await;
    let events = w.get("/api/v1/staff/audit/admin-events?action=worker_enrolled").token(&events).send().await.data(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
}

async fn a_moved_worker_loses_the_old_desk_at_once(world: World) {
    let w = &world;
    let zhao = Applicant::zhao(w).await;
    let case = zhao.submitted("renewal").await;
    w.pass(MINUTES_11);
    let admin = administrator(w).await;
    let worker = town_officer(w, &admin, "wang.li").await;
    let old = sign_in(w, "wang.li", PASSWORD).await.data(200);
    w.get(&case.staff("")).token(text(&old["access_token"])).send().await.data(200);

    let moved = json!([{ "role": "town_officer", "area": "990101001000", "point": null }]);
    let view = replace(w, &admin, &worker, &moved).send().await.data(200);
    assert_eq!((&view["posts"][0]["area"], view["posts"].as_array().unwrap().len()), (&json!("990101001000"), 1));
    w.get(&case.staff("")).token(text(&old["access_token"])).send().await.refused(401, 11003);
    let renew = json!({ "refresh_token": old["refresh_token"] });
    w.post("/api/v1/auth/refresh").json(&renew).send().await.refused(401, 11003);

    w.pass(NEXT_CODE);
    let new = sign_in(w, "wang.li", PASSWORD).await.data(200);
    w.get(&case.staff("")).token(text(&new["access_token"])).send().await.refused(404, 10006);
    let queue = w.get("/api/v1/staff/queue").token(text(&new["access_token"])).send().await.data(200);
    assert_eq!(queue["items"], json!([]));
}

async fn a_ban_ends_the_session_and_can_be_lifted(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let worker = town_officer(w, &admin, "wang.li").await;
    let session = sign_in(w, "wang.li", PASSWORD).await.data(200);
    let banned = act(w, &admin, &worker, "ban").send().await.data(200);
    assert_eq!(banned["status"]["value"], "banned");
    w.get("/api/v1/staff/me").token(text(&session["access_token"])).send().await.refused(401, 11003);
    w.pass(NEXT_CODE);
    sign_in(w, "wang.li", PASSWORD).await.refused(401, 11010);
    act(w, &admin, &banned, "ban").send().await.refused(409, 27002);
    act(w, &admin, &banned, "reset-password").send().await.refused(409, 27002);
    let back = act(w, &admin, &banned, "reinstate").send().await.data(200);
    assert_eq!((&back["status"]["value"], &back["posts"][0]["area"]), (&json!("active"), &json!(TOWN)));
    sign_in(w, "wang.li", PASSWORD).await.data(200);
    act(w, &admin, &back, "reinstate").send().await.refused(409, 27002);

    // Banned before the code was used: the code is no good, and the account waits for another one afterwards.
    let early = invited(w, &admin, &new_worker("赵敏", "county_officer", COUNTY)).await;
    let banned = act(w, &admin, &early["worker"], "ban").send().await.data(200);
    enrol(w, &early["code"], "zhao.min").send().await.refused(401, 27001);
    let back = act(w, &admin, &banned, "reinstate").send().await.data(200);
    assert_eq!(back["status"]["value"], "invited");
}

async fn a_forgotten_password_and_a_lost_phone_are_mended_by_codes(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let worker = town_officer(w, &admin, "wang.li").await;
    let with = async |path: &str, code: &Value, password: &str| {
        w.post(path).json(&json!({ "code": code, "password": password })).send().await
    };
    let password = "/api/v1/auth/staff/password";
    let totp = "/api/v1/auth/staff/totp";
    for _ in 0..5 {
        sign_in(w, "wang.li", "not-the-password").await.refused(401, 11010);
    }
    let locked = view(w, &admin, &worker).await;
    assert!(locked["locked_until"].is_string());
    let unlocked = act(w, &admin, &locked, "unlock").send().await.data(200);
    assert_eq!(unlocked["locked_until"], json!(null));
    let session = sign_in(w, "wang.li", PASSWORD).await.data(200);

    let reset = act(w, &admin, &unlocked, "reset-password").send().await.data(200);
    with(password, &reset["code"], "short").await.refused(422, 10002);
    with(totp, &reset["code"], PASSWORD).await.refused(401, 27001);
    with(password, &reset["code"], "four-pigs-live-in-it").await.data(200);
    with(password, &reset["code"], "four-pigs-live-in-it").await.refused(401, 27001);
    w.get("/api/v1/staff/me").token(text(&session["access_token"])).send().await.refused(401, 11003);
    w.pass(NEXT_CODE);
    sign_in(w, "wang.li", PASSWORD).await.refused(401, 11010);
    w.pass(NEXT_CODE);
    sign_in(w, "wang.li", "four-pigs-live-in-it").await.data(200);

    let lost = act(w, &admin, &view(w, &admin, &worker).await, "reset-totp").send().await.data(200);
    let old = staff_login::totp_code(&w.app, "wang.li").await.unwrap();
    with(totp, &lost["code"], PASSWORD).await.refused(401, 11010);
    let renewed = with(totp, &lost["code"], "four-pigs-live-in-it").await.data(200);
    assert!(text(&renewed["otpauth_url"]).starts_with("otpauth://totp/"));
    assert_ne!(staff_login::totp_code(&w.app, "wang.li").await.unwrap(), old);
    sign_in(w, "wang.li", "four-pigs-live-in-it").await.data(200);

    // Five wrong passwords wear a code out.
    let worn = act(w, &admin, &view(w, &admin, &worker).await, "reset-totp").send().await.data(200);
    for _ in 0..5 {
        with(totp, &worn["code"], "not-the-password").await.refused(401, 11010);
    }
    with(totp, &worn["code"], "four-pigs-live-in-it").await.refused(401, 27001);
}

async fn an_administrator_reaches_only_whom_the_own_areas_hold(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let province = w.worker_who_is(&[Role::Administrator], "990000000000", None).await;
    let other = w.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    let worker = town_officer(w, &admin, "wang.li").await;
    let path = format!("{WORKERS}/{}", text(&worker["id"]));
    w.get(&path).token(&other).send().await.refused(404, 10006);
    let edit = json!({ "version": worker["version"], "name": "王丽丽", "person_id": null });
    w.put(&path).token(&other).json(&edit).send().await.refused(404, 10006);
    replace(w, &other, &worker, &json!([{ "role": "auditor", "area": "990102000000", "point": null }]))
        .send()
        .await
        .refused(404, 10006);
    for verb in ["invite", "reset-password", "reset-totp", "ban", "reinstate", "unlock"] {
        act(w, &other, &worker, verb).send().await.refused(404, 10006);
    }
    let listed = w.get(&format!("{WORKERS}?limit=100")).token(&other).send().await.data(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "only the other administrator: {listed}");

    // One post elsewhere is enough to be out of the county's reach; the province still reaches.
    let abroad = json!([{ "role": "town_officer", "area": TOWN, "point": null }, { "role": "auditor", "area": "990102000000", "point": null }]);
    let moved = replace(w, &province, &worker, &abroad).send().await.data(200);
    w.get(&path).token(&admin).send().await.refused(404, 10006);
    let all = w.get(&format!("{WORKERS}?limit=100")).token(&admin).send().await.data(200);
    assert!(all["items"].as_array().unwrap().iter().all(|i| i["id"] != worker["id"]));
    let edit = json!({ "version": moved["version"], "name": "王丽丽", "person_id": null });
    let edited = w.put(&path).token(&province).json(&edit).send().await.data(200);
    assert_eq!(edited["name"], "王丽丽");

    // Nobody does anything about themselves.
    let me = w.get("/api/v1/staff/me").token(&admin).send().await.data(200);
    let own = view(w, &admin, &me).await;
    replace(w, &admin, &own, &json!([{ "role": "county_officer", "area": COUNTY, "point": null }]))
        .send()
        .await
        .refused(403, 12005);
    for verb in ["ban", "unlock", "reset-password"] {
        act(w, &admin, &own, verb).send().await.refused(403, 12005);
    }
}

async fn posts_that_may_not_be_given_are_explained_one_by_one(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let body = json!({ "name": "王丽", "person_id": null, "posts": [
        { "role": "applicant", "area": COUNTY, "point": null },
        { "role": "county_officer", "area": "990102000000", "point": null },
        { "role": "town_officer", "area": "990101999000", "point": null },
        { "role": "point_keeper", "area": COUNTY, "point": Uuid::new_v4() },
        { "role": "auditor", "area": COUNTY, "point": Uuid::new_v4() },
        { "role": "finance_officer", "area": COUNTY, "point": null },
        { "role": "finance_officer", "area": COUNTY, "point": null },
    ] });
    let refused = w.post(WORKERS).token(&admin).json(&body).send().await.refused(422, 10002);
    let told: Vec<(&str, &str)> =
        refused.json["details"].as_array().unwrap().iter().map(|d| (text(&d["field"]), text(&d["code"]))).collect();
    assert_eq!(
        told,
        [
            ("/posts/0/role", "no_post"),
            ("/posts/1/area", "out_of_scope"),
            ("/posts/2/area", "unknown_area"),
            ("/posts/3/point", "unknown_point"),
            ("/posts/4/point", "no_point"),
            ("/posts/6/role", "repeated"),
        ]
    );
    let none = json!({ "name": "王丽", "person_id": null, "posts": [] });
    w.post(WORKERS).token(&admin).json(&none).send().await.refused(422, 10002);
    let stranger =
        json!({ "name": "王丽", "person_id": Uuid::new_v4(), "posts": [{ "role": "auditor", "area": COUNTY, "point": null }] });
    w.post(WORKERS).token(&admin).json(&stranger).send().await.refused(422, 10002);
}

async fn every_change_of_a_worker_asks_for_the_version_that_was_seen(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let mut worker = town_officer(w, &admin, "wang.li").await;
    let version = worker["version"].clone();
    worker["version"] = json!(1);
    assert_ne!(worker["version"], version);
    let stale = |reply: Reply| assert_eq!(reply.refused(409, 10030).json["current"]["version"], version);
    for verb in ["invite", "reset-password", "reset-totp", "ban", "reinstate", "unlock"] {
        stale(act(w, &admin, &worker, verb).send().await);
    }
    stale(replace(w, &admin, &worker, &json!([{ "role": "auditor", "area": COUNTY, "point": null }])).send().await);
    let path = format!("{WORKERS}/{}", text(&worker["id"]));
    stale(w.put(&path).token(&admin).json(&json!({ "version": 1, "name": "王丽丽", "person_id": null })).send().await);
}

async fn the_list_of_workers_is_paged_and_filtered_by_one_definition(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    for name in ["甲一", "乙二", "丙三"] {
        invited(w, &admin, &new_worker(name, "town_officer", TOWN)).await;
    }
    let get = async |query: &str| w.get(&format!("{WORKERS}?{query}")).token(&admin).send().await.data(200);
    for filter in
        ["", "&role=town_officer", "&area=990101100000", "&status=invited", "&status=invited&role=town_officer&area=990101000000"]
    {
        let whole = get(&format!("limit=100{filter}")).await;
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = get(&format!("limit=2{filter}{cursor}")).await;
            paged.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(Value::from(paged), whole["items"], "{filter}");
        assert!(whole["items"].as_array().unwrap().len() >= 3, "{filter}");
    }
    let towns = get("limit=100&role=town_officer").await;
    assert_eq!(towns["items"].as_array().unwrap().len(), 4, "the cast's and three more");
    let first = get("limit=1").await;
    let foreign = format!("{WORKERS}?limit=1&status=invited&cursor={}", text(&first["next_cursor"]));
    w.get(&foreign).token(&admin).send().await.refused(400, 10007);
}

async fn an_auditor_reads_every_change_of_the_own_areas(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let worker = town_officer(w, &admin, "wang.li").await;
    let moved = json!([{ "role": "county_officer", "area": COUNTY, "point": null }]);
    let worker = replace(w, &admin, &worker, &moved).send().await.data(200);
    act(w, &admin, &worker, "ban").send().await.data(200);
    let events = async |token: &str, query: &str| {
        w.get(&format!("/api/v1/staff/audit/admin-events?{query}")).token(token).send().await.data(200)
    };
    let auditor = w.worker(&[Role::Auditor]).await;
    let target = text(&worker["id"]);
    let seen = events(&auditor, &format!("target={target}")).await;
    let lines = seen["items"].as_array().unwrap();
    let told: Vec<&str> = lines.iter().map(|l| text(&l["action"]["value"])).collect();
    assert_eq!(told, ["worker_banned", "posts_replaced", "worker_enrolled", "worker_invited"]);
    assert_eq!(
        (text(&lines[1]["before"]), text(&lines[1]["after"])),
        ("镇（街道）残联 990101100000", "县（区）残联 990101000000")
    );
    assert_eq!((&lines[0]["worker_name"], &lines[2]["worker"]), (&json!("测试员"), &worker["id"]));
    let page = events(&auditor, &format!("target={target}&limit=3")).await;
    let rest = events(&auditor, &format!("target={target}&limit=3&cursor={}", text(&page["next_cursor"]))).await;
    assert_eq!(rest["items"], json!([lines[3]]));
    assert_eq!(events(&auditor, &format!("action=worker_banned&target={target}")).await["items"], json!([lines[0]]));

    let elsewhere = w.worker_who_is(&[Role::Auditor], "990102000000", None).await;
    assert_eq!(events(&elsewhere, &format!("target={target}")).await["items"], json!([]));
    let whole = format!("{seen}");
    assert!(!whole.contains(PASSWORD) && !whole.contains("otpauth"), "{whole}");
}
