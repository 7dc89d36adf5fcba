//! The board of public notices (公示): one masked line for a case while its notice runs.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::{beijing_date, rfc3339};
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;

diesel::table! {
    publications (id) {
        id -> Binary,
        case_id -> Binary,
        county -> Text,
        area -> Text,
        service -> Text,
        line -> Text,
        from_at -> BigInt,
        until_at -> BigInt,
    }
}

/// A line of the board. Nothing else about a case is public.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicLine {
    pub id: Id,
    /// Who and what, masked; never a minor.
    #[schema(example = "王*四，教育救助，本科")]
    pub line: String,
    #[schema(example = "教育救助")]
    pub service: String,
    #[schema(example = "2026-11-21T00:00:00+08:00", format = DateTime)]
    pub from: String,
    #[schema(example = "2026-11-28", format = Date)]
    pub until: String,
}

/// Puts a case on the board until its notice ends.
pub fn put_up(c: &mut AnyConn, office: &Office, case: &Case) -> Result<()> {
    let service = office.services.get(&case.service)?;
    let line = service.public_line(c, office, case)?;
    use publications::dsl as p;
    let row = (
        p::id.eq(Id::at(office.now)),
        p::case_id.eq(case.id),
        p::county.eq(&case.county),
        p::area.eq(&case.area),
        p::service.eq(service.label()),
        p::line.eq(line),
        p::from_at.eq(office.now),
        p::until_at.eq(case.limit.due_at.unwrap_or(office.now)),
    );
    diesel::insert_into(p::publications).values(row).execute(c)?;
    Ok(())
}

/// Keeps the line of a case up until its notice ends, which may have moved.
pub fn until(c: &mut AnyConn, case: &Case, now: Moment) -> Result<()> {
    set_end(c, case.id, now, case.limit.due_at.unwrap_or(now))
}

/// Takes the lines of a case down at once.
pub fn take_down(c: &mut AnyConn, case: Id, now: Moment) -> Result<()> {
    set_end(c, case, now, now.saturating_sub(1))
}

fn set_end(c: &mut AnyConn, case: Id, now: Moment, end: Moment) -> Result<()> {
    use publications::dsl as p;
    let up = p::publications.filter(p::case_id.eq(case).and(p::until_at.ge(now)));
    diesel::update(up).set(p::until_at.eq(end)).execute(c)?;
    Ok(())
}

/// What is on a county's board now, the soonest to end first; one row more than `limit` when there are more.
pub fn board(
    c: &mut AnyConn,
    county: &AreaCode,
    now: Moment,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<(After, PublicLine)>> {
    use publications::dsl as p;
    let mut query = p::publications.filter(p::county.eq(county).and(p::until_at.ge(now))).into_boxed();
    if let Some(a) = after {
        query = query.filter(p::until_at.gt(a.at).or(p::until_at.eq(a.at).and(p::id.gt(a.id))));
    }
    let rows: Vec<(Id, String, String, Moment, Moment)> = query
        .order((p::until_at, p::id))
        .limit(limit.saturating_add(1))
        .select((p::id, p::line, p::service, p::from_at, p::until_at))
        .load(c)?;
    let view = |(id, line, service, from, until): (Id, String, String, Moment, Moment)| {
        let until_day = beijing_date(until).to_string();
        (After { at: until.ms(), id }, PublicLine { id, line, service, from: rfc3339(from), until: until_day })
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Keeps the public board in step with the case, in the same write.
pub(in crate::office) fn publish(c: &mut AnyConn, office: &Office, case: &Case, from: State) -> Result<()> {
    match (from, case.state) {
        (State::PublicNotice, State::PublicNotice) => until(c, case, office.now),
        (_, State::PublicNotice) => put_up(c, office, case),
        (State::PublicNotice, _) => take_down(c, case.id, office.now),
        _ => Ok(()),
    }
}
