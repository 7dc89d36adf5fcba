//! What an administrator does to an account: a new code, ban, reinstate, unlock, reset password or one-time codes.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::workers::WorkerCode;
use crate::office::accounts::{Administrator, RevocationWatch, faults as account_codes};
use crate::office::administration::account_changes::AccountChange;
use crate::office::administration::invitations::{Code, Purpose};
use crate::office::administration::workers::WorkerView;
use crate::office::administration::{account_changes, codes as administration_codes, workers as store};
use crate::office::cases::service::Office;
use crate::office::frame::Write;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Operations, PathId};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::{form, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        invite_again: [account_codes::OWN_AFFAIR, administration_codes::STANDING],
        reset_password: [account_codes::OWN_AFFAIR, administration_codes::STANDING],
        reset_totp: [account_codes::OWN_AFFAIR, administration_codes::STANDING],
        ban: [account_codes::OWN_AFFAIR, administration_codes::STANDING],
        reinstate: [account_codes::OWN_AFFAIR, administration_codes::STANDING],
        unlock: [account_codes::OWN_AFFAIR],
    );
}

/// The account as it was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenWorker {
    #[schema(example = 1)]
    version: i64,
}

form!(SeenWorker { version: "版本" });

/// Issues a one-time code for this purpose.
async fn issue(who: Administrator, id: PathId, call: Write<SeenWorker>, purpose: Purpose) -> Result<Answer<WorkerCode>> {
    let code = Code::draw(&call.app.keys)?;
    let drawn = code.clone();
    let caller = who.id;
    let issued = move |c: &mut AnyConn, office: &Office, sent: &SeenWorker| {
        let expires_at = account_changes::issue(c, &who, id.0, sent.version, &drawn, purpose, office.now)?;
        let worker = store::view(c, &who, id.0, office.now)?;
        Ok(WorkerCode { worker, code: None, code_expires_at: rfc3339(expires_at) })
    };
    call.once_showing(caller, issued, |answer| answer.code = Some(code.text)).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/invite", tag = "administration", operation_id = "reissueWorkerInvitation", summary = "重新发邀请码",
    description = "给还没有启用账号的工作人员一个新的邀请码，旧的作废。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "新的邀请码")))]
async fn invite_again(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerCode>> {
    issue(who, id, call, Purpose::Enrol).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/reset-password", tag = "administration", operation_id = "resetWorkerPassword", summary = "重设密码",
    description = "发出一次性码，本人用它设定新密码；在那之前旧密码继续有效。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "一次性码")))]
async fn reset_password(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerCode>> {
    issue(who, id, call, Purpose::Password).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/reset-totp", tag = "administration", operation_id = "resetWorkerTotp", summary = "更换动态码",
    description = "手机丢失时：发出一次性码，本人用它和自己的密码换一个新的动态码。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "一次性码")))]
async fn reset_totp(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerCode>> {
    issue(who, id, call, Purpose::Totp).await
}

/// The account after a change, with the sessions that ended.
#[derive(Serialize, Deserialize)]
struct Changed {
    view: WorkerView,
    ended: Vec<Id>,
}

/// One change of an account. The sessions that `change` ends are over on this server at once, on the others within a second.
async fn changed(
    who: Administrator,
    id: PathId,
    call: Write<SeenWorker>,
    watch: web::Data<RevocationWatch>,
    change: AccountChange,
) -> Result<Answer<WorkerView>> {
    let now = call.office.now;
    let done = call.done(who.id, move |c, office, sent| {
        let ended = change.make(c, office, &who, id.0, sent.version)?;
        Ok(Changed { view: store::view(c, &who, id.0, office.now)?, ended })
    });
    let done = done.await?;
    done.value.ended.iter().for_each(|session| watch.note(*session, now));
    Ok(Answer::ok(done.value.view).replayed(done.replayed))
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/ban", tag = "administration", operation_id = "banWorker", summary = "停用账号",
    description = "马上生效：已有的登录一秒内退出，不能再登录。不能停用自己。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "已停用")))]
async fn ban(
    who: Administrator,
    id: PathId,
    call: Write<SeenWorker>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<WorkerView>> {
    changed(who, id, call, watch, AccountChange::Ban).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/reinstate", tag = "administration", operation_id = "reinstateWorker", summary = "恢复账号",
    description = "恢复停用的账号，岗位照旧。还没有启用过的，恢复后请重新发邀请码。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "已恢复")))]
async fn reinstate(
    who: Administrator,
    id: PathId,
    call: Write<SeenWorker>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<WorkerView>> {
    changed(who, id, call, watch, AccountChange::Reinstate).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/unlock", tag = "administration", operation_id = "unlockWorker", summary = "解除登录锁定",
    description = "连续输错被锁的，马上可以再登录。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "已解除")))]
async fn unlock(
    who: Administrator,
    id: PathId,
    call: Write<SeenWorker>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<WorkerView>> {
    changed(who, id, call, watch, AccountChange::Unlock).await
}
