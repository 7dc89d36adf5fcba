//! Signing in without WeChat: by a code in a text message, or by one that a worker handed out.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::auth::SignedIn;
use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::identity::Occasion;
use crate::office::accounts::residents::Account;
use crate::office::accounts::sessions::Beginning;
use crate::office::accounts::sign_in::SignIn;
use crate::office::accounts::tokens::Holder;
use crate::office::accounts::{counter_codes, faults};
use crate::office::cases::service::Office;
use crate::office::channels::sms_codes::{self, GAP_S, MINUTES, Typed};
use crate::office::frame::{Save, Write};
use crate::platform::app::App;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Created, Operations, PathId};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::identity::PhoneNumber;
use crate::rules::text::{KeyedCode, PlainText};
use crate::{form, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        send_code: [faults::CODE_SENT, faults::CODES_SPENT, faults::SMS_OFF],
        sms_login: [faults::BANNED, faults::CODE_REFUSED],
        code_login: [faults::BANNED, faults::COUNTER_REFUSED],
        issue_code: [faults::TOO_YOUNG, faults::OWN_AFFAIR],
    );
}

/// The number that the code goes to.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantCode {
    #[schema(value_type = String, min_length = 11, max_length = 30, example = "13800000009")]
    phone: PhoneNumber,
}

form!(WantCode { phone: "手机号码" });

/// A code is on its way. The same for every number.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct CodeSent {
    /// The code is good for so long.
    #[schema(example = 5)]
    valid_minutes: i64,
    /// The next one may be asked for after so long.
    #[schema(example = 60)]
    resend_after_seconds: i64,
    /// What to do when nothing comes.
    #[schema(example = "一分钟内没有收到的，请再取一次，或请村（社区）工作人员给您登录码。")]
    if_nothing_comes: String,
}

/// Sends a code. Nobody learns from the answer whether the number is known here.
#[utoipa::path(post, path = "/auth/sms/codes", tag = "auth", operation_id = "sendSmsCode", summary = "获取短信验证码",
    description = "没有微信或微信不能登录时使用。验证码六位，五分钟有效，最多试五次。同一号码一分钟一次，一天最多十次。不论号码是否登记过，回答都一样。",
    responses((status = 200, description = "验证码已发出")))]
async fn send_code(req: HttpRequest, gate: web::Data<SignIn>, call: Write<WantCode>) -> Result<Answer<CodeSent>> {
    gate.code_at(&req)?;
    let phone = call.sent.phone.clone();
    if call.app.sms.is_none() {
        return Err(Error::new(&faults::SMS_OFF));
    }
    let new = sms_codes::NewCode::draw(&call.app, phone)?;
    let most = gate.codes_per_day;
    call.once(new.caller(), move |c, office, _| {
        new.send(c, &office.keys, most)?;
        let if_nothing_comes = "一分钟内没有收到的，请再取一次，或请村（社区）工作人员给您登录码。".to_owned();
        Ok(CodeSent { valid_minutes: MINUTES, resend_after_seconds: GAP_S, if_nothing_comes })
    })
    .await
}

/// The number and the code that it got.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SmsLogin {
    #[schema(value_type = String, min_length = 11, max_length = 30, example = "13800000009")]
    phone: PhoneNumber,
    #[schema(value_type = String, min_length = 1, max_length = 16, example = "246813")]
    code: KeyedCode<1, 16>,
}

form!(SmsLogin { phone: "手机号码", code: "验证码" });

/// Signs in the holder of a phone number; see `sms_codes` for which account that is.
#[utoipa::path(post, path = "/auth/sms/login", tag = "auth", operation_id = "signInWithSms", summary = "短信验证码登录",
    description = "用手机号和验证码登录，得到与微信登录相同的凭证；首次登录自动建立账号，号码一并绑定。绑定同一号码的账号有几个时，登录最近用过的那个；九十天没有用过的不会被登录（号码可能已换了主人），会新建账号，核实身份后继续办理。验证码只能用一次；没有收到回答时请重新获取。不需要 Idempotency-Key。",
    responses((status = 200, description = "已登录")))]
async fn sms_login(req: HttpRequest, gate: web::Data<SignIn>, asked: Save<SmsLogin>) -> Result<Answer<SignedIn>> {
    gate.resident_at(&req)?;
    let Save { call, sent } = asked;
    let typed = Typed { phone: sent.phone, digits: sent.code.into_string() };
    let keys = call.app.keys.clone();
    let redeem = move |c: &mut AnyConn, new, at| sms_codes::redeem(c, &keys, &typed, new, at);
    sign_in(&call.app, &faults::CODE_REFUSED, redeem).await
}

/// A code from a worker's hand.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeLogin {
    /// Twelve digits; blanks and hyphens do not matter.
    #[schema(value_type = String, min_length = 1, max_length = 40, example = "1357-2468-9036")]
    code: KeyedCode<1, 40>,
}

form!(CodeLogin { code: "登录码" });

/// Signs in the person for whom a worker issued the code; the identity counts as confirmed in person.
#[utoipa::path(post, path = "/auth/code/login", tag = "auth", operation_id = "signInWithCounterCode", summary = "登录码登录",
    description = "用工作人员当面给的登录码登录，身份视为已当面核实。登录码二十四小时有效，只能用一次，输错五次作废。不需要 Idempotency-Key。",
    responses((status = 200, description = "已登录")))]
async fn code_login(req: HttpRequest, gate: web::Data<SignIn>, asked: Save<CodeLogin>) -> Result<Answer<SignedIn>> {
    gate.resident_at(&req)?;
    let Save { call, sent } = asked;
    let keys = call.app.keys.clone();
    let redeem = move |c: &mut AnyConn, new, at| counter_codes::redeem(c, &keys, &sent.code, new, at);
    sign_in(&call.app, &faults::COUNTER_REFUSED, redeem).await
}

/// Begins the session of whoever `redeem` finds, in its write; a wrong try is committed and then refused.
async fn sign_in<F>(app: &App, refused: &'static Code, redeem: F) -> Result<Answer<SignedIn>>
where
    F: Fn(&mut AnyConn, Id, Occasion) -> Result<Option<(Account, bool)>> + Send + 'static,
{
    let beginning = Beginning::new(app, Holder::Resident)?;
    let stored = beginning.clone();
    let new = app.clock.id();
    let at = Occasion { now: app.clock.now(), link: app.clock.id() };
    let found = app.db.write(move |c| {
        let found = redeem(c, new, at)?;
        if let Some((account, _)) = &found {
            stored.store(c, account.id)?;
        }
        Ok(found)
    });
    let (account, is_new) = found.await?.ok_or_else(|| Error::new(refused))?;
    SignedIn::of(app, beginning, &account, is_new)
}

/// Why somebody needs a code.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct IssueCode {
    /// Why; written down with the worker's name.
    #[schema(value_type = String, min_length = 4, max_length = 100, example = "本人到窗口，没有智能手机")]
    purpose: PlainText<4, 100>,
}

form!(IssueCode { purpose: "发放原因" });

/// A code to be handed over.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct IssuedCode {
    /// Shown this once; null in a repeated answer.
    #[schema(example = "1357-2468-9036")]
    code: Option<String>,
    #[schema(example = "2026-11-22T09:30:00+08:00", format = DateTime)]
    expires_at: String,
}

/// Issues a one-time code for somebody who stands before the worker with the ID card.
#[utoipa::path(post, path = "/staff/persons/{id}/sign-in-codes", tag = "staff", operation_id = "issueSignInCode", summary = "发放登录码",
    description = "本人带身份证在您面前、又不能用微信登录时使用。登录码只显示这一次（重复提交不再显示，需要时请重新发放），二十四小时有效，只能用一次。之前发给此人的登录码随即作废。发放会连同您的姓名、时间和原因一起记录，供审计。",
    params(("id" = Id, Path, description = "人员编号")),
    responses((status = 201, description = "登录码")))]
async fn issue_code(caller: AreaOfficer, id: PathId, call: Write<IssueCode>) -> Result<Created<IssuedCode>> {
    let purpose = call.sent.purpose.clone();
    let worker = caller.id;
    let new = counter_codes::NewCode::draw(&call.app)?;
    let code = new.text();
    let issued = move |c: &mut AnyConn, office: &Office, _: &IssueCode| {
        Ok(IssuedCode { code: None, expires_at: rfc3339(new.issue(c, &office.keys, &caller, id.0, &purpose)?) })
    };
    call.once_showing(worker, issued, |answer| answer.code = Some(code)).await
}
