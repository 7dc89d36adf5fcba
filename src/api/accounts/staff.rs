//! Workers sign in, and see who they are to the system.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use crate::office::accounts::faults as account_codes;
use crate::office::accounts::guards::Worker;
use crate::office::accounts::posts::PostView;
use crate::office::accounts::sign_in::SignIn;
use crate::office::accounts::staff_login::{self, Attempt};
use crate::office::accounts::tokens::ACCESS_LIFE_S;
use crate::office::frame::Save;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Operations};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::text::{KeyedCode, Password};
use crate::{form, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        staff_login_route: [account_codes::STAFF_REFUSED, account_codes::LOCKED],
        staff_me,
    );
}

/// What a worker typed.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffLogin {
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "wang.li")]
    username: KeyedCode<1, 64>,
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "three-pigs-build-a-house")]
    password: Password<1, 128>,
    /// Six digits of the authenticator app.
    #[schema(value_type = String, min_length = 6, max_length = 8, example = "492039")]
    totp: KeyedCode<6, 8>,
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
#[utoipa::path(post, path = "/auth/staff/login", tag = "auth", operation_id = "signInStaff", summary = "工作人员登录",
    description = "用户名、密码和动态码。连续错 5 次锁定 30 分钟。登录最长 8 小时，30 分钟不操作自动退出。不需要 Idempotency-Key。",
    responses((status = 200, description = "已登录")))]
async fn staff_login_route(req: HttpRequest, gate: web::Data<SignIn>, asked: Save<StaffLogin>) -> Result<Answer<StaffSignedIn>> {
    gate.worker_at(&req)?;
    let Save { call, sent: typed } = asked;
    let attempt = Attempt {
        username: typed.username.into_string(),
        password: Zeroizing::new(typed.password.into_string()),
        code: typed.totp.into_string(),
    };
    let (pair, worker) = staff_login::sign_in(&call.app, &gate, attempt).await?;
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

/// Who the worker is and which posts they hold now.
#[utoipa::path(get, path = "/staff/me", tag = "staff", operation_id = "getStaffMe", summary = "我的岗位",
    description = "姓名，以及现在的岗位和负责地区。",
    responses((status = 200, description = "工作人员")))]
async fn staff_me(caller: Worker) -> Result<Answer<StaffMe>> {
    let posts = caller.posts.iter().map(PostView::from).collect();
    Ok(Answer::ok(StaffMe { id: caller.id, name: caller.name, posts }))
}
