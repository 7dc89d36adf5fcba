//! A small instance for this folder's tests: a fresh SQLite file, a clock that stands, keys of its own.
#![allow(clippy::unwrap_used)]

use std::ops::Deref;
use std::sync::Arc;

use diesel::prelude::*;

use crate::platform::app::{App, Tools};
use crate::platform::clock::Clock;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::{AnyConn, Bounds, Db, migrate};
use crate::platform::id::Id;
use crate::platform::settings::Settings;
use crate::rules::identity::CitizenId;

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

diesel::table! {
    persons (id) {
        id -> Binary,
        county -> Text,
        area -> Text,
        name -> Binary,
        name_masked -> Text,
        id_number -> Binary,
        id_hash -> Binary,
        birth_date -> Binary,
        sex -> Text,
        phone_hash -> Nullable<Binary>,
        updated_at -> BigInt,
    }
}

impl Bench {
    /// Records a person.
    pub async fn person(&self, name: &str, id_number: &CitizenId, phone: &str, area: &str) -> Id {
        use persons::dsl as p;
        let id = self.clock.id();
        let name_sealed = self.keys.seal_text(&Place::new("persons", "name", id.as_bytes()), name).unwrap();
        let id_hash = self.keys.lookup_hash("id_number", id_number.reveal()).to_vec();
        let phone_hash = self.keys.lookup_hash("phone", phone).to_vec();
        let area = area.to_owned();
        let insert = move |c: &mut AnyConn| {
            let nothing = Vec::<u8>::new();
            let row = (
                (p::id.eq(id), p::county.eq("110105000000"), p::area.eq(&area), p::name.eq(&name_sealed), p::name_masked.eq("王*")),
                (p::id_number.eq(&nothing), p::id_hash.eq(&id_hash), p::birth_date.eq(&nothing), p::sex.eq("male")),
                (p::phone_hash.eq(&phone_hash), p::updated_at.eq(0)),
            );
            diesel::insert_into(p::persons).values(row).execute(c)?;
            Ok(())
        };
        self.db.write(insert).await.unwrap();
        id
    }
}
