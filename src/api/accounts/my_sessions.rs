//! What a resident may call about the own sign-ins: on which devices the account is open, and ending one.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::faults;
use crate::office::accounts::guards::Resident;
use crate::office::accounts::open_sessions::{self, OpenSession};
use crate::office::accounts::{RevocationWatch, sessions};
use crate::office::frame::Call;
use crate::operations;
use crate::platform::error::Result;
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        end: [faults::THIS_SESSION],
    );
}

/// A sign-in that runs.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    pub id: Id,
    /// When it was signed in.
    #[schema(example = "2026-03-10T09:00:00+08:00", format = DateTime)]
    pub began_at: String,
    /// When it was last carried on.
    #[schema(example = "2026-03-12T18:20:00+08:00", format = DateTime)]
    pub used_at: String,
    /// When it ends unless it is carried on.
    #[schema(example = "2026-04-11T18:20:00+08:00", format = DateTime)]
    pub expires_at: String,
    /// true: the one that asks.
    pub current: bool,
}

impl SessionView {
    fn of(session: &OpenSession, who: &Resident) -> SessionView {
        SessionView {
            id: session.id,
            began_at: rfc3339(session.began_at),
            used_at: rfc3339(session.used_at),
            expires_at: rfc3339(session.expires_at),
            current: session.id == who.session,
        }
    }
}

#[utoipa::path(get, path = "/me/sessions", tag = "me", operation_id = "listMySessions", summary = "我的登录",
    description = "您的账号现在登录着的地方，最近登录的在前。",
    responses((status = 200, description = "一页登录")))]
async fn list(who: Resident, q: Query<Paged>, call: Call) -> Result<Answer<Page<SessionView>>> {
    let name = format!("sessions:{}", who.account);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let found = open_sessions::of(c, who.account, office.now, after, limit)?;
        let views = found.iter().map(|session| SessionView::of(session, &who)).collect();
        Ok(paging::placed(&found, views, |s| After { at: s.began_at.ms(), id: s.id }))
    })
    .await
}

/// A sign-in that was ended.
#[derive(Serialize, ToSchema)]
pub struct EndedSession {
    pub id: Id,
}

#[utoipa::path(post, path = "/me/sessions/{id}/actions/end", tag = "me", operation_id = "endMySession", summary = "退出一个登录",
    description = "让您的账号在另一台手机上退出登录，一秒内在所有服务器生效。手机丢失、或者在别人手机上登录过的，可以用它。重复调用没有影响。正在用的这一个请用“退出登录”。",
    params(("id" = Id, Path, description = "登录编号")),
    responses((status = 200, description = "已退出")))]
async fn end(who: Resident, id: PathId, call: Call, watch: web::Data<RevocationWatch>) -> Result<Answer<EndedSession>> {
    sessions::log_out_of(&call.app, &watch, who.account, who.session, id.0).await?;
    Ok(Answer::ok(EndedSession { id: id.0 }))
}
