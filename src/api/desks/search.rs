//! A caseworker looks for a case. POST, because nothing personal stands in an address.

use std::time::Duration;

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::DeskOfficer;
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::CaseSummary;
use crate::office::desks::search::{self, By, Term};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::limits::Limit;
use crate::platform::http::{Answer, Body, Envelope, Page, paging};
use crate::platform::id::Id;

/// Searches of one worker in a minute: enough for a counter with a queue, too few to try out a register.
const PER_MINUTE: u32 = 30;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(search_cases);
}

/// How often each worker may search; one for the whole server.
pub struct SearchRate(Limit<Id>);

impl Default for SearchRate {
    fn default() -> SearchRate {
        SearchRate(Limit::new(PER_MINUTE, Duration::from_secs(60)))
    }
}

/// What to look for.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    #[schema(inline, example = "name")]
    by: By,
    /// The whole number; of a name two letters or more.
    #[validate(length(min = 1, max = 60, message = "请填写要查找的内容，最多六十个字。"))]
    #[schema(example = "王小四")]
    term: String,
    /// 1 to 100, usually 20.
    #[schema(example = 20)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}
form!(Search { by: "查找方式", term: "查找内容", limit: "每页条数", cursor: "下一页" });

#[utoipa::path(tag = "desks", operation_id = "searchCases", summary = "查找办件",
    description = "在您负责的范围内，按办件编号、身份证号码、手机号码（本人或申请人）或者姓名（至少两个字）查找，最新的在前。每次查找都会记录您的姓名、时间和找到的件数。每分钟最多三十次。不需要 Idempotency-Key。",
    request_body = Search,
    responses((status = 200, description = "一页办件", body = Envelope<Page<CaseSummary>>)), security(("staff" = [])))]
#[post("/staff/cases/actions/search")]
async fn search_cases(
    who: DeskOfficer,
    body: Body<Search>,
    app: web::Data<App>,
    services: web::Data<Services>,
    rate: web::Data<SearchRate>,
) -> Result<Answer<Page<CaseSummary>>> {
    let (spine, worker, asked) = (Spine::of(&app, &services), who.0, body.value);
    let limit = paging::limit(asked.limit)?;
    let term = Term::read(&app.keys, asked.by, &asked.term, spine.today())?;
    let name = format!("search:{}:{}:{}", worker.id, asked.by.code(), hex::encode(term.hash));
    let after = paging::open(&app, &name, asked.cursor.as_deref())?;
    rate.0.check(&worker.id)?;
    let (log, caller, now) = (app.clock.id(), worker.id, spine.now);
    let wanted = term.clone();
    let (rows, hits) = app.db.read(move |c| search::find(c, &spine, &worker, &wanted, after, limit)).await?;
    app.db.write(move |c| search::record(c, log, now, caller, &term, hits)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}
