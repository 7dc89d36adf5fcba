//! What anybody may call: the board of public notices.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::office::cases::moving::notice_board::{self, PublicLine};
use crate::office::frame::Call;
use crate::operations;
use crate::platform::error::Result;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Operations, Page, Public, Query};
use crate::rules::areas::AreaCode;
use crate::rules::typed::blank_is_none;

/// The operation of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; board);
}

/// Which board.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Board {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/public/notice-board", tag = "public", operation_id = "listPublicNotices", summary = "公示栏",
    description = "正在公示的事项，姓名已经遮盖，到期自动撤下。",
    responses((status = 200, description = "一页公示")))]
async fn board(q: Query<Board>, call: Call) -> Result<Public<Page<PublicLine>>> {
    let county = q.0.county;
    let name = format!("board:{county}");
    Ok(call
        .page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
            notice_board::board(c, &county, office.now, after, limit)
        })
        .await?
        .public())
}
