//! One message to one number (`SendSms`).

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::json;

use super::fault::fault_of;
use super::signature::{self, Signed};
use super::{Sms, SmsFault, Template};
use crate::platform::outgoing;
use crate::rules::identity::PhoneNumber;

const ACTION: &str = "SendSms";
const VERSION: &str = "2021-01-11";
/// A value of a template may have twelve characters; the provider refuses more.
const MOST_CHARS: usize = 12;

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Response")]
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    error: Option<Refusal>,
    #[serde(default)]
    send_status_set: Vec<Status>,
    request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    code: String,
    serial_no: Option<String>,
}

impl Sms {
    /// Sends once and gives the provider's serial number, by which its support finds the message. The provider has no key
    /// against doubles, so after `Unknown` the message must not be sent again. Values are cut to what a template takes.
    ///
    /// # Errors
    /// As the names of [`SmsFault`] say; `Unknown` when it may have been delivered.
    pub async fn send(&self, template: Template, phone: &PhoneNumber, values: &[String]) -> Result<String, SmsFault> {
        let body = self.body(template, phone, values);
        let url: Url = self.account.base_url.parse().map_err(|_| SmsFault::Config("base_url".to_owned()))?;
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(SmsFault::Config("base_url".to_owned())),
        };
        let timestamp = (self.now)().div_euclid(1_000);
        let signed = Signed { service: "sms", host: &host, action: ACTION, timestamp };
        let authorization = signed
            .authorization(&self.account.secret_id, self.account.secret_key.expose(), &body)
            .map_err(|_| SmsFault::Config("secret_key".to_owned()))?;
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, signature::CONTENT_TYPE)
            .header(AUTHORIZATION, authorization)
            .header("X-TC-Action", ACTION)
            .header("X-TC-Version", VERSION)
            .header("X-TC-Timestamp", timestamp)
            .header("X-TC-Region", &self.account.region)
            .timeout(self.timeouts.send)
            .body(body);
        let answer = request
            .send()
            .await
            .map_err(|error| if outgoing::never_left(ACTION, error) { SmsFault::Unreachable } else { SmsFault::Unknown })?;
        if !answer.status().is_success() {
            tracing::warn!(status = answer.status().as_u16(), "the SMS provider answered with a bare HTTP status");
            return Err(SmsFault::Unknown);
        }
        let bytes = outgoing::read_capped(ACTION, answer).await.ok_or(SmsFault::Unknown)?;
        verdict(&bytes)
    }

    fn body(&self, template: Template, phone: &PhoneNumber, values: &[String]) -> Vec<u8> {
        let id = match template {
            Template::SignIn => &self.account.sign_in_template,
            Template::Progress => &self.account.progress_template,
        };
        let values: Vec<String> = values.iter().map(|value| fitted(value)).collect();
        let body = json!({
            "PhoneNumberSet": [format!("+86{}", phone.reveal())],
            "SmsSdkAppId": self.account.app_id,
            "SignName": self.account.sign_name,
            "TemplateId": id,
            "TemplateParamSet": values,
        });
        body.to_string().into_bytes()
    }
}

/// The status of the only number: each call sends to one number, so its status is the first of the set.
fn verdict(bytes: &[u8]) -> Result<String, SmsFault> {
    let Ok(Envelope { response }) = serde_json::from_slice(bytes) else {
        tracing::warn!(bytes = bytes.len(), "the SMS provider's answer has an unknown shape");
        return Err(SmsFault::Unknown);
    };
    let code = match (&response.error, response.send_status_set.first()) {
        (Some(refusal), _) => &refusal.code,
        (None, Some(status)) if status.code == "Ok" => return Ok(status.serial_no.clone().unwrap_or_default()),
        (None, Some(status)) => &status.code,
        (None, None) => return Err(SmsFault::Unknown),
    };
    let fault = fault_of(code);
    let request = response.request_id.as_deref().unwrap_or_default();
    match &fault {
        SmsFault::Config(code) => tracing::error!(code, request, "the SMS provider refused a message and will refuse it again"),
        other => tracing::warn!(fault = %other, request, "the SMS provider refused a message"),
    }
    Err(fault)
}

/// No line breaks, and no longer than a template takes.
fn fitted(value: &str) -> String {
    let plain: Vec<char> = value.chars().filter(|c| !c.is_control()).collect();
    if plain.len() <= MOST_CHARS {
        return plain.into_iter().collect();
    }
    plain.into_iter().take(MOST_CHARS.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_own_code_is_the_verdict_and_a_strange_answer_leaves_it_open() {
        let one = |code: &str| {
            format!(r#"{{"Response":{{"SendStatusSet":[{{"SerialNo":"2019:1","Code":"{code}"}}],"RequestId":"r"}}}}"#)
        };
        assert_eq!(verdict(one("Ok").as_bytes()), Ok("2019:1".to_owned()));
        assert_eq!(verdict(one("FailedOperation.PhoneNumberInBlacklist").as_bytes()), Err(SmsFault::RefusedNumber));
        let whole = br#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"m"},"RequestId":"r"}}"#;
        assert_eq!(verdict(whole), Err(SmsFault::Config("AuthFailure.SignatureFailure".to_owned())));
        for strange in ["", "<html>", "{}", r#"{"Response":{}}"#, r#"{"Response":{"SendStatusSet":[]}}"#] {
            assert_eq!(verdict(strange.as_bytes()), Err(SmsFault::Unknown), "{strange}");
        }
    }

    #[test]
    fn a_value_is_cut_to_twelve_characters_and_has_no_line_breaks() {
        assert_eq!(fitted("需要补正"), "需要补正");
        assert_eq!(fitted("一\n二三四五六七八九十一二三"), "一二三四五六七八九十一…");
    }
}
