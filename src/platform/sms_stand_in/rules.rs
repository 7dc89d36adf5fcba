//! `SendSms` as its page tells it: whose call, which template, which number; or the fault that was ordered.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{APP_ID, Delivered, FaultMode, Memory, PROGRESS, SECRET_ID, SECRET_KEY, SIGN_IN, SIGN_NAME, Shared, signature};
use crate::platform::broken;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendSms {
    phone_number_set: Vec<String>,
    sms_sdk_app_id: String,
    sign_name: String,
    template_id: String,
    #[serde(default)]
    template_param_set: Vec<String>,
}

/// `POST /`
pub(super) async fn send_sms(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let now = (shared.now)();
    let fault = {
        let mut memory = shared.lock();
        memory.calls = memory.calls.saturating_add(1);
        take_fault(&mut memory)
    };
    match &fault {
        Some(FaultMode::Http502) => return broken::bad_gateway(),
        Some(FaultMode::Garbage) => return broken::garbage(),
        Some(FaultMode::Huge) => {
            let answer = json!({ "Response": { "SendStatusSet": [], "RequestId": broken::filler() } });
            return HttpResponse::Ok().json(answer);
        }
        _ => {}
    }
    let answer = match accepted(&request, &body, now) {
        Err(code) => {
            shared.lock().refused.push(code.to_owned());
            json!({ "Response": { "Error": { "Code": code, "Message": "refused by the stand-in" }, "RequestId": "stand-in" } })
        }
        Ok(message) => match &fault {
            Some(FaultMode::Code(code)) => status(&message.phone, code, ""),
            _ => {
                let mut memory = shared.lock();
                memory.delivered.push(message.clone());
                status(&message.phone, "Ok", &format!("{now}:{}", memory.delivered.len()))
            }
        },
    };
    match fault {
        Some(FaultMode::HangMs(ms)) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Some(FaultMode::DropAfterProcessing) => return broken::cut(),
        _ => {}
    }
    HttpResponse::Ok().json(answer)
}

fn take_fault(memory: &mut Memory) -> Option<FaultMode> {
    memory.faults.retain(|(left, _)| *left > 0);
    let (left, mode) = memory.faults.first_mut()?;
    *left = left.saturating_sub(1);
    Some(mode.clone())
}

fn status(phone: &str, code: &str, serial: &str) -> Value {
    let one = json!({ "SerialNo": serial, "PhoneNumber": format!("+86{phone}"), "Fee": i32::from(code == "Ok"),
        "SessionContext": "", "Code": code, "Message": code, "IsoCode": "CN" });
    json!({ "Response": { "SendStatusSet": [one], "RequestId": "stand-in" } })
}

fn accepted(request: &HttpRequest, body: &[u8], now: i64) -> Result<Delivered, &'static str> {
    if let Some(code) = signature::fault(request, body, SECRET_ID, SECRET_KEY, now.div_euclid(1_000)) {
        return Err(code);
    }
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match (header("x-tc-action"), header("x-tc-version"), header("x-tc-region")) {
        ("SendSms", "2021-01-11", region) if !region.is_empty() => {}
        ("SendSms", "2021-01-11", _) => return Err("MissingParameter"),
        _ => return Err("InvalidAction"),
    }
    let Ok(sent) = serde_json::from_slice::<SendSms>(body) else { return Err("InvalidParameter") };
    if sent.sms_sdk_app_id != APP_ID {
        return Err("UnauthorizedOperation.SmsSdkAppIdVerifyFail");
    }
    if sent.sign_name != SIGN_NAME {
        return Err("FailedOperation.SignatureIncorrectOrUnapproved");
    }
    let known = [SIGN_IN, PROGRESS].into_iter().find(|(id, _)| *id == sent.template_id);
    let (_, words) = known.ok_or("FailedOperation.TemplateUnapprovedOrNotExist")?;
    if sent.template_param_set.len() != 2 {
        return Err("FailedOperation.TemplateParamSetNotMatchApprovedTemplate");
    }
    if sent.template_param_set.iter().any(|value| value.chars().count() > 12) {
        return Err("InvalidParameterValue.TemplateParameterLengthLimit");
    }
    let digits = |value: &String| value.len() <= 6 && value.bytes().all(|b| b.is_ascii_digit());
    if sent.template_id == SIGN_IN.0 && !sent.template_param_set.iter().all(digits) {
        return Err("InvalidParameterValue.TemplateParameterFormatError");
    }
    let [phone] = sent.phone_number_set.as_slice() else { return Err("MissingParameter.EmptyPhoneNumberSet") };
    let phone = phone.strip_prefix("+86").filter(|p| p.len() == 11).ok_or("InvalidParameterValue.IncorrectPhoneNumber")?;
    let filled = sent.template_param_set.iter().zip(["{1}", "{2}"]).fold(words.to_owned(), |text, (v, at)| text.replace(at, v));
    let text = format!("【{SIGN_NAME}】{filled}");
    Ok(Delivered { phone: phone.to_owned(), template: sent.template_id, values: sent.template_param_set, text, at: now })
}
