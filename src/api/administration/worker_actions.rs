//! What an administrator does to an account: a new code, ban, reinstate, unlock, reset password or one-time codes.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::workers::WorkerCode;
use crate::office::accounts::staff::Standing;
use crate::office::accounts::{Administrator, RevocationWatch, faults as account_codes, staff_admin};
use crate::office::administration::events::Change;
use crate::office::administration::invitations::{Code, Purpose};
use crate::office::administration::workers::{Row, WorkerView};
use crate::office::administration::{codes as administration_codes, staffing, workers as store};
use crate::office::cases::service::Office;
use crate::office::frame::Write;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::once::Done;
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

/// Issues a code for a worker whose account has this status.
async fn issue(
    who: Administrator,
    id: PathId,
    call: Write<SeenWorker>,
    (status, purpose, change): (Standing, Purpose, Change),
) -> Result<Answer<WorkerCode>> {
    let code = Code::draw(&call.app.keys)?;
    let (drawn, id, caller) = (code.clone(), id.0, who.id);
    let issued = move |c: &mut AnyConn, office: &Office, sent: &SeenWorker| {
        let (row, posts) = store::take(c, &who, id, sent.version, office.now)?;
        row.must_be(status)?;
        let expires_at = drawn.issue(c, id, purpose, office.now)?;
        store::event(&who, change, id, &posts, office.now).record(c)?;
        Ok(WorkerCode { worker: store::view(c, &who, id, office.now)?, code: None, code_expires_at: rfc3339(expires_at) })
    };
    call.once_showing(caller, issued, |answer| answer.code = Some(code.text)).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/invite", tag = "administration", operation_id = "reissueWorkerInvitation", summary = "重新发邀请码",
    description = "给还没有启用账号的工作人员一个新的邀请码，旧的作废。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "新的邀请码")))]
async fn invite_again(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerCode>> {
    issue(who, id, call, (Standing::Invited, Purpose::Enrol, Change::CodeIssued)).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/reset-password", tag = "administration", operation_id = "resetWorkerPassword", summary = "重设密码",
    description = "发出一次性码，本人用它设定新密码；在那之前旧密码继续有效。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "一次性码")))]
async fn reset_password(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerCode>> {
    issue(who, id, call, (Standing::Active, Purpose::Password, Change::PasswordReset)).await
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/reset-totp", tag = "administration", operation_id = "resetWorkerTotp", summary = "更换动态码",
    description = "手机丢失时：发出一次性码，本人用它和自己的密码换一个新的动态码。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "一次性码")))]
async fn reset_totp(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerCode>> {
    issue(who, id, call, (Standing::Active, Purpose::Totp, Change::TotpReset)).await
}

/// The account after a change, with the sessions that ended.
#[derive(Serialize, Deserialize)]
struct Changed {
    view: WorkerView,
    ended: Vec<Id>,
}

/// One change of an account; `does` answers the sessions that it ends.
async fn change(
    who: Administrator,
    id: PathId,
    call: Write<SeenWorker>,
    kind: Change,
    does: fn(&mut AnyConn, &Office, &Row) -> Result<Vec<Id>>,
) -> Result<Done<Changed>> {
    call.done(who.id, move |c, office, sent| {
        let (row, posts) = store::take(c, &who, id.0, sent.version, office.now)?;
        let ended = does(c, office, &row)?;
        store::event(&who, kind, id.0, &posts, office.now).record(c)?;
        Ok(Changed { view: store::view(c, &who, id.0, office.now)?, ended })
    })
    .await
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
    let now = call.office.now;
    let done = change(who, id, call, Change::WorkerBanned, |c, office, row| {
        if row.status != Standing::Invited {
            row.must_be(Standing::Active)?;
        }
        staffing::shut_out(c, office, row.id)
    })
    .await?;
    done.value.ended.iter().for_each(|session| watch.note(*session, now));
    Ok(Answer::ok(done.value.view).replayed(done.replayed))
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/reinstate", tag = "administration", operation_id = "reinstateWorker", summary = "恢复账号",
    description = "恢复停用的账号，岗位照旧。还没有启用过的，恢复后请重新发邀请码。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "已恢复")))]
async fn reinstate(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerView>> {
    let done = change(who, id, call, Change::WorkerReinstated, |c, _, row| {
        row.must_be(Standing::Banned)?;
        // Banned before the code was used: there is no password yet.
        let back = if row.has_enrolled() { Standing::Active } else { Standing::Invited };
        staff_admin::set_status(c, row.id, back)?;
        Ok(Vec::new())
    })
    .await?;
    Ok(Answer::ok(done.value.view).replayed(done.replayed))
}

#[utoipa::path(post, path = "/staff/admin/workers/{id}/actions/unlock", tag = "administration", operation_id = "unlockWorker", summary = "解除登录锁定",
    description = "连续输错被锁的，马上可以再登录。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "已解除")))]
async fn unlock(who: Administrator, id: PathId, call: Write<SeenWorker>) -> Result<Answer<WorkerView>> {
    let done = change(who, id, call, Change::WorkerUnlocked, |c, _, row| {
        staff_admin::lift_lock(c, row.id)?;
        Ok(Vec::new())
    })
    .await?;
    Ok(Answer::ok(done.value.view).replayed(done.replayed))
}
