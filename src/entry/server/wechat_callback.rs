//! `/wechat/callback/{appid}`: where WeChat pushes messages. Outside the envelope, because WeChat reads plain text.
//!
//! Only safe mode is taken: message push must be set to JSON and 安全模式 in WeChat's console.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::office::accounts::RevocationWatch;
use crate::office::channels::wechat_events;
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::wechat::{Callback, CallbackFault, Push, is_fresh};
use crate::rules::text::Code;

/// The path, for the path table too.
pub const PATH: &str = "/wechat/callback/{appid}";

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route(PATH, web::get().to(url_check)).route(PATH, web::post().to(pushed));
}

/// What WeChat writes into the query; there is more, which is not looked at.
#[derive(Deserialize)]
struct Signed {
    timestamp: Code<1, 20>,
    nonce: Code<1, 128>,
    signature: Option<Code<1, 128>>,
    msg_signature: Option<Code<1, 128>>,
    echostr: Option<Code<1, 1024>>,
}

/// What is left out is signed by nobody.
fn word<const MOST: usize>(code: &Option<Code<1, MOST>>) -> &str {
    code.as_deref().unwrap_or_default()
}

/// When the operator saves the settings in the console: the text comes back if the signature is right.
async fn url_check(app: web::Data<App>, appid: web::Path<String>, q: web::Query<Signed>) -> Result<HttpResponse> {
    let callback = callback(&app, &appid)?;
    let checked = callback.check(word(&q.signature), &q.timestamp, &q.nonce);
    Ok(match checked.is_ok() && is_fresh(&q.timestamp, app.clock.now_ms()) {
        // Its sender may write anything into it, so it must never be taken for a page.
        true => plain(word(&q.echostr).to_owned()),
        false => refused(CallbackFault::BadSignature),
    })
}

/// An event. WeChat repeats what was not answered with `success` within five seconds, up to three times.
async fn pushed(
    app: web::Data<App>,
    watch: web::Data<RevocationWatch>,
    appid: web::Path<String>,
    q: web::Query<Signed>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    let callback = callback(&app, &appid)?;
    if !is_fresh(&q.timestamp, app.clock.now_ms()) {
        return Ok(refused(CallbackFault::BadSignature));
    }
    let opened = callback.open(word(&q.msg_signature), &q.timestamp, &q.nonce, &body);
    match opened.and_then(|message| Push::parse(&message)) {
        Ok(push) => {
            wechat_events::happened(&app, &watch, &appid, push).await?;
            Ok(plain("success".to_owned()))
        }
        Err(fault) => Ok(refused(fault)),
    }
}

fn callback<'a>(app: &'a App, appid: &str) -> Result<&'a Callback> {
    app.callbacks.iter().find(|callback| callback.appid() == appid).ok_or_else(Error::not_found)
}

fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text)
}

/// The same for whatever is wrong, so that a sender cannot tell which step failed.
fn refused(fault: CallbackFault) -> HttpResponse {
    tracing::warn!(%fault, "a push in WeChat's name was refused");
    HttpResponse::Forbidden()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(r#"{"status":"refused"}"#)
}
