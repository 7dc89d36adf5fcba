//! Sends text messages through Tencent Cloud SMS (API version 2021-01-11): one template, one number, one request.

mod fault;
mod signature;
mod send;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::outgoing;
pub use super::secret::Secret;
use crate::rules::coded::coded_enum;
pub use fault::SmsFault;

/// Where Tencent Cloud itself answers; a local stand-in has another base URL.
pub const TENCENT_SMS_BASE_URL: &str = "https://sms.tencentcloudapi.com";
/// The region that the API wants to be told; the messages go to the whole mainland from each.
pub const USUAL_REGION: &str = "ap-guangzhou";

/// The clock as this client needs it: milliseconds since the Unix epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

coded_enum! {
    /// One text that the provider approved.
    pub enum Template as "SmsTemplate" {
        /// Its values are digits: the code, then the minutes for which it is good.
        SignIn = "sign_in", "登录验证码";
        /// Its values are the service, then what happened.
        Progress = "progress", "办理进展";
    }
}

/// An installation's account with the provider.
#[derive(Clone, Debug)]
pub struct SmsAccount {
    /// SecretId of the API key.
    pub secret_id: String,
    /// SecretKey of the API key.
    pub secret_key: Secret,
    /// SmsSdkAppId, for example `1400006666`.
    pub app_id: String,
    /// The approved signature in front of each message, without the brackets.
    pub sign_name: String,
    /// Id of the approved template of [`Template::SignIn`].
    pub sign_in_template: String,
    /// Id of the approved template of [`Template::Progress`].
    pub progress_template: String,
    /// See [`USUAL_REGION`].
    pub region: String,
    /// Scheme and host without a trailing slash, normally [`TENCENT_SMS_BASE_URL`].
    pub base_url: String,
}

/// How long one call may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the connection, name look-up and TLS included.
    pub connect: Duration,
    /// For one whole message.
    pub send: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(2), send: Duration::from_secs(5) }
    }
}

/// The client of one account.
pub struct Sms {
    account: SmsAccount,
    http: reqwest::Client,
    timeouts: Timeouts,
    now: Now,
}

impl Sms {
    /// Builds the HTTP client.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(account: SmsAccount, timeouts: Timeouts, now: Now) -> Result<Self, reqwest::Error> {
        let http = outgoing::client(timeouts.connect)?;
        Ok(Self { account, http, timeouts, now })
    }
}

impl fmt::Debug for Sms {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sms").field("account", &self.account).finish_non_exhaustive()
    }
}
