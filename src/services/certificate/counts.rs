//! What the yearly report counts of certificates: cases that were completed in a span of time, from one definition.

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::rules::Kind;
use super::store::certificate_assessments;
use crate::office::cases::case::cases;
use crate::office::cases::papers::papers;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::State;

diesel::allow_tables_to_appear_in_same_query!(cases, papers);
diesel::allow_tables_to_appear_in_same_query!(cases, certificate_assessments);

/// The paper by which somebody who lives in another province applies (跨省通办).
const RESIDENCE_PERMIT: &str = "residence_permit";

/// Of which county, and completed from the first moment on and before the second, epoch milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub county: AreaCode,
    pub from: i64,
    pub until: i64,
}

/// The one definition.
#[diesel::dsl::auto_type(no_type_alias)]
fn completed(county: String, from: i64, until: i64) -> _ {
    let service: &'static str = "certificate";
    let done: State = State::Completed;
    let here = cases::service.eq(service).and(cases::county.eq(county)).and(cases::state.eq(done));
    here.and(cases::ended_at.ge(from)).and(cases::ended_at.lt(until))
}

/// How many cases of each kind.
pub fn by_kind(c: &mut AnyConn, span: &Span) -> Result<Vec<(Kind, i64)>> {
    let rows =
        cases::table.filter(completed(span.county.to_string(), span.from, span.until)).group_by(cases::kind).order(cases::kind);
    let rows: Vec<(String, i64)> = rows.select((cases::kind, count_star())).load(c)?;
    let of = |kind: Kind| rows.iter().find(|(code, _)| code == kind.code()).map_or(0, |(_, n)| *n);
    Ok(Kind::ALL.iter().map(|kind| (*kind, of(*kind))).collect())
}

/// How many cases came from another province.
pub fn cross_province(c: &mut AnyConn, span: &Span) -> Result<i64> {
    let permits = cases::table.inner_join(papers::table.on(papers::case_id.eq(cases::id))).filter(completed(
        span.county.to_string(),
        span.from,
        span.until,
    ));
    let permits = permits.filter(papers::material.eq(RESIDENCE_PERMIT)).filter(papers::state.eq("received"));
    Ok(permits.select(count(cases::id).aggregate_distinct()).get_result(c)?)
}

/// In how many cases doctors came to the person, and on how many different days.
pub fn at_home(c: &mut AnyConn, span: &Span) -> Result<(i64, i64)> {
    use certificate_assessments::dsl as a;
    let visits = || {
        let all = cases::table.inner_join(certificate_assessments::table.on(a::case_id.eq(cases::id)));
        all.filter(completed(span.county.to_string(), span.from, span.until)).filter(a::at_home.eq(true))
    };
    let people = visits().select(count(cases::id).aggregate_distinct()).get_result(c)?;
    Ok((people, visits().select(count(a::assessed_on).aggregate_distinct()).get_result(c)?))
}
