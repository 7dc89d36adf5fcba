//! A small instance for this folder's tests: a fresh SQLite file, a clock that stands, keys of its own.
#![allow(clippy::unwrap_used)]

use std::ops::Deref;
use std::sync::Arc;

use crate::platform::app::{App, Tools};
use crate::platform::clock::Clock;
use crate::platform::crypto::Keyring;
use crate::platform::db::{Bounds, Db, migrate};
use crate::platform::settings::Settings;

/// The instance; its file goes with it.
pub struct Bench {
    app: App,
    _folder: tempfile::TempDir,
}

impl Deref for Bench {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// A fresh instance at noon of 2 March 2026.
pub async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}", folder.path().join("t.db").display()), Bounds::default()).unwrap();
    migrate::up(&db).await.unwrap();
    let app = App::new(Tools {
        db,
        clock: Clock::standing_at(1_772_424_000_000),
        keys: Arc::new(Keyring::generate().unwrap()),
        settings: Settings { public_url: "https://zhucan.test".into(), demo: false, templates: Vec::new() },
        wechat: Vec::new(),
    });
    Bench { app, _folder: folder }
}
