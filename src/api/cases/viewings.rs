//! Who looked at a case's papers: by name for leaders and auditors, by office for the applicant.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::guards::{Filer, Overseer, Resident};
use crate::office::accounts::staff;
use crate::office::cases::access::loading;
use crate::office::cases::filing::viewings::{self, Opened};
use crate::office::cases::record::case::{self, Case};
use crate::office::frame::Call;
use crate::office::people::views::AreaNames;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::files::Variant;
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Labelled, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::Role;
use crate::{labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; staff_list, my_list);
}

/// One look at one paper, as the applicant may know of it: which office, not which person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct PaperLook {
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    at: String,
    /// In which post.
    role: Labelled<Role>,
    /// Where that post is.
    #[schema(example = "甲区宋疃镇")]
    organisation: String,
    paper_id: Id,
    /// What kind of paper, for example 户口簿.
    material: Labelled,
    /// The whole file, or only the small picture.
    variant: Labelled<Variant>,
}

/// The same with the worker's name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct StaffPaperLook {
    worker_id: Id,
    #[schema(example = "王丽")]
    worker_name: String,
    look: PaperLook,
}

fn looks(c: &mut AnyConn, case: &Case, rows: &[Opened]) -> Result<Vec<PaperLook>> {
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let mut areas = AreaNames::default();
    let mut looks = Vec::with_capacity(rows.len());
    for Opened { viewing, material } in rows {
        let label = policy.materials.iter().find(|m| m.code == *material).map_or("材料", |m| m.label.as_str());
        looks.push(PaperLook {
            at: rfc3339(viewing.at),
            role: labelled!(viewing.role),
            organisation: areas.view(c, &viewing.area)?.name,
            paper_id: viewing.paper_id,
            material: Labelled::new(material, label),
            variant: labelled!(viewing.variant),
        });
    }
    Ok(looks)
}

fn key(row: &Opened) -> After {
    After { at: row.viewing.at.ms(), id: row.viewing.id }
}

#[utoipa::path(get, path = "/staff/cases/{id}/views", tag = "desks", operation_id = "listPaperViews", summary = "谁看过材料（负责人、审计员）",
    description = "工作人员查看这件材料的记录，最新的在前：谁、什么岗位、什么时间、哪一份。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "一页查看记录")))]
async fn staff_list(who: Overseer, id: PathId, q: Query<Paged>, call: Call) -> Result<Answer<Page<StaffPaperLook>>> {
    let name = format!("views:{}", id.0);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, _, after, limit| {
        let case = Some(case::find(c, id.0)?).filter(|case| case.overseen_by(&who)).ok_or_else(Error::not_found)?;
        let rows = viewings::of(c, case.id, after, limit)?;
        let names = staff::names(c, rows.iter().map(|row| row.viewing.worker_id).collect())?;
        let name = |id: Id| names.iter().find(|(of, _)| *of == id).map(|(_, name)| name.clone()).unwrap_or_default();
        let workers = rows.iter().map(|row| row.viewing.worker_id);
        let looks = looks(c, &case, &rows)?.into_iter().zip(workers);
        let named = looks.map(|(look, id)| StaffPaperLook { worker_id: id, worker_name: name(id), look });
        Ok(paging::placed(&rows, named.collect(), key))
    })
    .await
}

#[utoipa::path(get, path = "/cases/{id}/views", tag = "papers", operation_id = "listMyPaperViews", summary = "谁看过我的材料",
    description = "哪个单位、什么岗位的工作人员在什么时间看过这件申请的哪份材料，最新的在前。不显示姓名。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "一页查看记录")))]
async fn my_list(who: Resident, id: PathId, q: Query<Paged>, call: Call) -> Result<Answer<Page<PaperLook>>> {
    let name = format!("views:{}", id.0);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let case = loading::owned(c, &Filer::Resident(who.account), id.0, office.now)?;
        let rows = viewings::of(c, case.id, after, limit)?;
        let looks = looks(c, &case, &rows)?;
        Ok(paging::placed(&rows, looks, key))
    })
    .await
}
