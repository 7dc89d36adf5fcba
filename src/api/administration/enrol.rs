//! What a worker does with a one-time code: make the account, set a new password, change the one-time codes.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use crate::office::accounts::staff_admin::{self, Login};
use crate::office::accounts::{RevocationWatch, SignIn, faults, passwords};
use crate::office::administration::invitations::{self, Purpose};
use crate::office::administration::{codes, enrolment};
use crate::office::frame::Save;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Operations};
use crate::platform::id::Id;
use crate::rules::text::{KeyedCode, Password};
use crate::{form, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        enrol: [codes::CODE_OVER],
        set_password: [codes::CODE_OVER],
        renew_totp: [faults::STAFF_REFUSED, codes::CODE_OVER],
    );
}

/// An invited worker's own choice.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enrol {
    /// From the administrator, or from `zhucan admin invite`.
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "K7QM-2XWD-9RTA-HB4C")]
    code: KeyedCode<1, 64>,
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "wang.li")]
    username: KeyedCode<1, 64>,
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "three-pigs-build-a-house")]
    password: Password<1, 128>,
}

form!(Enrol { code: "邀请码", username: "用户名", password: "密码" });

/// The account is ready.
#[derive(Serialize, ToSchema)]
struct Enrolled {
    worker: Id,
    #[schema(example = "wang.li")]
    username: String,
    /// For the authenticator app; shown this once.
    #[schema(example = "otpauth://totp/…")]
    otpauth_url: String,
}

#[utoipa::path(post, path = "/auth/staff/enrol", tag = "auth", operation_id = "enrolStaff", summary = "启用工作人员账号",
    description = "用邀请码设定自己的用户名和密码，得到动态码的地址（只显示这一次，请用验证器应用扫描）。邀请码只能用一次。不需要 Idempotency-Key；没有收到回答时，请向管理员要更换动态码的一次性码。",
    responses((status = 200, description = "账号已启用")))]
async fn enrol(req: HttpRequest, gate: web::Data<SignIn>, asked: Save<Enrol>) -> Result<Answer<Enrolled>> {
    gate.worker_at(&req)?;
    let Save { call, sent: typed } = asked;
    let code = invitations::hash(&call.app.keys, &typed.code);
    let found = call.found(move |c, office| enrolment::holder(c, &code, Purpose::Enrol, office.now)).await?;
    let login = Login::new(&call.app, found.id, &typed.username, Zeroizing::new(typed.password.into_string())).await?;
    let otpauth_url = login.otpauth_url.to_string();
    let username = login.username().to_owned();
    let worker = call.written(move |c, office| enrolment::enrol(c, &code, &login, office.now)).await?;
    Ok(Answer::ok(Enrolled { worker, username, otpauth_url }))
}

/// A one-time code with a password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeAndPassword {
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "K7QM-2XWD-9RTA-HB4C")]
    code: KeyedCode<1, 64>,
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "three-pigs-build-a-house")]
    password: Password<1, 128>,
}

form!(CodeAndPassword { code: "一次性码", password: "密码" });

/// The worker's own account.
#[derive(Serialize, ToSchema)]
struct OwnAccount {
    worker: Id,
    #[schema(example = "wang.li")]
    username: String,
}

#[utoipa::path(post, path = "/auth/staff/password", tag = "auth", operation_id = "setStaffPassword", summary = "工作人员设定新密码",
    description = "用管理员给的一次性码设定新密码。动态码不变；原来的登录全部退出，锁定解除。不需要 Idempotency-Key。",
    responses((status = 200, description = "密码已更换")))]
async fn set_password(
    req: HttpRequest,
    gate: web::Data<SignIn>,
    asked: Save<CodeAndPassword>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<OwnAccount>> {
    gate.worker_at(&req)?;
    let Save { call, sent: typed } = asked;
    let now = call.office.now;
    let code = invitations::hash(&call.app.keys, &typed.code);
    let found = call.found(move |c, _| enrolment::holder(c, &code, Purpose::Password, now)).await?;
    passwords::acceptable(&found.username, &typed.password)?;
    let stored = staff_admin::hashed(Zeroizing::new(typed.password.into_string())).await?;
    let ended = call.written(move |c, _| enrolment::set_password(c, &code, &stored, now)).await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(Answer::ok(OwnAccount { worker: found.id, username: found.username }))
}

#[utoipa::path(post, path = "/auth/staff/totp", tag = "auth", operation_id = "renewStaffTotp", summary = "工作人员更换动态码",
    description = "用管理员给的一次性码和自己现在的密码换一个新的动态码（只显示这一次）。密码错 5 次，一次性码作废。不需要 Idempotency-Key。",
    responses((status = 200, description = "动态码已更换")))]
async fn renew_totp(
    req: HttpRequest,
    gate: web::Data<SignIn>,
    asked: Save<CodeAndPassword>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<Enrolled>> {
    gate.worker_at(&req)?;
    let Save { call, sent: typed } = asked;
    let now = call.office.now;
    let code = invitations::hash(&call.app.keys, &typed.code);
    let found = call.found(move |c, _| enrolment::holder(c, &code, Purpose::Totp, now)).await?;
    if !gate.passwords.fits(Zeroizing::new(typed.password.into_string()), Some(found.password)).await? {
        call.written(move |c, _| invitations::miss(c, &code)).await?;
        return Err(Error::new(&faults::STAFF_REFUSED));
    }
    let (sealed, url) = staff_admin::fresh_totp(&call.app, found.id, &found.username)?;
    let ended = call.written(move |c, _| enrolment::set_totp(c, &code, &sealed, now)).await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(Answer::ok(Enrolled { worker: found.id, username: found.username, otpauth_url: url.to_string() }))
}
