//! What it costs, in one run beside a bare handler: read ratios, not absolute times; the load generator shares the machine.
//!
//! `cargo bench` prints: an authenticated case with its timeline, a queue page of 20 from 200 000 cases, durable submits at
//! 64 callers with and without group commit, idle memory and start time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod plain;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
#[path = "../src/demo/mod.rs"]
#[allow(dead_code, unused_imports)]
mod demo;

use crate::demo::walks::{self, Walker};
use crate::demo::{cast, province, shop};
use zhucan::entry::server::{self, Options};
use zhucan::office::accounts::Rates;
use zhucan::platform::app::{App, Tools};
use zhucan::platform::clock::Clock;
use zhucan::platform::crypto::Keyring;
use zhucan::platform::db::{Bounds, Db, migrate};
use zhucan::platform::files::{FileDesk, PdfWorker, Vault};
use zhucan::platform::print::Press;
use zhucan::platform::settings::Settings;
use zhucan::platform::wechat::{Secret, Timeouts, WeChat, WeChatApp};
use zhucan::platform::wechat_stand_in::{self, Shared};
use zhucan::rules::calendar::beijing_date;

const CALLERS: usize = 16;
const CALLS: usize = 4_000;

fn main() {
    actix_web::rt::System::new().block_on(async {
        println!("{:<52}{:>10}{:>10}{:>10}{:>9}", "", "p50 µs", "p99 µs", "calls/s", "ratio");
        let bare = bare().await;
        reads(bare).await;
        for (label, batch) in [("durable submit, 64 callers, group commit", 256), ("durable submit, 64 callers, one by one", 1)] {
            let folder = tempfile::tempdir().unwrap();
            let app = app(folder.path(), Bounds { batch, ..Bounds::default() }, "http://127.0.0.1:9").await;
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

async fn app(folder: &Path, bounds: Bounds, wechat: &str) -> App {
    let clock = Clock::system();
    let at = clock.clone();
    let program = WeChatApp { appid: cast::APPID.into(), secret: Secret::new(cast::SECRET), base_url: wechat.into() };
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
        settings: Settings { public_url: "http://bench".to_owned(), demo: true, templates: Vec::new(), min_client: None },
    });
    migrate::up(&app.db).await.unwrap();
    let now = app.clock.now_ms();
    province::ground(&app, beijing_date(now), now).await.unwrap();
    app
}

/// The two reads, on a case that a whole journey made and on a queue of 200 000.
async fn reads(bare: f64) {
    let folder = tempfile::tempdir().unwrap();
    let wechat_listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let wechat = format!("http://{}", wechat_listener.local_addr().unwrap());
    let app = app(folder.path(), Bounds::default(), &wechat).await;
    let at = app.clock.clone();
    let stand_in = Shared::new(Arc::new(move || at.now_ms()));
    cast::introduce(&stand_in);
    cast::load(&app, &stand_in).await.unwrap();
    shop::open(&app).await.unwrap();
    actix_web::rt::spawn(wechat_stand_in::start(wechat_listener, stand_in).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let rates = Rates { residents_per_minute: 100_000, workers_per_minute: 100_000, ..Rates::default() };
    let server = server::start(app.clone(), listener, Options { workers: 2, rates, ..Options::default() }).unwrap();
    let mut walker = Walker::new(&base, &wechat, false);
    walks::take(&mut walker, "certificate-renewal").await.unwrap_or_else(|stop| panic!("{}", stop.0));

    let resident = walker.resident("zhao-tiezhu").await.unwrap_or_else(|stop| panic!("{}", stop.0));
    let cases = walker.get(&resident, "/cases").await.unwrap_or_else(|stop| panic!("{}", stop.0));
    let case = cases["items"][0]["summary"]["id"].as_str().or(cases["items"][0]["id"].as_str()).unwrap().to_owned();
    let url = format!("{base}/api/v1/cases/{case}");
    row("a case with its timeline, signed in", load(&url, resident.token()).await, bare);

    app.db
        .write(|c| {
            // Copies of the journey's case, each waiting at the town; what a queue page reads is all there.
            c.batch_execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) \
                 INSERT INTO cases SELECT randomblob(16), 'B' || i, service, kind, period, county, area, person_id, applicant_id, filed_by, \
                 channel, policy_id, 'submitted', 1, 0, 'town', '990101100000', NULL, NULL, NULL, NULL, 1700000000000 + i * 1000, \
                 1700000000000, NULL, NULL, NULL, NULL, NULL, data_key, head, events, created_at FROM cases, n WHERE cases.number NOT LIKE 'B%'",
            )?;
            Ok(())
        })
        .await
        .unwrap();
    let town = walker.worker("town").await.unwrap_or_else(|stop| panic!("{}", stop.0));
    let url = format!("{base}/api/v1/staff/queue?limit=20");
    row("a queue page of 20 from 200 000 cases", load(&url, town.token()).await, bare);
    server.drain().await;
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
