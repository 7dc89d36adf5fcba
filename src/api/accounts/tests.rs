//! The operations as a phone and a worker meet them, over HTTP, with a small stand-in for WeChat.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::routes;
use crate::office::accounts::bench::{Bench, bench_with};
use crate::office::accounts::{Post, Rates, RevocationWatch, SignIn, staff_login};
use crate::office::administration::staffing;
use crate::office::administration::staffing::NewWorker;
use crate::office::cases::service::Services;
use crate::platform::http::Operations;
use crate::platform::wechat::{Secret, Timeouts, WeChat, WeChatApp};
use crate::rules::lifecycle::Role;

const PASSWORD: &str = "three pigs build a house";

/// Answers each code once: `ok-…` with an openid, `n…` with that error number, `garbage` with a page.
async fn stand_in(used: web::Data<Mutex<HashSet<String>>>, query: web::Query<Value>) -> HttpResponse {
    let code = query["js_code"].as_str().unwrap().to_owned();
    if !used.lock().unwrap().insert(code.clone()) {
        return HttpResponse::Ok().json(json!({ "errcode": 40163, "errmsg": "code been used" }));
    }
    match (code.strip_prefix("ok-"), code.strip_prefix('n')) {
        (Some(who), _) => HttpResponse::Ok().json(json!({ "openid": who, "session_key": "s3cr3t-key" })),
        (_, Some(number)) => HttpResponse::Ok().json(json!({ "errcode": number.parse::<i64>().unwrap(), "errmsg": "no" })),
        _ => HttpResponse::Ok().body("<html>"),
    }
}

async fn with_wechat() -> Bench {
    let used = web::Data::new(Mutex::new(HashSet::<String>::new()));
    let server =
        HttpServer::new(move || Actix::new().app_data(used.clone()).route("/sns/jscode2session", web::get().to(stand_in)));
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    bench_with(|clock| {
        let app = WeChatApp { appid: "wx1".into(), secret: Secret::new("s"), base_url };
        let clock = clock.clone();
        vec![WeChat::new(app, Timeouts::default(), Arc::new(move || clock.now_ms())).unwrap()]
    })
    .await
}

/// Where the operations are served.
fn serve(bench: &Bench) -> String {
    let data = (web::Data::new((**bench).clone()), web::Data::new(RevocationWatch::default()));
    let gate = web::Data::new(SignIn::new(Rates::default()).unwrap());
    let services = web::Data::new(Services::new(&[]));
    let server = HttpServer::new(move || {
        let served = web::scope("/api/v1").configure(|cfg| routes(&mut Operations::serve(cfg)));
        Actix::new()
            .service(served)
            .app_data(data.0.clone())
            .app_data(data.1.clone())
            .app_data(gate.clone())
            .app_data(services.clone())
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/v1", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    base
}

/// Status and body; `token` may be empty.
async fn call(base: &str, method: &str, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
    let mut req = reqwest::Client::new().request(method.parse().unwrap(), format!("{base}{path}"));
    req = req.header("Idempotency-Key", uuid::Uuid::new_v4().to_string());
    if !token.is_empty() {
        req = req.bearer_auth(token);
    }
    if let Some(body) = body {
        req = req.json(&body);
    }
    let answer = req.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn code(answer: &(u16, Value)) -> (u16, i64) {
    (answer.0, answer.1["errcode"].as_i64().unwrap())
}

fn text(answer: &(u16, Value), pointer: &str) -> String {
    answer.1.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {}", answer.1)).to_owned()
}

#[actix_web::test]
async fn a_resident_signs_in_carries_on_and_signs_out() {
    let bench = with_wechat().await;
    let app = serve(&bench);
    let login = call(&app, "POST", "/auth/wechat/login", "", Some(json!({ "code": "ok-one" }))).await;
    assert_eq!(code(&login), (200, 0));
    assert_eq!(
        (login.1["data"]["account"]["is_new"].as_bool(), text(&login, "/data/account/identity/value").as_str()),
        (Some(true), "none")
    );
    let told = login.1.to_string();
    assert!(!["openid", "session_key", "s3cr3t-key", "secret"].iter().any(|word| told.contains(word)));
    let token = text(&login, "/data/access_token");
    assert_eq!(code(&call(&app, "GET", "/me", &token, None).await), (200, 0));
    let refreshed =
        call(&app, "POST", "/auth/refresh", "", Some(json!({ "refresh_token": text(&login, "/data/refresh_token") }))).await;
    let token = text(&refreshed, "/data/access_token");
    assert_eq!(code(&call(&app, "POST", "/auth/logout", &token, None).await), (200, 0));
    assert_eq!(code(&call(&app, "GET", "/me", &token, None).await), (401, 11003));
    assert_eq!(code(&call(&app, "GET", "/me", "", None).await), (401, 11001));
    bench.clock.advance_ms(21 * 60 * 1000);
    assert_eq!(code(&call(&app, "GET", "/me", &token, None).await), (401, 11002));
}

#[actix_web::test]
async fn what_wechat_refuses_is_told_in_our_words() {
    let bench = with_wechat().await;
    let app = serve(&bench);
    let login = async |wx: &str| {
        let answer = call(&app, "POST", "/auth/wechat/login", "", Some(json!({ "code": wx }))).await;
        assert!(!answer.1.to_string().contains(wx.trim_start_matches('n')), "{wx} came back");
        code(&answer)
    };
    assert_eq!(login("n40029").await, (401, 11006));
    assert_eq!(login("n40163").await, (401, 11007));
    assert_eq!(login("n40226").await, (403, 11008));
    assert_eq!(login("n45011").await, (503, 51001));
    assert_eq!(login("n40125").await, (503, 51003));
    assert_eq!(login("garbage").await, (503, 51004));
    login("ok-two").await;
    assert_eq!(login("ok-two").await, (401, 11007));
    let bare = bench_with(|_| Vec::new()).await;
    let none = serve(&bare);
    let answer = call(&none, "POST", "/auth/wechat/login", "", Some(json!({ "code": "x" }))).await;
    assert_eq!(code(&answer), (503, 51003));
    let other = call(&app, "POST", "/auth/wechat/login", "", Some(json!({ "code": "x", "appid": "wx9" }))).await;
    assert_eq!(code(&other), (422, 11013));
}

#[actix_web::test]
async fn residents_and_workers_do_not_pass_for_each_other() {
    let bench = with_wechat().await;
    let app = serve(&bench);
    let login = call(&app, "POST", "/auth/wechat/login", "", Some(json!({ "code": "ok-one" }))).await;
    let resident = text(&login, "/data/access_token");
    let finance = Post { role: Role::FinanceOfficer, area: "990105000000".parse().unwrap(), point: None, lead: false };
    let username = "wang.li".to_owned();
    let name = "王丽".to_owned();
    let password = Zeroizing::new(PASSWORD.to_owned());
    staffing::add(&bench, NewWorker { username, name, password, posts: vec![finance], person: None }).await.unwrap();
    let totp = staff_login::totp_code(&bench, "wang.li").await.unwrap();
    let body = json!({ "username": "wang.li", "password": PASSWORD, "totp": totp });
    let worker = text(&call(&app, "POST", "/auth/staff/login", "", Some(body)).await, "/data/access_token");
    assert_eq!(code(&call(&app, "GET", "/staff/me", &resident, None).await), (403, 12001));
    assert_eq!(code(&call(&app, "GET", "/staff/links", &resident, None).await), (403, 12001));
    assert_eq!(code(&call(&app, "GET", "/me", &worker, None).await), (403, 12001));
    assert_eq!(code(&call(&app, "GET", "/staff/links", &worker, None).await), (403, 12001));
    let me = call(&app, "GET", "/staff/me", &worker, None).await;
    assert_eq!(text(&me, "/data/posts/0/role/value"), "finance_officer");
    for path in ["/staff/me", "/staff/links", "/me"] {
        assert_eq!(code(&call(&app, "GET", path, "", None).await), (401, 11001));
    }
}

#[actix_web::test]
async fn a_resident_says_who_they_are_and_a_worker_settles_the_link() {
    let bench = with_wechat().await;
    let app = serve(&bench);
    let login = call(&app, "POST", "/auth/wechat/login", "", Some(json!({ "code": "ok-one" }))).await;
    let resident = text(&login, "/data/access_token");
    let account = text(&login, "/data/account/id");
    let born = |y| chrono::NaiveDate::from_ymd_opt(y, 1, 1).unwrap();
    let own = crate::rules::identity::invent("990105", born(1980), 1).unwrap();
    let child = crate::rules::identity::invent("990105", born(2012), 2).unwrap();
    bench.person("王小五", &child, "13700001234", "990105001002").await;
    let wrong = json!({ "name": "1", "id_number": "123", "version": 1 });
    let refused = call(&app, "PUT", "/me/identity", &resident, Some(wrong)).await;
    assert_eq!((code(&refused), refused.1["details"].as_array().unwrap().len()), ((422, 10002), 2));
    let claim = json!({ "name": "王小五", "id_number": child.reveal(), "relation": "child", "area": "990105001002", "evidence": "户口簿" });
    assert_eq!(code(&call(&app, "POST", "/me/links", &resident, Some(claim.clone())).await), (409, 11021));
    let me = json!({ "name": "王四", "id_number": own.reveal(), "version": 1 });
    let said = call(&app, "PUT", "/me/identity", &resident, Some(me)).await;
    assert_eq!((text(&said, "/data/identity/value"), text(&said, "/data/name_masked")), ("claimed".into(), "王*".into()));
    assert_eq!(code(&call(&app, "POST", "/me/links", &resident, Some(claim)).await), (201, 0));
    let prefer = json!({ "channel": "visit", "needs": ["sign_language"], "version": 2 });
    assert_eq!(code(&call(&app, "PUT", "/me/preferences", &resident, Some(prefer)).await), (200, 0));

    let town = Post { role: Role::TownOfficer, area: "990105001000".parse().unwrap(), point: None, lead: false };
    let username = "wang.li".to_owned();
    let name = "王丽".to_owned();
    let password = Zeroizing::new(PASSWORD.to_owned());
    staffing::add(&bench, NewWorker { username, name, password, posts: vec![town], person: None }).await.unwrap();
    let totp = staff_login::totp_code(&bench, "wang.li").await.unwrap();
    let body = json!({ "username": "wang.li", "password": PASSWORD, "totp": totp });
    let worker = text(&call(&app, "POST", "/auth/staff/login", "", Some(body)).await, "/data/access_token");
    let seen = call(&app, "GET", &format!("/staff/residents/{account}"), &worker, None).await;
    assert_eq!((text(&seen, "/data/needs/0/label"), seen.1["data"]["version"].as_i64()), ("手语".into(), Some(3)));
    let confirm = json!({ "id_number": own.reveal(), "version": 3 });
    let path = format!("/staff/residents/{account}/actions/confirm-identity");
    assert_eq!(code(&call(&app, "POST", &path, &worker, Some(confirm)).await), (200, 0));
    let waiting = call(&app, "GET", "/staff/links?limit=1", &worker, None).await;
    let link = text(&waiting, "/data/items/0/link/id");
    let past = json!({ "version": 1, "valid_to": "2020-01-01" });
    let path = format!("/staff/links/{link}/actions/confirm");
    assert_eq!(code(&call(&app, "POST", &path, &worker, Some(past)).await), (422, 10002));
    let settled = call(&app, "POST", &path, &worker, Some(json!({ "version": 1 }))).await;
    assert_eq!(text(&settled, "/data/link/state/label"), "已核实");
    let mine = call(&app, "GET", "/me", &resident, None).await;
    assert_eq!(text(&mine, "/data/links/0/state/value"), "confirmed");
    assert!(!mine.1.to_string().contains(child.reveal()) && !mine.1.to_string().contains("王小五"));
}
