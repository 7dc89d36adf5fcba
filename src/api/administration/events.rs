//! What an auditor reads: every administrative change, the newest first.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::accounts::{Auditor, staff};
use crate::office::administration::events::{self, Change, Filter, Line};
use crate::office::frame::Call;
use crate::platform::error::Result;
use crate::platform::http::paging::{After, Cursor};
use crate::platform::http::{Answer, Labelled, Operations, Page, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::Role;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::{labelled, operations};

/// Mounts this operation.
pub fn routes(to: &mut Operations) {
    operations!(to; list);
}

/// Which changes.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventFilter {
    #[param(inline)]
    action: Option<Change>,
    /// Id or code of what was changed.
    #[param(value_type = Option<String>, min_length = 1, max_length = 64, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    target: Option<Code<1, 64>>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

/// One administrative change.
#[derive(Serialize, ToSchema)]
struct AdminEventView {
    id: Id,
    #[schema(example = "2026-03-10T09:00:00+08:00", format = DateTime)]
    at: String,
    /// Null for the command line.
    worker: Option<Id>,
    #[schema(example = "陈管理")]
    worker_name: String,
    action: Labelled<Change>,
    /// Id or code of what was changed.
    target: String,
    /// Where it holds; null for the whole installation.
    #[schema(example = "990101000000")]
    area: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

fn view(line: Line, names: &[(Id, String)]) -> AdminEventView {
    let name = line.by.map(|by| names.iter().find(|(id, _)| *id == by).map_or_else(String::new, |(_, n)| n.clone()));
    AdminEventView {
        id: line.id,
        at: rfc3339(line.at),
        worker: line.by,
        worker_name: name.unwrap_or_else(|| "命令行".to_owned()),
        action: labelled!(line.change),
        target: line.target,
        area: Some(line.area).filter(|a| !a.is_empty()),
        before: line.before,
        after: line.after,
    }
}

#[utoipa::path(get, path = "/staff/audit/admin-events", tag = "administration", operation_id = "listAdminEvents", summary = "管理操作记录",
    description = "管理员对账号、岗位、政策、区划、放假安排和通知文字做过的每一次改动，最新的在前。审计员看得到本辖区的、上级的和对全部地区有效的。",
    responses((status = 200, description = "一页记录")))]
async fn list(who: Auditor, query: Query<EventFilter>, call: Call) -> Result<Answer<Page<AdminEventView>>> {
    let wanted = query.0;
    let areas = who.posts_of(Role::Auditor).map(|p| p.area).collect();
    let filter = Filter { areas, change: wanted.action, target: wanted.target.map(Code::into_string) };
    let name = format!("admin-events:{}:{filter:?}", who.id);
    call.page(&name, wanted.limit, wanted.cursor.as_deref(), move |c, _, after, limit| {
        let lines = events::list(c, &filter, after, limit)?;
        let names = staff::names(c, lines.iter().filter_map(|l| l.by).collect())?;
        Ok(lines.into_iter().map(|l| (After { at: l.at.ms(), id: l.id }, view(l, &names))).collect())
    })
    .await
}
