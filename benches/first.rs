//! What it costs, in one run beside a bare handler: read ratios, not absolute times; the load generator shares the machine.
//!
//! `cargo bench` prints: an authenticated case with its timeline, a queue page of 20 from 200 000 cases, durable submits at
//! 64 callers with and without group commit, idle memory and start time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../tests/it/world/cast.rs"]
mod cast;
#[path = "../tests/it/world/county.rs"]
mod county;
mod plain;
#[path = "../tests/it/world/program.rs"]
mod program;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use program::Demo;
use serde_json::{Value, json};
use zhucan::platform::app::{App, Tools};
use zhucan::platform::clock::Clock;
use zhucan::platform::crypto::Keyring;
use zhucan::platform::db::{Bounds, Db, migrate};
use zhucan::platform::files::{FileDesk, PdfWorker, Vault};
use zhucan::platform::print::Press;
use zhucan::platform::settings::Settings;
use zhucan::platform::wechat::{Secret, Timeouts, WeChat, WeChatApp};

const CALLERS: usize = 16;
const CALLS: usize = 4_000;

fn main() {
    actix_web::rt::System::new().block_on(async {
        println!("{:<52}{:>10}{:>10}{:>10}{:>9}", "", "p50 µs", "p99 µs", "calls/s", "ratio");
        let bare = bare().await;
        reads(bare).await;
        for (label, batch) in [("durable submit, 64 callers, group commit", 256), ("durable submit, 64 callers, one by one", 1)] {
            let folder = tempfile::tempdir().unwrap();
            let app = app(folder.path(), Bounds { batch, ..Bounds::default() }).await;
            row(label, plain::submits(&app, 64, 20).await, bare);
        }
    });
    started();
}

/// Sorted latencies and the time that all took.
type Run = (Vec<Duration>, Duration);

fn row(label: &str, (mut each, all): Run, bare_p50: f64) -> f64 {
    each.sort();
    let at = |share: usize| each[(each.len() * share / 100).min(each.len() - 1)].as_secs_f64() * 1e6;
    let rate = each.len() as f64 / all.as_secs_f64();
    let p50 = at(50);
    println!("{label:<52}{p50:>10.0}{:>10.0}{rate:>10.0}{:>9.1}", at(99), if bare_p50 > 0.0 { p50 / bare_p50 } else { 1.0 });
    p50
}

async fn load(url: &str, token: &str) -> Run {
    let http = reqwest::Client::new();
    let begun = Instant::now();
    let callers = (0..CALLERS).map(|_| async {
        let mut each = Vec::with_capacity(CALLS / CALLERS);
        for _ in 0..CALLS / CALLERS {
            let call = Instant::now();
            let answer = http.get(url).bearer_auth(token).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
            answer.bytes().await.unwrap();
            each.push(call.elapsed());
        }
        each
    });
    let each = join_all(callers).await.concat();
    (each, begun.elapsed())
}

async fn bare() -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let hello = || Actix::new().route("/", web::get().to(|| async { HttpResponse::Ok().body("hello") }));
    let server = HttpServer::new(hello).workers(2).listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let p50 = row("a bare actix handler", load(&url, "-").await, 0.0);
    handle.stop(false).await;
    p50
}

async fn app(folder: &Path, bounds: Bounds) -> App {
    let clock = Clock::system();
    let at = clock.clone();
    let program =
        WeChatApp { appid: cast::APPID.into(), secret: Secret::new(cast::SECRET), base_url: "http://127.0.0.1:9".into() };
    let app = App::new(Tools {
        db: Db::open(&format!("sqlite://{}", folder.join("bench.db").display()), bounds).unwrap(),
        wechat: vec![WeChat::new(program, Timeouts::default(), Arc::new(move || at.now_ms())).unwrap()],
        callbacks: Vec::new(),
        sms: None,
        clock,
        keys: Arc::new(Keyring::generate().unwrap()),
        vault: Vault::in_folder(&folder.join("papers")).unwrap(),
        papers: FileDesk::new(PdfWorker::new(env!("CARGO_BIN_EXE_zhucan").into())),
        press: Press::default(),
        settings: Settings { public_url: "http://bench".to_owned(), demo: false, templates: Vec::new(), min_client: None },
    });
    migrate::up(&app.db).await.unwrap();
    county::lay(&app).await;
    app
}

/// The two reads of the program itself, on a case that a whole journey made and on a queue of 200 000.
async fn reads(bare: f64) {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), &[]);
    let walked = program::run(&["demo", "walk", "certificate-renewal"], &demo.data);
    assert!(walked.well, "{}", walked.text);
    let case = walked.text.split("/api/v1/cases/").nth(1).unwrap()[..36].to_owned();
    let resident = resident(&demo, "zhao-tiezhu").await;
    row("a case with its timeline, signed in", load(&format!("{}/api/v1/cases/{case}", demo.base), &resident).await, bare);

    assert!(demo.stop());
    let db = Db::open(&format!("sqlite://{}", folder.path().join("zhucan.db").display()), Bounds::default()).unwrap();
    let journey = case.replace('-', "");
    db.write(move |c| {
        // Copies of the journey's case, each waiting at the town; what a queue page reads is all there.
        c.batch_execute(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) \
             INSERT INTO cases (id, number, service, kind, period, county, area, person_id, applicant_id, filed_by, channel, policy_id, state, \
             version, chain_at, desk, desk_area, desk_point, resume_state, claimed_by, claim_until, submitted_at, state_since, due_at, \
             days_left, alarm_at, ended_at, live_key, data_key, head, events, created_at) \
             SELECT randomblob(16), 'B' || i, service, kind, period, county, area, person_id, applicant_id, filed_by, \
             channel, policy_id, 'submitted', 1, 0, 'town', '990101100000', NULL, NULL, NULL, NULL, 1700000000000 + i * 1000, \
             1700000000000, NULL, NULL, NULL, NULL, NULL, data_key, head, events, created_at FROM cases, n WHERE cases.id = x'{journey}'",
        ))?;
        Ok(())
    })
    .await
    .unwrap();
    db.close();
    let demo = Demo::start(folder.path(), &[]);
    let town = worker(&demo, "town").await;
    let url = format!("{}/api/v1/staff/queue?limit=20", demo.base);
    row("a queue page of 20 from 200 000 cases", load(&url, &town).await, bare);
    assert!(demo.stop());
}

/// The access token of a resident of the demo.
async fn resident(demo: &Demo, handle: &str) -> String {
    let code = reqwest::get(format!("{}/__fake/login-code?user={handle}", demo.wechat)).await.unwrap();
    sign_in(demo, "wechat", &code.json().await.unwrap()).await
}

/// The access token of a worker of the demo.
async fn worker(demo: &Demo, username: &str) -> String {
    // A one-time code serves once.
    let move_on = reqwest::Client::new().post(format!("{}/demo/clock", demo.base));
    move_on.json(&json!({ "forward_ms": 31_000 })).send().await.unwrap();
    let code: Value = reqwest::get(format!("{}/demo/totp/{username}", demo.base)).await.unwrap().json().await.unwrap();
    let body = json!({ "username": username, "password": "demo-only-password", "totp": code["data"]["code"] });
    sign_in(demo, "staff", &body).await
}

async fn sign_in(demo: &Demo, way: &str, body: &Value) -> String {
    let call = reqwest::Client::new().post(format!("{}/api/v1/auth/{way}/login", demo.base)).json(body);
    let answer: Value = call.send().await.unwrap().json().await.unwrap();
    answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The product itself: how long until it is ready, and how much memory it then holds.
fn started() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_zhucan");
    let data = folder.path().to_str().unwrap().to_owned();
    let made = Command::new(program).args(["keys", "generate", "--data", &data]).stdout(Stdio::null()).status().unwrap();
    assert!(made.success());
    for label in ["first start of serve (migrates)", "second start of serve"] {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args([
                "serve",
                "--data",
                &data,
                "--listen",
                &listen,
                "--metrics-listen",
                "127.0.0.1:0",
                "--public-url",
                "http://bench",
            ])
            .args(["--drain-seconds", "0"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !ready(&listen) {
            assert!(begun.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = begun.elapsed();
        std::thread::sleep(Duration::from_secs(1));
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let memory = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("?").trim().to_owned();
        println!("{label:<52}{:>7} ms to ready, {memory} idle", took.as_millis());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// The readiness probe answers 200: listening alone says nothing.
fn ready(address: &str) -> bool {
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}
