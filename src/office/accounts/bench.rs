//! A small instance for this folder's tests: a fresh SQLite file, a clock that stands, keys of its own.
#![allow(clippy::unwrap_used)]

use std::ops::Deref;
use std::sync::Arc;

use crate::office::people::persons::{self, NewPerson};
use crate::platform::app::{App, Tools};
use crate::platform::clock::Clock;
use crate::platform::crypto::Keyring;
use crate::platform::db::{Bounds, Db, migrate};
use crate::platform::files::{FileDesk, PdfWorker, Vault};
use crate::platform::id::Id;
use crate::platform::print::Press;
use crate::platform::settings::Settings;
use crate::platform::wechat::WeChat;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

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

/// A fresh instance at noon of 2 March 2026, without WeChat.
pub async fn bench() -> Bench {
    bench_with(|_| Vec::new()).await
}

/// A fresh instance at noon of 2 March 2026.
pub async fn bench_with(wechat: impl FnOnce(&Clock) -> Vec<WeChat>) -> Bench {
    let clock = Clock::standing_at(Moment::of_ms(1_772_424_000_000));
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}", folder.path().join("t.db").display()), Bounds::default()).unwrap();
    migrate::up(&db).await.unwrap();
    let app = App::new(Tools {
        db,
        wechat: wechat(&clock),
        callbacks: Vec::new(),
        sms: None,
        clock,
        keys: Arc::new(Keyring::generate().unwrap()),
        vault: Vault::in_folder(folder.path()).unwrap(),
        papers: FileDesk::new(PdfWorker::new("none".into())),
        press: Press::default(),
        settings: Settings { public_url: "https://zhucan.test".into(), demo: false, templates: Vec::new(), min_client: None },
    });
    Bench { app, _folder: folder }
}

impl Bench {
    /// Records a person.
    pub async fn person(&self, name: &str, id_number: &CitizenId, phone: &str, area: &str) -> Id {
        let new = NewPerson {
            id: self.clock.id(),
            area: area.parse().unwrap(),
            name: PersonName::parse(name).unwrap(),
            id_number: id_number.clone(),
            phone: Some(PhoneNumber::parse(phone).unwrap()),
            address: None,
            household: None,
            at: self.clock.now(),
        };
        let keys = self.keys.clone();
        self.db.write(move |c| persons::insert(c, &keys, &new)).await.unwrap()
    }
}
