//! What an administrator does to an account: a new code, ban, reinstate, unlock, reset password or one-time codes.

use actix_web::{post, web};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::workers::WorkerCode;
use crate::form;
use crate::office::accounts::staff::{Standing, workers};
use crate::office::accounts::{Administrator, RevocationWatch, staff_admin};
use crate::office::administration::events::Change;
use crate::office::administration::invitations::{Code, Purpose};
use crate::office::administration::workers as store;
use crate::office::administration::workers::{Row, WorkerView};
use crate::office::cases::service::{Services, Spine};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, PathId};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;

/// Mounts these operations.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(invite_again).service(reset_password).service(reset_totp).service(ban).service(reinstate).service(unlock);
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
    (app, who, once): (&App, Administrator, Once),
    id: Id,
    body: Body<SeenWorker>,
    (status, purpose, change): (Standing, Purpose, Change),
) -> Result<Answer<WorkerCode>> {
    let (now, code, caller, seen) = (app.clock.now_ms(), Code::draw(&app.keys)?, who.id, body.value.version);
    let drawn = code.clone();
    let done = once.write(app, caller, body.fingerprint, move |c| {
        let (row, posts) = store::take(c, &who, id, seen, now)?;
        row.must_be(status)?;
        let expires_at = drawn.issue(c, id, purpose, now)?;
        store::event(&who, change, id, &posts, now).record(c)?;
        Ok(WorkerCode { worker: store::view(c, &who, id, now)?, code: None, code_expires_at: rfc3339(expires_at) })
    });
    let done = done.await?;
    let shown = (!done.replayed).then_some(code.text);
    Ok(Answer::ok(WorkerCode { code: shown, ..done.value }).replayed(done.replayed))
}

#[utoipa::path(tag = "administration", operation_id = "reissueWorkerInvitation", summary = "重新发邀请码",
    description = "给还没有启用账号的工作人员一个新的邀请码，旧的作废。",
    params(("id" = Id, Path, description = "工作人员编号"), Once), request_body = SeenWorker,
    responses((status = 200, description = "新的邀请码", body = Envelope<WorkerCode>),
        (status = 403, description = "12005 不能办理自己的", body = Failure),
        (status = 409, description = "10030 已被别人改过；27002 已经启用", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/workers/{id}/actions/invite")]
async fn invite_again(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenWorker>,
    app: web::Data<App>,
) -> Result<Answer<WorkerCode>> {
    issue((&app, who, once), id.0, body, (Standing::Invited, Purpose::Enrol, Change::CodeIssued)).await
}

#[utoipa::path(tag = "administration", operation_id = "resetWorkerPassword", summary = "重设密码",
    description = "发出一次性码，本人用它设定新密码；在那之前旧密码继续有效。",
    params(("id" = Id, Path, description = "工作人员编号"), Once), request_body = SeenWorker,
    responses((status = 200, description = "一次性码", body = Envelope<WorkerCode>),
        (status = 403, description = "12005 不能办理自己的", body = Failure),
        (status = 409, description = "10030 已被别人改过；27002 账号不在使用", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/workers/{id}/actions/reset-password")]
async fn reset_password(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenWorker>,
    app: web::Data<App>,
) -> Result<Answer<WorkerCode>> {
    issue((&app, who, once), id.0, body, (Standing::Active, Purpose::Password, Change::PasswordReset)).await
}

#[utoipa::path(tag = "administration", operation_id = "resetWorkerTotp", summary = "更换动态码",
    description = "手机丢失时：发出一次性码，本人用它和自己的密码换一个新的动态码。",
    params(("id" = Id, Path, description = "工作人员编号"), Once), request_body = SeenWorker,
    responses((status = 200, description = "一次性码", body = Envelope<WorkerCode>),
        (status = 403, description = "12005 不能办理自己的", body = Failure),
        (status = 409, description = "10030 已被别人改过；27002 账号不在使用", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/workers/{id}/actions/reset-totp")]
async fn reset_totp(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenWorker>,
    app: web::Data<App>,
) -> Result<Answer<WorkerCode>> {
    issue((&app, who, once), id.0, body, (Standing::Active, Purpose::Totp, Change::TotpReset)).await
}

/// The account after a change, with the sessions that ended.
#[derive(Serialize, Deserialize)]
struct Changed {
    view: WorkerView,
    ended: Vec<Id>,
}

/// One change of an account; `does` answers the sessions that it ends.
async fn change(
    (app, services, who, once): (&App, &Services, Administrator, Once),
    id: Id,
    body: Body<SeenWorker>,
    kind: Change,
    does: fn(&mut AnyConn, &Spine, &Row) -> Result<Vec<Id>>,
) -> Result<(Changed, bool)> {
    let (spine, caller, seen) = (Spine::of(app, services), who.id, body.value.version);
    let now = spine.now;
    let done = once.write(app, caller, body.fingerprint, move |c| {
        let (row, posts) = store::take(c, &who, id, seen, now)?;
        let ended = does(c, &spine, &row)?;
        store::event(&who, kind, id, &posts, now).record(c)?;
        Ok(Changed { view: store::view(c, &who, id, now)?, ended })
    });
    let done = done.await?;
    Ok((done.value, done.replayed))
}

#[utoipa::path(tag = "administration", operation_id = "banWorker", summary = "停用账号",
    description = "马上生效：已有的登录一秒内退出，不能再登录。不能停用自己。",
    params(("id" = Id, Path, description = "工作人员编号"), Once), request_body = SeenWorker,
    responses((status = 200, description = "已停用", body = Envelope<WorkerView>),
        (status = 403, description = "12005 不能停用自己", body = Failure),
        (status = 409, description = "10030 已被别人改过；27002 已经停用", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/workers/{id}/actions/ban")]
async fn ban(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenWorker>,
    app: web::Data<App>,
    services: web::Data<Services>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<WorkerView>> {
    let (changed, replayed) = change((&app, &services, who, once), id.0, body, Change::WorkerBanned, |c, spine, row| {
        if row.status != Standing::Invited {
            row.must_be(Standing::Active)?;
        }
        staff_admin::shut_out(c, spine, row.id)
    })
    .await?;
    changed.ended.iter().for_each(|session| watch.note(*session, app.clock.now_ms()));
    Ok(Answer::ok(changed.view).replayed(replayed))
}

#[utoipa::path(tag = "administration", operation_id = "reinstateWorker", summary = "恢复账号",
    description = "恢复停用的账号，岗位照旧。还没有启用过的，恢复后请重新发邀请码。",
    params(("id" = Id, Path, description = "工作人员编号"), Once), request_body = SeenWorker,
    responses((status = 200, description = "已恢复", body = Envelope<WorkerView>),
        (status = 403, description = "12005 不能办理自己的", body = Failure),
        (status = 409, description = "10030 已被别人改过；27002 没有停用", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/workers/{id}/actions/reinstate")]
async fn reinstate(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenWorker>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<WorkerView>> {
    let (changed, replayed) = change((&app, &services, who, once), id.0, body, Change::WorkerReinstated, |c, _, row| {
        row.must_be(Standing::Banned)?;
        // Banned before the code was used: there is no password yet.
        let back = if row.has_enrolled() { Standing::Active } else { Standing::Invited };
        diesel::update(workers::table.find(row.id)).set(workers::status.eq(back)).execute(c)?;
        Ok(Vec::new())
    })
    .await?;
    Ok(Answer::ok(changed.view).replayed(replayed))
}

#[utoipa::path(tag = "administration", operation_id = "unlockWorker", summary = "解除登录锁定",
    description = "连续输错被锁的，马上可以再登录。",
    params(("id" = Id, Path, description = "工作人员编号"), Once), request_body = SeenWorker,
    responses((status = 200, description = "已解除", body = Envelope<WorkerView>),
        (status = 403, description = "12005 不能办理自己的", body = Failure),
        (status = 409, description = "10030 已被别人改过", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/workers/{id}/actions/unlock")]
async fn unlock(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenWorker>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<WorkerView>> {
    let (changed, replayed) = change((&app, &services, who, once), id.0, body, Change::WorkerUnlocked, |c, _, row| {
        staff_admin::lift_lock(c, row.id)?;
        Ok(Vec::new())
    })
    .await?;
    Ok(Answer::ok(changed.view).replayed(replayed))
}
