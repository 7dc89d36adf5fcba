//! The world of one story: a fresh database with an invented county and its cast, the product's own server, a clock that stands
//! still, the local stand-in for WeChat, and a client that checks.

pub mod cast;
pub mod client;
mod cluster;
pub mod county;
pub mod grounds;
pub mod people;
pub mod program;
pub mod proxy;
pub mod renewal;

use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use futures_util::FutureExt;
use zhucan::entry::server::{self, Options, Server};
use zhucan::entry::worker;
use zhucan::office::accounts::Rates;
use zhucan::office::cases::service::Services;
use zhucan::platform::app::{App, Tools};
use zhucan::platform::clock::Clock;
use zhucan::platform::db::{Bounds, Db};
use zhucan::platform::files::{FileDesk, PdfWorker, Vault};
use zhucan::platform::print::Press;
use zhucan::platform::settings::Settings;
use zhucan::platform::sms::{self, Sms};
use zhucan::platform::sms_stand_in;
use zhucan::platform::wechat::{Callback, Secret, Timeouts, WeChat, WeChatApp};
use zhucan::platform::wechat_stand_in::{self, Shared};
use zhucan::rules::moments::Moment;
use zhucan::services;

use crate::registry::Story;

/// A Tuesday in term time: 10 March 2026, nine o'clock in Beijing.
pub const MORNING_MS: i64 = 1_773_104_400_000;

/// On which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Everything that one story works with. Clones share the same server, database and clock.
#[derive(Clone)]
pub struct World {
    pub app: App,
    pub kind: Kind,
    /// The URL of its database.
    pub database: String,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// The stand-in's memory: codes to sign in with, messages sent, faults to order.
    pub wechat: Shared,
    /// Where the stand-in answers.
    pub wechat_address: String,
    /// The memory of the stand-in for SMS: messages sent, faults to order.
    pub sms: sms_stand_in::Shared,
    sms_address: String,
    http: reqwest::Client,
    folder: Arc<tempfile::TempDir>,
    /// What its server offers.
    pub services: Services,
}

/// Runs one story, then stops its servers, also when the story has failed.
pub fn run(kind: Kind, story: Story) {
    actix_web::rt::System::new().block_on(async move {
        let (world, server, stand_ins) = World::begin(kind).await;
        let told = AssertUnwindSafe(story(world.clone())).catch_unwind().await;
        // The client's idle connections would keep the server from draining.
        drop(world);
        server.drain().await;
        for stand_in in stand_ins {
            stand_in.stop(false).await;
        }
        if let Err(panic) = told {
            resume_unwind(panic);
        }
    });
}

impl World {
    async fn begin(kind: Kind) -> (World, Server, [ServerHandle; 2]) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Clock::standing_at(Moment::of_ms(MORNING_MS));
        let (wechat, address, stand_in) = stand_in(&clock);
        let (sms, sms_address, sms_handle) = sms_stand_in(&clock);
        let bounds = Bounds { connections: 4, ..Bounds::default() };
        let database = grounds::fresh_database(kind, folder.path());
        let app = app(&database, folder.path(), bounds, clock, Outside { wechat: &address, sms: &sms_address });
        let (base, server) = serve(&app, Duration::ZERO, false);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let services = services::all();
        let world =
            World { app, kind, database, base, wechat, wechat_address: address, sms, sms_address, http, folder, services };
        (world, server, [stand_in, sms_handle])
    }

    fn outside(&self) -> Outside<'_> {
        Outside { wechat: &self.wechat_address, sms: &self.sms_address }
    }

    /// Another fresh database of the same kind, with its own bounds.
    pub fn another_database(&self, bounds: Bounds) -> Db {
        Db::open(&grounds::fresh_database(self.kind, self.folder.path()), bounds).unwrap()
    }

    /// A second instance on the same database, with the same folder and clock; its server is to be drained.
    pub fn second_instance(&self) -> (World, Server) {
        let bounds = Bounds { connections: 4, ..Bounds::default() };
        let clock = self.app.clock.clone();
        let outside = self.outside();
        let app = app(&self.database, self.folder.path(), bounds, clock, outside);
        let (base, server) = serve(&app, Duration::ZERO, false);
        (World { app, base, ..self.clone() }, server)
    }

    /// A server with its worker on a database of its own, which waits `pause` before it stops listening.
    pub fn slow_to_stop(&self, pause: Duration) -> (String, Server) {
        let database = grounds::fresh_database(self.kind, self.folder.path());
        let outside = self.outside();
        let app = app(&database, self.folder.path(), Bounds::default(), self.app.clock.clone(), outside);
        serve(&app, pause, true)
    }

    /// A server of another registry on a database of its own, and the same world before it; the server is to be drained.
    pub fn offering(&self, services: &Services) -> (World, Server) {
        let bounds = Bounds { connections: 4, ..Bounds::default() };
        let database = grounds::fresh_database(self.kind, self.folder.path());
        let outside = self.outside();
        let app = app(&database, self.folder.path(), bounds, self.app.clock.clone(), outside);
        let (base, server) = serve_all(&app, services, Duration::ZERO, false);
        (World { app, base, database, services: services.clone(), ..self.clone() }, server)
    }

    /// Its services are the product's.
    fn offers_what_the_document_tells(&self) -> bool {
        self.services.all().map(|service| service.code()).eq(services::all().all().map(|service| service.code()))
    }

    /// The same client, which calls another server.
    pub fn before(&self, base: &str) -> World {
        World { base: base.to_owned(), ..self.clone() }
    }

    /// A server without SMS on a database of its own, and a world that calls it; the server is to be drained.
    pub fn without_sms(&self) -> (World, Server) {
        let database = grounds::fresh_database(self.kind, self.folder.path());
        let outside = Outside { sms: "", ..self.outside() };
        let app = app(&database, self.folder.path(), Bounds::default(), self.app.clock.clone(), outside);
        let (base, server) = serve(&app, Duration::ZERO, false);
        (World { app, base, ..self.clone() }, server)
    }

    /// A server on a database of its own with these bounds, and a world that calls it; the server is to be drained.
    pub fn narrow(&self, bounds: Bounds) -> (World, Server) {
        let database = grounds::fresh_database(self.kind, self.folder.path());
        let outside = self.outside();
        let app = app(&database, self.folder.path(), bounds, self.app.clock.clone(), outside);
        let (base, server) = serve(&app, Duration::ZERO, false);
        (World { app, base, ..self.clone() }, server)
    }

    /// Where the sealed papers lie.
    pub fn papers_folder(&self) -> PathBuf {
        self.folder.path().join("papers")
    }

    /// Runs rounds of the worker until nothing is due any more: effects of the outbox, and what clocks start.
    pub async fn work(&self) {
        while worker::round(&self.app, &self.services).await.unwrap() > 0 {}
    }

    /// Moves the clock forward for the server and for both stand-ins.
    pub fn pass(&self, time: Duration) {
        self.app.clock.advance_ms(i64::try_from(time.as_millis()).unwrap());
    }
}

/// Starts the local stand-in for WeChat, with the mini-program and the residents of the cast.
fn stand_in(clock: &Clock) -> (Shared, String, ServerHandle) {
    let at = clock.clone();
    let shared = Shared::new(Arc::new(move || at.now_ms()));
    cast::introduce(&shared);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = wechat_stand_in::start(listener, shared.clone()).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (shared, address, handle)
}

/// Starts the local stand-in for Tencent Cloud SMS.
fn sms_stand_in(clock: &Clock) -> (sms_stand_in::Shared, String, ServerHandle) {
    let at = clock.clone();
    let shared = sms_stand_in::Shared::new(Arc::new(move || at.now_ms()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = sms_stand_in::start(listener, shared.clone()).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (shared, address, handle)
}

/// How WeChat signs and seals what it pushes to the server of a story.
pub fn push_settings() -> Callback {
    Callback::new(Secret::new("story-push-token"), &Secret::new("A".repeat(43)), cast::APPID).unwrap()
}

/// Where the stand-ins answer.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    pub wechat: &'a str,
    /// Empty for an instance without SMS.
    pub sms: &'a str,
}

/// An instance whose keys are those of the templates.
pub fn app(database: &str, folder: &Path, bounds: Bounds, clock: Clock, outside: Outside<'_>) -> App {
    let Outside { wechat, sms } = outside;
    let program = WeChatApp { appid: cast::APPID.into(), secret: Secret::new(cast::SECRET), base_url: wechat.into() };
    let at = clock.clone();
    let then = clock.clone();
    let quick = sms::Timeouts { send: Duration::from_millis(700), ..sms::Timeouts::default() };
    App::new(Tools {
        db: Db::open(database, bounds).unwrap(),
        wechat: vec![WeChat::new(program, Timeouts::default(), Arc::new(move || at.now_ms())).unwrap()],
        callbacks: vec![push_settings()],
        sms: (!sms.is_empty()).then(|| Sms::new(sms_stand_in::account(sms), quick, Arc::new(move || then.now_ms())).unwrap()),
        clock,
        keys: grounds::keys(),
        vault: Vault::in_folder(&folder.join("papers")).unwrap(),
        papers: FileDesk::new(PdfWorker::new(env!("CARGO_BIN_EXE_zhucan").into())),
        press: Press::default(),
        settings: Settings {
            public_url: "http://zhucan.test".to_owned(),
            demo: false,
            templates: vec![("case_progress".to_owned(), cast::TEMPLATE.to_owned())],
            min_client: Some(("1.4.0".to_owned(), "小程序有新版本，请关闭后重新打开。".to_owned())),
        },
    })
}

/// Starts a server. Without `worker`, effects and clocks wait for [`World::work`]. The sign-in limits are so high that no story
/// meets them by accident.
fn serve(app: &App, pause: Duration, worker: bool) -> (String, Server) {
    serve_all(app, &services::all(), pause, worker)
}

fn serve_all(app: &App, services: &Services, pause: Duration, worker: bool) -> (String, Server) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let rates = Rates { residents_per_minute: 100_000, workers_per_minute: 100_000, ..Rates::default() };
    let services = services.clone();
    let options = Options { workers: 1, pause, rates, worker, services, ..Options::default() };
    let server = server::start(app.clone(), listener, options).unwrap();
    (format!("http://{}", server.address()), server)
}
