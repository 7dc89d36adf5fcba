//! Exchanges a `wx.login` code for the user's openid (`GET /sns/jscode2session`).

use std::fmt;

use super::call::text_of;
use super::fault::Refusal;
use super::{WeChat, WeChatFault};

const PATH: &str = "/sns/jscode2session";

/// Who holds the phone, as WeChat names them. WeChat's `session_key` is dropped unread: nothing here needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionIdentity {
    /// The user's name within this mini-program; personal data.
    pub openid: String,
    /// The user's name across one owner's apps; may be absent today and appear later.
    pub unionid: Option<String>,
}

impl fmt::Debug for SessionIdentity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SessionIdentity(redacted)")
    }
}

impl WeChat {
    /// One request, never repeated: the code is used up by the first one that arrives.
    ///
    /// # Errors
    /// `CodeInvalid`, `CodeUsed` or `Blocked` for the user; `Unknown` when the answer was lost or names nobody; else the system's own.
    pub async fn code_to_session(&self, code: &str) -> Result<SessionIdentity, WeChatFault> {
        if code.trim().is_empty() {
            return Err(WeChatFault::CodeInvalid);
        }
        let request = self.http.get(self.url(PATH)).query(&[
            ("appid", self.app.appid.as_str()),
            ("secret", self.app.secret.expose()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ]);
        let answer = self.exchange(PATH, request, self.timeouts.exchange).await.map_err(|refusal| match refusal {
            // No access token takes part here, so 40001 can only mean a wrong secret.
            Refusal::Token => WeChatFault::Config(40001),
            Refusal::Fault(fault) => fault,
        })?;
        let openid = text_of(&answer, "openid").ok_or(WeChatFault::Unknown)?;
        Ok(SessionIdentity { openid, unionid: text_of(&answer, "unionid") })
    }
}
