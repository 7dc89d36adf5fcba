//! A labelled local stand-in for WeChat's server: our reading of WeChat's documentation; proves our behaviour, not WeChat's.
//!
//! Same paths, codes and rules as far as our client uses them, on a clock that can be moved, with faults on request. Every answer
//! carries `X-Zhucan-Stand-In: wechat`. It listens on this machine only, because anybody who reaches `/__fake/` may do anything.
//! `curl 'http://127.0.0.1:PORT/__fake/login-code?user=NAME'` gives a fresh sign-in code.

mod issued; // what it hands out, and how it fails
mod state;
mod exchange;
mod tokens;
mod codes;
mod admin;
mod field_rules;
mod messages;

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::dev::Server;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};
use serde_json::Value;

pub use issued::FaultMode;
pub use state::{Call, LOGIN_CODE_LIFE_MS, NewUser, Sent};

use state::State;

/// Milliseconds since the Unix epoch; the stand-in adds what `/__fake/clock/advance` moved it by.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A user or an app that was not added to the stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stand-in knows no such user or app")]
pub struct NotKnown;

/// The stand-in's memory, for its server and for tests in the same process.
#[derive(Clone)]
pub struct Shared {
    state: Arc<Mutex<State>>,
}

impl Shared {
    /// An empty WeChat: no app, no user, no template.
    pub fn new(now: Now) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(now))) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a mini-program.
    pub fn add_app(&self, appid: &str, secret: &str) {
        self.lock().add_app(appid, secret);
    }

    /// Freezes or thaws an app's secret (40243).
    pub fn freeze_secret(&self, appid: &str, frozen: bool) {
        self.lock().freeze_secret(appid, frozen);
    }

    /// Adds a user, or changes the one of that name.
    pub fn add_user(&self, user: NewUser) {
        self.lock().add_user(user);
    }

    /// The user's openid in one app, the same for ever.
    pub fn openid_of(&self, appid: &str, user: &str) -> String {
        state::openid_of(appid, user)
    }

    /// A fresh `wx.login` code: five minutes, once.
    ///
    /// # Errors
    /// [`NotKnown`].
    pub fn issue_login_code(&self, appid: &str, user: &str) -> Result<String, NotKnown> {
        self.lock().issue_code(issued::Kind::Login, appid, user)
    }

    /// A fresh phone-number code: five minutes, once.
    ///
    /// # Errors
    /// [`NotKnown`].
    pub fn issue_phone_code(&self, appid: &str, user: &str) -> Result<String, NotKnown> {
        self.lock().issue_code(issued::Kind::Phone, appid, user)
    }

    /// Makes a template id known without giving anybody a message.
    pub fn add_template(&self, template_id: &str) {
        self.lock().add_template(template_id);
    }

    /// Lets `user` be sent that many messages of a template, which becomes known by it; 0 takes all away.
    pub fn grant_credit(&self, appid: &str, user: &str, template_id: &str, messages: u32) {
        self.lock().grant(appid, user, template_id, messages);
    }

    /// What is left of [`Self::grant_credit`].
    pub fn credit_left(&self, appid: &str, user: &str, template_id: &str) -> u32 {
        self.lock().credit(&state::openid_of(appid, user), template_id)
    }

    /// Orders a fault for the next `next` calls to `endpoint` (a path, or `*`).
    pub fn set_fault(&self, endpoint: &str, next: u32, mode: FaultMode) {
        self.lock().set_fault(endpoint, next, mode);
    }

    /// Moves the stand-in's clock forward (or back).
    pub fn advance_ms(&self, by: i64) {
        self.lock().advance(by);
    }

    /// Every call to WeChat's paths so far, in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// How many calls one path got.
    pub fn calls_to(&self, path: &str) -> usize {
        self.lock().calls.iter().filter(|call| call.path == path).count()
    }

    /// Every message that reached a user.
    pub fn sent(&self) -> Vec<Sent> {
        self.lock().sent.clone()
    }
}

/// Serves on the listener until the returned server is stopped or dropped.
///
/// # Errors
/// `PermissionDenied` when the listener can be reached from other machines; else the system's own.
pub fn start(listener: TcpListener, state: Shared) -> io::Result<Server> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the WeChat stand-in listens on 127.0.0.1 only"));
    }
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(state.clone()))
            .wrap(DefaultHeaders::new().add(("X-Zhucan-Stand-In", "wechat")))
            .route("/sns/jscode2session", web::get().to(codes::jscode2session))
            .route("/wxa/business/getuserphonenumber", web::post().to(codes::getuserphonenumber))
            .route("/cgi-bin/stable_token", web::post().to(tokens::stable_token))
            .route("/cgi-bin/stable_token", web::route().to(tokens::must_be_post))
            .route("/cgi-bin/token", web::get().to(tokens::token))
            .route("/cgi-bin/message/subscribe/send", web::post().to(messages::send))
            .route("/wxa/msg_sec_check", web::post().to(messages::msg_sec_check))
            .service(web::scope("/__fake").configure(admin::mount))
            .default_service(web::to(exchange::no_such_path))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

/// A JSON body as WeChat takes it: whatever is no object counts as an empty one.
fn object(body: &web::Bytes) -> serde_json::Map<String, Value> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    }
}
