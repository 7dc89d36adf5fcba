//! The world of one story: a fresh database, the product's own server, a clock that stands still, a client that checks.

pub mod client;
mod cluster;
pub mod grounds;
mod people;

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use zhucan::entry::server::{self, Options, Server};
use zhucan::platform::app::{App, Tools};
use zhucan::platform::clock::Clock;
use zhucan::platform::crypto::Keyring;
use zhucan::platform::db::{Bounds, Db};
use zhucan::platform::files::{FileDesk, PdfWorker, Vault};
use zhucan::platform::settings::Settings;

use crate::registry::Story;

/// A Tuesday in term time: 10 March 2026, nine o'clock in Beijing.
pub const MORNING_MS: i64 = 1_773_104_400_000;

/// On which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// See the file's first line; clones are the same world.
#[derive(Clone)]
pub struct World {
    pub app: App,
    pub kind: Kind,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    http: reqwest::Client,
    folder: Arc<tempfile::TempDir>,
}

/// Runs one story and ends its world, whatever became of it.
pub fn run(kind: Kind, story: Story) {
    actix_web::rt::System::new().block_on(async move {
        let (world, server) = World::begin(kind).await;
        let told = AssertUnwindSafe(story(world.clone())).catch_unwind().await;
        // Idle connections of the client would otherwise be waited for.
        drop(world);
        server.drain().await;
        if let Err(panic) = told {
            resume_unwind(panic);
        }
    });
}

impl World {
    async fn begin(kind: Kind) -> (World, Server) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let app = open(kind, &folder, Bounds { connections: 4, ..Bounds::default() }, false);
        let (base, server) = serve(&app, Duration::ZERO);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        (World { app, kind, base, http, folder }, server)
    }

    /// Another fresh database of the same kind, with its own bounds.
    pub fn another_database(&self, bounds: Bounds) -> Db {
        Db::open(&grounds::fresh_database(self.kind, self.folder.path()), bounds).unwrap()
    }

    /// A demo server on a database of its own, which waits `pause` before it stops listening.
    pub fn demo_server(&self, pause: Duration) -> (App, String, Server) {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let app = open(self.kind, &folder, Bounds::default(), true);
        // The world's folder holds it and goes later.
        let _ = folder.keep();
        let (base, server) = serve(&app, pause);
        (app, base, server)
    }
}

fn open(kind: Kind, folder: &tempfile::TempDir, bounds: Bounds, demo: bool) -> App {
    App::new(Tools {
        db: Db::open(&grounds::fresh_database(kind, folder.path()), bounds).unwrap(),
        clock: Clock::standing_at(MORNING_MS),
        keys: Arc::new(Keyring::generate().unwrap()),
        vault: Vault::in_folder(&folder.path().join("papers")).unwrap(),
        papers: FileDesk::new(PdfWorker::new(env!("CARGO_BIN_EXE_zhucan").into())),
        settings: Settings { public_url: "http://zhucan.test".to_owned(), demo, templates: Vec::new() },
    })
}

fn serve(app: &App, pause: Duration) -> (String, Server) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server::start(app.clone(), listener, Options { workers: 1, pause, ..Options::default() }).unwrap();
    (format!("http://{}", server.address()), server)
}
