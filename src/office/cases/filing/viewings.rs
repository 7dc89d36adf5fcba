//! Which worker opened which paper, when, and in which post: written before the file is given.

use diesel::prelude::*;

use super::paper_files::BAD_LINK;
use super::papers::{Paper, papers};
use crate::office::accounts::staff;
use crate::office::cases::access::mandates;
use crate::office::cases::record::case;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::files::Variant;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

diesel::table! {
    paper_views (id) {
        id -> Binary,
        at -> BigInt,
        worker_id -> Binary,
        role -> Text,
        area -> Text,
        paper_id -> Binary,
        case_id -> Binary,
        variant -> Text,
    }
}

diesel::joinable!(paper_views -> papers (paper_id));
diesel::allow_tables_to_appear_in_same_query!(paper_views, papers);

/// One opening of one paper.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = paper_views)]
pub struct Viewing {
    pub id: Id,
    /// Epoch milliseconds.
    pub at: Moment,
    pub worker_id: Id,
    /// The post by which the worker might look, at that time.
    pub role: Role,
    pub area: AreaCode,
    pub paper_id: Id,
    pub variant: Variant,
}

/// An opening with the code of the paper's material.
#[derive(Clone, Debug, Queryable)]
pub struct Opened {
    pub viewing: Viewing,
    pub material: String,
}

/// Writes down that a worker opens a paper; 21006 when they may not look at this case's papers any more.
pub fn record(c: &mut AnyConn, id: Id, at: Moment, worker: Id, paper: &Paper, variant: Variant) -> Result<()> {
    let refused = || Error::new(&BAD_LINK);
    let worker = staff::find(c, worker, at)?.ok_or_else(refused)?;
    let case = case::find(c, paper.case_id)?;
    // Whoever fills in the application for somebody sees what was handed over.
    let helps = mandates::in_case(c, &worker, &case, at).is_ok();
    let helping = case.area;
    let helping = worker.post_among(&helping).filter(|_| helps);
    let post = case.post_for_papers(&worker).or(helping).ok_or_else(refused)?;
    use paper_views::dsl as v;
    let row = (
        (v::id.eq(id), v::at.eq(at), v::worker_id.eq(worker.id), v::role.eq(post.role), v::area.eq(post.area.to_string())),
        (v::paper_id.eq(paper.id), v::case_id.eq(case.id), v::variant.eq(variant)),
    );
    diesel::insert_into(v::paper_views).values(row).execute(c)?;
    Ok(())
}

/// The openings of a case's papers with the code of each material, newest first; one row more than `limit` when there
/// are more.
pub fn of(c: &mut AnyConn, case: Id, after: Option<After>, limit: i64) -> Result<Vec<Opened>> {
    use paper_views::dsl as v;
    let mut page = v::paper_views.inner_join(papers::table).filter(v::case_id.eq(case)).into_boxed::<MultiBackend>();
    if let Some(a) = after {
        page = page.filter(v::at.lt(a.at).or(v::at.eq(a.at).and(v::id.lt(a.id))));
    }
    let page = page.order((v::at.desc(), v::id.desc())).limit(limit.saturating_add(1));
    let columns = (<Viewing as Selectable<MultiBackend>>::construct_selection(), papers::material);
    Ok(page.select(columns).load(c)?)
}
