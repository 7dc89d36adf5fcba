//! Exchanges a phone-number code for the number (`POST /wxa/business/getuserphonenumber`).

use std::fmt;

use serde_json::{Value, json};

use super::call::text_of;
use super::{WeChat, WeChatFault};

const PATH: &str = "/wxa/business/getuserphonenumber";

/// The number that the user chose to give; personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneInfo {
    /// Digits without `+`, for example `86`.
    pub country_code: String,
    /// The number without the country code.
    pub pure_phone_number: String,
}

impl fmt::Debug for PhoneInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PhoneInfo(redacted)")
    }
}

impl WeChat {
    /// `code` comes from the phone-number button and is not the `wx.login` code. Only a refused access token leads to a second request.
    ///
    /// # Errors
    /// `CodeInvalid` or `CodeUsed` for the user; `Unknown` when the answer was lost or is not about our mini-program; else the system's own.
    pub async fn phone_number(&self, code: &str) -> Result<PhoneInfo, WeChatFault> {
        if code.trim().is_empty() {
            return Err(WeChatFault::CodeInvalid);
        }
        // The code stands in the body: in the query WeChat answers 40029.
        let answer =
            self.post_with_token(PATH, &json!({ "code": code }), self.timeouts.exchange).await.map_err(|fault| match fault {
                // The token already proves our appid, so 40013 is about the code: it belongs to another mini-program.
                WeChatFault::Config(40013) => WeChatFault::CodeInvalid,
                other => other,
            })?;
        let info = answer.get("phone_info").and_then(Value::as_object).ok_or(WeChatFault::Unknown)?;
        let stamped_for = info.get("watermark").and_then(|mark| mark.get("appid")).and_then(Value::as_str);
        if stamped_for.is_some_and(|appid| appid != self.app.appid) {
            tracing::error!(path = PATH, "WeChat's answer is stamped for another mini-program");
            return Err(WeChatFault::Unknown);
        }
        let country_code = match info.get("countryCode") {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => text.trim_start_matches('+').to_owned(),
            _ => return Err(WeChatFault::Unknown),
        };
        let pure_phone_number = text_of(info, "purePhoneNumber").ok_or(WeChatFault::Unknown)?;
        Ok(PhoneInfo { country_code, pure_phone_number })
    }
}
