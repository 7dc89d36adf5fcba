//! What a resident may call: my notices, how many are unread, reading one, and consents to WeChat messages.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::Resident;
use crate::office::channels::inbox::{self, NoticeView};
use crate::office::channels::wechat_credits;
use crate::office::frame::{Call, Write};
use crate::platform::error::Result;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; list, count_unread, mark_read, subscribed);
}

/// Which notices.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NoticeFilter {
    /// true: only unread ones.
    unread: Option<bool>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/me/notices", tag = "notices", operation_id = "listNotices", summary = "我的消息",
    description = "办理进展的消息，最新的在前。",
    responses((status = 200, description = "一页消息")))]
async fn list(who: Resident, q: Query<NoticeFilter>, call: Call) -> Result<Answer<Page<NoticeView>>> {
    let unread = q.0.unread.unwrap_or(false);
    let name = format!("notices:{}:{unread}", who.account);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, _, after, limit| {
        inbox::page(c, who.account, unread, after, limit)
    })
    .await
}

/// How many notices are unread.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Unread {
    count: i64,
}

#[utoipa::path(get, path = "/me/notices/unread", tag = "notices", operation_id = "countUnreadNotices", summary = "未读消息数量",
    description = "与消息列表同一口径。",
    responses((status = 200, description = "数量")))]
async fn count_unread(who: Resident, call: Call) -> Result<Answer<Unread>> {
    call.read(move |c, _| Ok(Unread { count: inbox::unread(c, who.account)? })).await
}

#[utoipa::path(post, path = "/me/notices/{id}/actions/read", tag = "notices", operation_id = "readNotice", summary = "标为已读",
    description = "把一条消息标为已读。重复调用没有影响。",
    params(("id" = Id, Path, description = "消息编号")),
    responses((status = 200, description = "已读")))]
async fn mark_read(who: Resident, id: PathId, call: Call) -> Result<Answer<NoticeView>> {
    call.write(move |c, office| inbox::read(c, who.account, id.0, office.now)).await
}

/// What the resident answered to one template.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Subscribed {
    /// Template id of WeChat.
    #[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[!-~]+$", example = "tmpl_case_progress")]
    template: Code<1, 64>,
    /// true for `accept`; false for everything else.
    #[schema(example = true)]
    accepted: bool,
}
form!(Subscribed { template: "模板", accepted: "是否同意" });

/// Messages that the resident still allows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Credits {
    credits: i64,
}

#[utoipa::path(post, path = "/me/subscriptions", tag = "notices", operation_id = "noteSubscription", summary = "记录订阅结果",
    description = "把 wx.requestSubscribeMessage 的结果告诉后台：同意一次，可以收到一条微信消息。",
    responses((status = 200, description = "剩余条数")))]
async fn subscribed(who: Resident, call: Write<Subscribed>) -> Result<Answer<Credits>> {
    let account = who.account;
    call.once(account, move |c, office, sent| {
        Ok(Credits { credits: wechat_credits::note(c, account, &sent.template, sent.accepted, office.now)? })
    })
    .await
}
