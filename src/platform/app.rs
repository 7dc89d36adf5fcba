//! What every handler and job works with: database, clock, keys, files, WeChat, settings.

use std::ops::Deref;
use std::sync::Arc;

use super::clock::Clock;
use super::crypto::Keyring;
use super::db::Db;
use super::files::{FileDesk, Vault};
use super::settings::Settings;

/// The tools of one running instance; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Tools>);

/// See [`App`].
pub struct Tools {
    pub db: Db,
    pub clock: Clock,
    pub keys: Arc<Keyring>,
    pub vault: Vault,
    pub papers: FileDesk,
    pub settings: Settings,
}

impl App {
    pub fn new(tools: Tools) -> App {
        App(Arc::new(tools))
    }
}

impl Deref for App {
    type Target = Tools;

    fn deref(&self) -> &Tools {
        &self.0
    }
}
