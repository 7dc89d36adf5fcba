//! A small instance for the demo's own tests: a fresh SQLite file, a clock that stands, keys of its own.
#![allow(clippy::unwrap_used)]

use std::ops::Deref;

use zhucan::entry::cli::place::{self, Outside, Place};
use zhucan::platform::app::App;
use zhucan::platform::clock::Clock;
use zhucan::platform::crypto::Keyring;
use zhucan::platform::db::Bounds;
use zhucan::platform::settings::Settings;
use zhucan::rules::moments::Moment;

/// The instance; its folder goes with it.
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

/// A fresh instance at noon of 2 March 2026, without WeChat.
pub async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::folder(folder.path().to_owned());
    let db = place.open_database(Bounds::default()).unwrap();
    place::migrate(&db).await.unwrap();
    let settings = Settings { public_url: "https://zhucan.test".into(), demo: true, templates: Vec::new(), min_client: None };
    let clock = Clock::standing_at(Moment::of_ms(1_772_424_000_000));
    let app = place.app(db, clock, Keyring::generate().unwrap(), settings, Outside::default()).unwrap();
    Bench { app, _folder: folder }
}
