//! One HTTP exchange with WeChat: at most one request, a limit on the answer's size, and whether the call surely failed or may have
//! taken effect.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Map, Value};

use super::fault::{Refusal, refusal_of, rid_of};
use super::{WeChat, WeChatFault};
use crate::platform::outgoing;

impl WeChat {
    /// A full address. Only the path may be logged: the query carries secret, code or token.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.app.base_url.trim_end_matches('/'))
    }

    /// Sends one request and reads its answer; `errcode` is read before anything else, absent or 0 is success.
    pub(super) async fn exchange(
        &self,
        path: &'static str,
        request: RequestBuilder,
        limit: Duration,
    ) -> Result<Map<String, Value>, Refusal> {
        let response =
            request.timeout(limit).send().await.map_err(|error| {
                if outgoing::never_left(path, error) { WeChatFault::Unreachable } else { WeChatFault::Unknown }
            })?;
        let status = response.status();
        if !status.is_success() {
            tracing::warn!(path, status = status.as_u16(), "WeChat answered with a bare HTTP status");
            return Err(WeChatFault::Unknown.into());
        }
        let body = outgoing::read_capped(path, response).await.ok_or(WeChatFault::Unknown)?;
        let Ok(Value::Object(answer)) = serde_json::from_slice(&body) else {
            tracing::warn!(path, bytes = body.len(), "WeChat's answer is not a JSON object");
            return Err(WeChatFault::Unknown.into());
        };
        match answer.get("errcode").map(whole_number) {
            None | Some(Some(0)) => Ok(answer),
            Some(Some(errcode)) => {
                let errmsg = answer.get("errmsg").and_then(Value::as_str).unwrap_or("");
                let refusal = refusal_of(errcode, errmsg);
                log_refusal(path, errcode, rid_of(errmsg), &refusal);
                Err(refusal)
            }
            Some(None) => Err(WeChatFault::Unknown.into()),
        }
    }

    /// POSTs JSON with the access token. A refused token is replaced once and the call made once more: WeChat did nothing
    /// on the first one. Nothing else is ever repeated here.
    pub(super) async fn post_with_token(
        &self,
        path: &'static str,
        body: &Value,
        limit: Duration,
    ) -> Result<Map<String, Value>, WeChatFault> {
        let first = self.access_token().await?;
        match self.post_once(path, &first, body, limit).await {
            Err(Refusal::Token) => {
                let second = self.replace_token(&first).await?;
                Ok(self.post_once(path, &second, body, limit).await?)
            }
            answer => Ok(answer?),
        }
    }

    async fn post_once(
        &self,
        path: &'static str,
        token: &str,
        body: &Value,
        limit: Duration,
    ) -> Result<Map<String, Value>, Refusal> {
        let request = self.http.post(self.url(path)).query(&[("access_token", token)]).json(body);
        self.exchange(path, request, limit).await
    }
}

/// WeChat writes numbers as numbers or as strings.
pub(super) fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text that is present and not blank.
pub(super) fn text_of(answer: &Map<String, Value>, key: &str) -> Option<String> {
    answer.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// Logs an error only for faults that the operator must mend; others are logged as warnings or less.
fn log_refusal(path: &'static str, errcode: i64, rid: &str, refusal: &Refusal) {
    match refusal {
        Refusal::Fault(WeChatFault::Config(_) | WeChatFault::TemplateData { .. } | WeChatFault::Sensitive) => {
            tracing::error!(path, errcode, rid, "WeChat refused a call and will refuse it again");
        }
        Refusal::Fault(WeChatFault::NoCredit | WeChatFault::CodeInvalid | WeChatFault::CodeUsed) => {
            tracing::debug!(path, errcode, rid, "WeChat refused a call");
        }
        _ => tracing::warn!(path, errcode, rid, "WeChat refused a call"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_numbers_or_strings() {
        for (text, number) in [
            ("40029", Some(40029)),
            ("\"40029\"", Some(40029)),
            ("\" -1 \"", Some(-1)),
            ("null", None),
            ("[]", None),
            ("1.5", None),
        ] {
            assert_eq!(whole_number(&serde_json::from_str(text).unwrap()), number, "{text}");
        }
    }
}
