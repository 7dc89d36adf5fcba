//! What anybody may call: the board of public notices.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::cases::notice_board::{self, PublicLine};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::public::Unchanged;
use crate::platform::http::{Answer, Envelope, Failure, Page, Query, paging};

/// The operation of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(board);
}

/// Which board.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Board {
    /// Twelve-digit code of the county.
    #[param(example = "990101000000")]
    county: String,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "public", operation_id = "listPublicNotices", summary = "公示栏",
    description = "正在公示的事项，姓名已经遮盖，到期自动撤下。", params(Board),
    responses((status = 200, description = "一页公示", body = Envelope<Page<PublicLine>>), Unchanged,
        (status = 400, description = "10007 游标失效", body = Failure)))]
#[get("/public/notice-board")]
async fn board(q: Query<Board>, app: web::Data<App>) -> Result<Answer<Page<PublicLine>>> {
    let (limit, now, county) = (paging::limit(q.0.limit)?, app.clock.now_ms(), q.0.county);
    let name = format!("board:{county}");
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| notice_board::board(c, &county, now, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, l)| l).collect(), next_cursor }).public())
}
