//! A caseworker looks for a case. POST, because nothing personal stands in an address.

use std::time::Duration;

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::DeskOfficer;
use crate::office::cases::showing::views::CaseSummary;
use crate::office::desks::search::{self, By, Term};
use crate::office::frame::Save;
use crate::platform::code::{self, Code};
use crate::platform::error::Result;
use crate::platform::http::limits::Limit;
use crate::platform::http::operation::Tool;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, Operations, Page, paging};
use crate::platform::id::Id;
use crate::rules::text::PlainText;
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// Searches of one worker in a minute: enough for a counter with a queue, too few to try out a register.
const PER_MINUTE: u32 = 30;

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; search_cases);
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
    #[schema(value_type = String, min_length = 1, max_length = 60, example = "王小四")]
    term: PlainText<1, 60>,
    /// 1 to 100, usually 20.
    #[schema(example = 20)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}
form!(Search { by: "查找方式", term: "查找内容", limit: "每页条数", cursor: "下一页" });

#[utoipa::path(post, path = "/staff/cases/actions/search", tag = "desks", operation_id = "searchCases", summary = "查找办件",
    description = "在您负责的范围内，按办件编号、身份证号码、手机号码（本人或申请人）或者姓名（至少两个字）查找，最新的在前。每次查找都会记录您的姓名、时间和找到的件数。每分钟最多三十次。不需要 Idempotency-Key。",
    responses((status = 200, description = "一页办件")))]
async fn search_cases(who: DeskOfficer, asked: Save<Search>, rate: web::Data<SearchRate>) -> Result<Answer<Page<CaseSummary>>> {
    let Save { call, sent } = asked;
    let worker = who.0;
    let caller = worker.id;
    let limit = paging::limit(sent.limit)?;
    let term = Term::read(&call.app.keys, sent.by, &sent.term, call.office.today())?;
    let name = format!("search:{caller}:{}:{}", sent.by.code(), hex::encode(term.hash));
    let after = paging::open(&call.app, &name, sent.cursor.as_deref())?;
    rate.0.check(&caller)?;
    let log = call.app.clock.id();
    let searched = term.clone();
    let (rows, hits) = call.found(move |c, office| search::find(c, office, &worker, &searched, after, limit)).await?;
    call.written(move |c, office| search::record(c, log, office.now, caller, &term, hits)).await?;
    let (rows, next_cursor) = paging::cut(&call.app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}

impl Tool for SearchRate {
    const REFUSES: (&'static str, &'static [&'static Code]) = ("SearchRate", &[&code::RATE]);
}
