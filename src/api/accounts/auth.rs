//! Signing in with WeChat, carrying on, and signing out.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::faults;
use crate::office::accounts::guards::Caller;
use crate::office::accounts::residents::{Account, Identity, WeChatName};
use crate::office::accounts::sessions::{self, Beginning, Pair};
use crate::office::accounts::sign_in::SignIn;
use crate::office::accounts::tokens::{ACCESS_LIFE_S, Holder};
use crate::office::accounts::watch::RevocationWatch;
use crate::office::frame::{Call, Save};
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Labelled, Operations};
use crate::platform::id::Id;
use crate::platform::wechat::WeChatFault;
use crate::rules::calendar::rfc3339;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        wechat_login: [
            faults::CODE_INVALID, faults::CODE_USED, faults::BLOCKED, faults::BANNED, faults::APPID_UNKNOWN,
            faults::WECHAT_BUSY, faults::WECHAT_CONFIG, faults::WECHAT_UNKNOWN,
        ],
        refresh: [faults::SESSION_ENDED, faults::REFRESH_INVALID, faults::REFRESH_REUSED],
        log_out,
        log_out_everywhere,
    );
}

/// What `wx.login` gave.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeChatLogin {
    /// The code of `wx.login`; works once, for five minutes.
    #[schema(value_type = String, min_length = 1, max_length = 256, pattern = "^[!-~]+$", example = "0a3Xyz100abcDE1defGHI2jklm0Xyz1q")]
    code: Code<1, 256>,
    /// The mini-program, when the server knows several.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, pattern = "^[!-~]+$", example = "wx1234567890abcdef")]
    #[serde(default, deserialize_with = "blank_is_none")]
    appid: Option<Code<1, 64>>,
}

form!(WeChatLogin { code: "微信登录码", appid: "小程序标识" });

/// A session has begun.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    #[schema(example = 1200)]
    expires_in_seconds: i64,
    /// Keep it; exchange it once at POST /auth/refresh.
    refresh_token: String,
    #[schema(example = "2026-04-01T10:00:00+08:00", format = DateTime)]
    refresh_expires_at: String,
    account: SignedInAccount,
}

impl SignedIn {
    /// The answer to a sign-in whose session is stored.
    pub(crate) fn of(app: &App, beginning: Beginning, account: &Account, is_new: bool) -> Result<Answer<SignedIn>> {
        let pair = beginning.pair(app, account.id)?;
        Ok(Answer::ok(SignedIn {
            refresh_expires_at: rfc3339(pair.refresh_expires_at),
            access_token: pair.access_token,
            expires_in_seconds: ACCESS_LIFE_S,
            refresh_token: pair.refresh_token,
            account: SignedInAccount { id: account.id, identity: labelled!(account.identity), is_new },
        }))
    }
}

/// The account that signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedInAccount {
    id: Id,
    /// How far the own identity is known: none, claimed, confirmed.
    identity: Labelled<Identity>,
    /// This sign-in made the account.
    is_new: bool,
}

/// Signs a resident in. The code is sent to WeChat once and never again, so an answer that was lost needs a new code.
#[utoipa::path(post, path = "/auth/wechat/login", tag = "auth", operation_id = "signInWithWeChat", summary = "微信登录",
    description = "用 wx.login 的 code 登录；首次登录自动建立账号。code 只能用一次，失败后请重新获取。不需要 Idempotency-Key。",
    responses((status = 200, description = "已登录")))]
async fn wechat_login(req: HttpRequest, gate: web::Data<SignIn>, asked: Save<WeChatLogin>) -> Result<Answer<SignedIn>> {
    gate.resident_at(&req)?;
    let Save { call, sent } = asked;
    let wechat = mini_program(&call.app, sent.appid.as_deref())?;
    let told = wechat.code_to_session(&sent.code).await.map_err(refusal)?;
    let name = WeChatName::new(&call.app, wechat.appid(), &told.openid, told.unionid.as_deref())?;
    let beginning = Beginning::new(&call.app, Holder::Resident)?;
    let stored = beginning.clone();
    let signed_in = call.written(move |c, _| {
        let (account, is_new) = name.account(c)?;
        stored.store(c, account.id)?;
        Ok((account, is_new))
    });
    let (account, is_new) = signed_in.await?;
    SignedIn::of(&call.app, beginning, &account, is_new)
}

/// The client of the named mini-program.
///
/// # Errors
/// 11013 when it is not connected here, 51003 when none is.
pub(crate) fn mini_program<'a>(app: &'a App, appid: Option<&str>) -> Result<&'a crate::platform::wechat::WeChat> {
    let code = if appid.is_some() { &faults::APPID_UNKNOWN } else { &faults::WECHAT_CONFIG };
    app.mini_program(appid).ok_or_else(|| Error::new(code))
}

/// What a failed code exchange means for the person. WeChat's own numbers go to the log only.
pub(crate) fn refusal(fault: WeChatFault) -> Error {
    let told = match &fault {
        WeChatFault::CodeInvalid => Error::new(&faults::CODE_INVALID),
        WeChatFault::CodeUsed => Error::new(&faults::CODE_USED),
        WeChatFault::Blocked => Error::new(&faults::BLOCKED),
        WeChatFault::TooOften { retry_after } => Error::new(&faults::WECHAT_BUSY).retry_after(retry_after.as_secs()),
        WeChatFault::Busy | WeChatFault::Unreachable | WeChatFault::TokenUnavailable => {
            Error::new(&faults::WECHAT_BUSY).retry_after(5)
        }
        WeChatFault::Unknown => Error::new(&faults::WECHAT_UNKNOWN).retry_after(1),
        _ => Error::new(&faults::WECHAT_CONFIG),
    };
    told.because(fault)
}

/// The refresh token of the last sign-in or refresh.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    #[schema(value_type = String, min_length = 1, max_length = 128, pattern = "^[!-~]+$", example = "m2Zl0mTz1pC6o5q0b8K1s3d5f7g9h1j3k5l7z9x1c3v")]
    refresh_token: Code<1, 128>,
}

form!(Refresh { refresh_token: "登录凭证" });

/// The next pair of tokens.
#[derive(Serialize, ToSchema)]
pub struct Refreshed {
    access_token: String,
    #[schema(example = 1200)]
    expires_in_seconds: i64,
    /// Takes the place of the one that was sent.
    refresh_token: String,
    #[schema(example = "2026-04-01T10:00:00+08:00", format = DateTime)]
    refresh_expires_at: String,
}

impl From<Pair> for Refreshed {
    fn from(pair: Pair) -> Refreshed {
        Refreshed {
            access_token: pair.access_token,
            expires_in_seconds: ACCESS_LIFE_S,
            refresh_token: pair.refresh_token,
            refresh_expires_at: rfc3339(pair.refresh_expires_at),
        }
    }
}

/// Carries a session on. The same token may be repeated for 60 s and gives the same successor.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", operation_id = "refreshTokens", summary = "续期登录",
    description = "用 refresh_token 换新的一对凭证。同一凭证 60 秒内重复提交得到同一个新凭证；之后再用会退出整个登录。",
    responses((status = 200, description = "新的凭证")))]
async fn refresh(
    req: HttpRequest,
    gate: web::Data<SignIn>,
    watch: web::Data<RevocationWatch>,
    asked: Save<Refresh>,
) -> Result<Answer<Refreshed>> {
    gate.resident_at(&req)?;
    let pair = sessions::refresh(&asked.app, &watch, &asked.sent.refresh_token).await?;
    Ok(Answer::ok(pair.into()))
}

/// Signed out.
#[derive(Serialize, ToSchema)]
pub struct SignedOut {
    /// How many sign-ins ended.
    #[schema(example = 1)]
    sessions_ended: i64,
}

/// Ends this session on every server within a second.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", operation_id = "signOut", summary = "退出登录",
    description = "退出当前登录，一秒内在所有服务器生效。",
    responses((status = 200, description = "已退出")))]
async fn log_out(caller: Caller, call: Call, watch: web::Data<RevocationWatch>) -> Result<Answer<SignedOut>> {
    sessions::log_out(&call.app, &watch, caller.session()).await?;
    Ok(Answer::ok(SignedOut { sessions_ended: 1 }))
}

/// Ends all sessions of the caller on every server within a second.
#[utoipa::path(post, path = "/auth/logout-everywhere", tag = "auth", operation_id = "signOutEverywhere", summary = "退出所有登录",
    description = "在所有设备上退出登录，一秒内在所有服务器生效。手机丢失时使用。",
    responses((status = 200, description = "已全部退出")))]
async fn log_out_everywhere(caller: Caller, call: Call, watch: web::Data<RevocationWatch>) -> Result<Answer<SignedOut>> {
    let ended = sessions::log_out_everywhere(&call.app, &watch, caller.id()).await?;
    Ok(Answer::ok(SignedOut { sessions_ended: i64::try_from(ended).unwrap_or(i64::MAX) }))
}
