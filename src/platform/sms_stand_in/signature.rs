//! Checks a call's signature as Tencent's page tells it, from the request as it arrived: not with our client's code.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use chrono::DateTime;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};

/// A request may be five minutes old.
const FRESH_S: i64 = 300;

/// The code of the refusal, if the signature is not that of this key over this request.
pub(super) fn fault(request: &HttpRequest, body: &[u8], id: &str, key: &str, now_s: i64) -> Option<&'static str> {
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let authorization = header(AUTHORIZATION.as_str());
    let Some(rest) = authorization.strip_prefix("TC3-HMAC-SHA256 ") else { return Some("AuthFailure.InvalidAuthorization") };
    let part = |name: &str| rest.split(", ").find_map(|p| p.strip_prefix(name)).unwrap_or_default();
    let credential = part("Credential=");
    let names = part("SignedHeaders=");
    let signature = part("Signature=");
    let Some((who, scope)) = credential.split_once('/') else { return Some("AuthFailure.InvalidAuthorization") };
    if who != id {
        return Some("AuthFailure.SecretIdNotFound");
    }
    let Ok(timestamp) = header("x-tc-timestamp").parse::<i64>() else { return Some("MissingParameter") };
    if now_s.abs_diff(timestamp) > FRESH_S.unsigned_abs() {
        return Some("AuthFailure.SignatureExpire");
    }
    let day = DateTime::from_timestamp(timestamp, 0).unwrap_or_default().format("%Y-%m-%d").to_string();
    if scope != format!("{day}/sms/tc3_request")
        || ![CONTENT_TYPE, HOST].iter().all(|h| names.split(';').any(|n| n == h.as_str()))
    {
        return Some("AuthFailure.InvalidAuthorization");
    }
    let lines: Vec<String> = names.split(';').map(|n| format!("{n}:{}\n", header(n).trim().to_lowercase())).collect();
    let hashed = hex::encode(Sha256::digest(body));
    let canonical =
        format!("{}\n{}\n{}\n{}\n{names}\n{hashed}", request.method(), request.path(), request.query_string(), lines.concat());
    let text = format!("TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
    let steps = [day.as_str(), "sms", "tc3_request", text.as_str()];
    let ours = steps.iter().try_fold(format!("TC3{key}").into_bytes(), |key, step| hmac(&key, step));
    (ours.map(hex::encode).as_deref() != Some(signature)).then_some("AuthFailure.SignatureFailure")
}

fn hmac(key: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut running = Hmac::<Sha256>::new_from_slice(key).ok()?;
    running.update(text.as_bytes());
    Some(running.finalize().into_bytes().to_vec())
}
