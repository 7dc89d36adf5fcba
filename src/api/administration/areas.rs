//! The list of areas for the administrator: what a CSV file would change, and the import.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::Administrator;
use crate::office::administration::events::{Change, Event};
use crate::office::administration::scope;
use crate::office::frame::{Call, Write};
use crate::office::policy::areas::{self, AreaChange, AreasPlan};
use crate::platform::error::Result;
use crate::platform::http::{Answer, CsvBody, Labelled, Operations};
use crate::rules::areas::AreaLevel;
use crate::rules::lifecycle::Role;
use crate::{labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to; preview, import);
}

/// Lines of a preview at most; the counts are of the whole file.
const MOST_SHOWN: usize = 200;

/// What a list of areas changes.
#[derive(Serialize, Deserialize, ToSchema)]
struct AreasChange {
    /// Lines of the file.
    #[schema(example = 320)]
    lines: usize,
    #[schema(example = 2)]
    added: usize,
    #[schema(example = 1)]
    changed: usize,
    /// The first 200 lines that change something.
    changes: Vec<AreaLine>,
}

/// One area that is new or changes.
#[derive(Serialize, Deserialize, ToSchema)]
struct AreaLine {
    #[schema(example = "990101101000")]
    code: String,
    level: Labelled<AreaLevel>,
    /// Null when the area is new.
    #[schema(example = "洪庄乡")]
    name_before: Option<String>,
    #[schema(example = "洪庄镇")]
    name: String,
    #[schema(example = "2020-01-01", format = Date)]
    valid_from: String,
    /// Last day; null while it exists.
    #[schema(example = "2026-12-31", format = Date)]
    valid_to: Option<String>,
}

impl AreasChange {
    fn of(plan: &AreasPlan) -> AreasChange {
        let added = plan.changes.iter().filter(|c| c.before.is_none()).count();
        let line = |c: &AreaChange| AreaLine {
            code: c.row.code.to_string(),
            level: labelled!(c.row.code.level()),
            name_before: c.before.clone(),
            name: c.row.name.clone(),
            valid_from: c.row.valid_from.to_string(),
            valid_to: c.row.valid_to.map(|d| d.to_string()),
        };
        AreasChange {
            lines: plan.lines,
            added,
            changed: plan.changes.len().saturating_sub(added),
            changes: plan.changes.iter().take(MOST_SHOWN).map(line).collect(),
        }
    }
}

#[utoipa::path(post, path = "/staff/admin/areas/preview", tag = "administration", operation_id = "previewAreas", summary = "预览行政区划导入",
    description = "检查 CSV 文件并列出会改动什么，不作任何改动。列为 code,level,parent,name,valid_from,valid_to，UTF-8，最大 512 KB；名单里没有的区划不受影响；只能改动您管辖范围内的。",
    responses((status = 200, description = "会改动什么")))]
async fn preview(who: Administrator, file: CsvBody, call: Call) -> Result<Answer<AreasChange>> {
    call.read(move |c, _| {
        let plan = areas::plan(c, &file.text, &|area| who.covers(Role::Administrator, area))?;
        Ok(AreasChange::of(&plan))
    })
    .await
}

#[utoipa::path(post, path = "/staff/admin/areas/import", tag = "administration", operation_id = "importAreas", summary = "导入行政区划",
    description = "与预览同样的检查和同样的列（code,level,parent,name,valid_from,valid_to）；整份导入，或者有任何问题时一行也不导入。",
    responses((status = 200, description = "改动了什么")))]
async fn import(who: Administrator, call: Write<CsvBody>) -> Result<Answer<AreasChange>> {
    call.once(who.id, move |c, office, file| {
        let plan = areas::plan(c, &file.text, &|area| who.covers(Role::Administrator, area))?;
        areas::apply(c, &plan)?;
        let told = AreasChange::of(&plan);
        let around = scope::around(plan.changes.iter().map(|change| &change.row.code));
        let said = format!("新增 {}，修改 {}", told.added, told.changed);
        Event::new(office.now, Some(who.id), Change::AreasImported, "areas", around).words(None, said).record(c)?;
        Ok(told)
    })
    .await
}
