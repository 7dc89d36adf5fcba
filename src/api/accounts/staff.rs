//! Workers sign in, and see who they are to the system.

use actix_web::{HttpRequest, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use crate::office::accounts::guards::{Post, Worker};
use crate::office::accounts::sign_in::SignIn;
use crate::office::accounts::staff_login::{self, Attempt};
use crate::office::accounts::tokens::ACCESS_LIFE_S;
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Body, Envelope, Failure, Labelled};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::Role;
use crate::{form, labelled};

/// Mounts these operations.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(staff_login_route).service(staff_me);
}

/// What a worker typed.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffLogin {
    #[validate(length(min = 1, max = 64, message = "用户名的长度不正确。"))]
    #[schema(example = "wang.li", min_length = 1, max_length = 64)]
    username: String,
    #[validate(length(min = 1, max = 128, message = "密码的长度不正确。"))]
    #[schema(example = "three-pigs-build-a-house", min_length = 1, max_length = 128)]
    password: String,
    /// Six digits of the authenticator app.
    #[validate(length(min = 6, max = 8, message = "动态码应是 6 位数字。"))]
    #[schema(example = "492039", min_length = 6, max_length = 8)]
    totp: String,
}

form!(StaffLogin { username: "用户名", password: "密码", totp: "动态码" });

/// A worker's session has begun.
#[derive(Serialize, ToSchema)]
pub struct StaffSignedIn {
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    #[schema(example = 1200)]
    expires_in_seconds: i64,
    /// Keep it; exchange it once at POST /auth/refresh.
    refresh_token: String,
    /// Eight hours after signing in, whatever happens; half an hour without a request ends it too.
    #[schema(example = "2026-03-02T18:00:00+08:00", format = DateTime)]
    refresh_expires_at: String,
    worker: Id,
}

/// Signs a worker in.
#[utoipa::path(post, path = "/auth/staff/login", tag = "auth", operation_id = "signInStaff", request_body = StaffLogin,
    summary = "工作人员登录", description = "用户名、密码和动态码。连续错 5 次锁定 30 分钟。登录最长 8 小时，30 分钟不操作自动退出。不需要 Idempotency-Key。",
    responses((status = 200, description = "已登录", body = Envelope<StaffSignedIn>),
        (status = 401, description = "11010 用户名、密码或动态码不正确", body = Failure),
        (status = 403, description = "11011 已锁定", body = Failure)),
    security(()))]
#[post("/auth/staff/login")]
async fn staff_login_route(
    req: HttpRequest,
    app: web::Data<App>,
    gate: web::Data<SignIn>,
    body: Body<StaffLogin>,
) -> Result<Answer<StaffSignedIn>> {
    gate.worker_at(&req)?;
    let typed = body.value;
    let attempt = Attempt { username: typed.username, password: Zeroizing::new(typed.password), code: typed.totp };
    let (pair, worker) = staff_login::sign_in(&app, &gate, attempt).await?;
    Ok(Answer::ok(StaffSignedIn {
        refresh_expires_at: rfc3339(pair.refresh_expires_at),
        access_token: pair.access_token,
        expires_in_seconds: ACCESS_LIFE_S,
        refresh_token: pair.refresh_token,
        worker,
    }))
}

/// The signed-in worker.
#[derive(Serialize, ToSchema)]
pub struct StaffMe {
    id: Id,
    #[schema(example = "王丽")]
    name: String,
    posts: Vec<PostView>,
}

/// What the worker may do, and where.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct PostView {
    role: Labelled<Role>,
    /// Twelve-digit area code; the post holds for all areas below it.
    #[schema(example = "110105001000")]
    area: String,
    /// The rental point of a point keeper.
    point: Option<Id>,
    /// Leads the desk: may take over what a colleague holds.
    lead: bool,
}

impl From<&Post> for PostView {
    fn from(p: &Post) -> PostView {
        PostView { role: labelled!(p.role), area: p.area.to_string(), point: p.point, lead: p.lead }
    }
}

/// Who the worker is and which posts they hold now.
#[utoipa::path(get, path = "/staff/me", tag = "staff", operation_id = "getStaffMe",
    summary = "我的岗位", description = "姓名，以及现在的岗位和负责地区。",
    responses((status = 200, description = "工作人员", body = Envelope<StaffMe>)), security(("staff" = [])))]
#[get("/staff/me")]
async fn staff_me(caller: Worker) -> Result<Answer<StaffMe>> {
    let posts = caller.posts.iter().map(PostView::from).collect();
    Ok(Answer::ok(StaffMe { id: caller.id, name: caller.name, posts }))
}
