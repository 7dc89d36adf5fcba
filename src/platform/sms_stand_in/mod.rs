//! A labelled local stand-in for Tencent Cloud SMS: our reading of its documentation; proves our behaviour, not Tencent's.
//!
//! It checks the signature of each call for real, remembers every message instead of sending it, and breaks on request.
//! Every answer carries `X-Zhucan-Stand-In: sms`. It listens on this machine only, because anybody who reaches `/__fake/`
//! may do anything. `curl 'http://127.0.0.1:PORT/__fake/last?phone=NUMBER'` shows the last message to a number.

mod signature;
mod rules;
mod admin;

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::dev::Server;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};
use serde::{Deserialize, Serialize};

use crate::platform::sms::{Secret, SmsAccount, USUAL_REGION};

/// Milliseconds since the Unix epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

const SECRET_ID: &str = "AKIDstandin0000000000000000000000000";
const SECRET_KEY: &str = "secret-known-to-the-stand-in-only";
const APP_ID: &str = "1400000000";
const SIGN_NAME: &str = "助残演示";
const SIGN_IN: (&str, &str) = ("1000001", "{1}为您的登录验证码，请于{2}分钟内填写，请勿告诉他人。");
const PROGRESS: (&str, &str) = ("1000002", "您的{1}有新进展：{2}。请打开小程序或联系残联查看。");

/// The account that the stand-in knows, at this address.
pub fn account(base_url: &str) -> SmsAccount {
    SmsAccount {
        secret_id: SECRET_ID.to_owned(),
        secret_key: Secret::new(SECRET_KEY),
        app_id: APP_ID.to_owned(),
        sign_name: SIGN_NAME.to_owned(),
        sign_in_template: SIGN_IN.0.to_owned(),
        progress_template: PROGRESS.0.to_owned(),
        region: USUAL_REGION.to_owned(),
        base_url: base_url.to_owned(),
    }
}

/// One message that reached its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Eleven digits.
    pub phone: String,
    pub template: String,
    pub values: Vec<String>,
    /// As the phone shows it.
    pub text: String,
    /// Milliseconds on the stand-in's clock.
    pub at: i64,
}

/// What goes wrong with a call. In JSON: `{"mode":"hang_ms","value":500}`, `{"mode":"http_502"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", content = "value", rename_all = "snake_case")]
pub enum FaultMode {
    /// That code for the number; nothing was sent.
    Code(String),
    /// A gateway's page; nothing was sent.
    #[serde(rename = "http_502")]
    Http502,
    /// The message is sent, and the answer comes that many milliseconds later.
    HangMs(u64),
    /// The message is sent, then the connection is cut.
    DropAfterProcessing,
    /// HTML with status 200; nothing was sent.
    Garbage,
    /// A mebibyte of JSON; nothing was sent.
    Huge,
}

/// The stand-in's memory, for its server and for tests in the same process.
#[derive(Clone)]
pub struct Shared {
    now: Now,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    delivered: Vec<Delivered>,
    faults: Vec<(u32, FaultMode)>,
    calls: usize,
    /// The code of each refusal so far.
    refused: Vec<String>,
}

impl Shared {
    pub fn new(now: Now) -> Shared {
        Shared { now, memory: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders a fault for the next `next` calls.
    pub fn set_fault(&self, next: u32, mode: FaultMode) {
        self.lock().faults.push((next, mode));
    }

    /// Cancels all ordered faults.
    pub fn end_faults(&self) {
        self.lock().faults.clear();
    }

    /// Every message so far, in order.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.lock().delivered.clone()
    }

    /// The last message to a number.
    pub fn last_to(&self, phone: &str) -> Option<Delivered> {
        self.lock().delivered.iter().rev().find(|message| message.phone == phone).cloned()
    }

    /// How many calls arrived, broken ones included.
    pub fn calls(&self) -> usize {
        self.lock().calls
    }

    /// The codes with which calls were refused by the rules.
    pub fn refused(&self) -> Vec<String> {
        self.lock().refused.clone()
    }
}

/// Serves on the listener until the returned server is stopped or dropped.
///
/// # Errors
/// `PermissionDenied` when the listener can be reached from other machines; else the system's own.
pub fn start(listener: TcpListener, shared: Shared) -> io::Result<Server> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the SMS stand-in listens on 127.0.0.1 only"));
    }
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(shared.clone()))
            .wrap(DefaultHeaders::new().add(("X-Zhucan-Stand-In", "sms")))
            .route("/", web::post().to(rules::send_sms))
            .service(web::scope("/__fake").configure(admin::mount))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}
