//! What every handler and job works with: database, clock, keys, files, WeChat, SMS, settings.

use std::ops::Deref;
use std::sync::Arc;

use super::clock::Clock;
use super::crypto::Keyring;
use super::db::Db;
use super::files::{FileDesk, Vault};
use super::print::Press;
use super::settings::Settings;
use super::sms::Sms;
use super::wechat::{Callback, WeChat};

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
    pub press: Press,
    pub settings: Settings,
    /// The mini-programs that may sign in here; the first is the usual one.
    pub wechat: Vec<WeChat>,
    /// What WeChat may push to us, for each mini-program that was set up for it.
    pub callbacks: Vec<Callback>,
    /// Text messages, when the operator set them up.
    pub sms: Option<Sms>,
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

impl Tools {
    /// The client of a mini-program; of the usual one when none is named.
    pub fn mini_program(&self, appid: Option<&str>) -> Option<&WeChat> {
        match appid {
            Some(appid) => self.wechat.iter().find(|w| w.appid() == appid),
            None => self.wechat.first(),
        }
    }
}
