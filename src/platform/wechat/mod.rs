//! Talks to WeChat's server API for one mini-program: sign-in codes, phone codes, subscribe messages, pushed events.

mod fault;
mod call;
mod callback;
mod phone;
mod push_event;
mod session;
mod subscribe;
mod template_field;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use super::secret::Secret;
pub use callback::{Callback, CallbackFault, SealedReply, is_fresh};
pub use fault::WeChatFault;
pub use phone::PhoneInfo;
pub use push_event::{Push, PushEvent};
pub use session::SessionIdentity;
pub use subscribe::MiniProgramState;
pub use template_field::{FieldFault, fit};

use super::outgoing;
use token::Tokens;

/// Where WeChat itself answers; a local stand-in has another base URL.
pub const WECHAT_BASE_URL: &str = "https://api.weixin.qq.com";

/// The clock as this client needs it: milliseconds since the Unix epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// One mini-program's identity at WeChat.
#[derive(Clone, Debug)]
pub struct WeChatApp {
    /// `wx` and 16 hexadecimal digits.
    pub appid: String,
    /// The AppSecret.
    pub secret: Secret,
    /// Scheme and host without a trailing slash, normally [`WECHAT_BASE_URL`].
    pub base_url: String,
}

/// How long one call may take. The sums stay under the ten seconds that a resident is asked to wait.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the connection, name look-up and TLS included.
    pub connect: Duration,
    /// For one whole code or token exchange.
    pub exchange: Duration,
    /// For one whole message send, which no resident waits for.
    pub send: Duration,
    /// Between the first and the second try for an access token.
    pub token_pause: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            exchange: Duration::from_secs(3),
            send: Duration::from_secs(5),
            token_pause: Duration::from_millis(200),
        }
    }
}

/// The client of one mini-program. Share one instance (behind an `Arc`): it holds the access token and its single flight.
pub struct WeChat {
    app: WeChatApp,
    http: reqwest::Client,
    timeouts: Timeouts,
    tokens: Tokens,
    now: Now,
}

impl WeChat {
    /// Builds the HTTP client.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(app: WeChatApp, timeouts: Timeouts, now: Now) -> Result<Self, reqwest::Error> {
        let http = outgoing::client(timeouts.connect)?;
        Ok(Self { app, http, timeouts, tokens: Tokens::default(), now })
    }

    /// The appid that this client speaks for.
    pub fn appid(&self) -> &str {
        &self.app.appid
    }
}

impl fmt::Debug for WeChat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WeChat").field("app", &self.app).finish_non_exhaustive()
    }
}
