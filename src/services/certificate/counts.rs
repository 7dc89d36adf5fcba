//! What the yearly report counts of certificates: cases that were completed in the year.

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::store::certificate_assessments;
use super::terms::Kind;
use crate::labelled;
use crate::office::cases::record::case::cases;
use crate::office::cases::service::figures::{ReportRow, ReportTable, Scope, columns};
use crate::office::reports::in_areas;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::lifecycle::State;

diesel::table! {
    report_certificate_cases (case_id) {
        case_id -> Binary,
        county -> Text,
        kind -> Text,
        ended_at -> BigInt,
        cross_province -> Bool,
        at_home -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(cases, certificate_assessments);
diesel::allow_columns_to_appear_in_same_group_by_clause!(cases::county, certificate_assessments::assessed_on);

/// How many of each kind, and of them from another province and with an assessment at home.
pub fn by_kind(c: &mut AnyConn, scope: &Scope) -> Result<ReportTable> {
    use report_certificate_cases as r;
    let (from, to) = scope.moments();
    let by = (r::kind, r::cross_province, r::at_home);
    let groups = r::table.group_by(by).select((r::kind, r::cross_province, r::at_home, count_star()));
    let groups = in_areas!(groups, r::county, scope).filter(r::ended_at.between(from, to)).order(by);
    let groups: Vec<(String, bool, bool, i64)> = groups.load(c)?;
    let row = |kind: &Kind| {
        let sum = |wanted: &dyn Fn(bool, bool) -> bool| -> i64 {
            groups.iter().filter(|(code, cross, home, _)| code == kind.code() && wanted(*cross, *home)).map(|g| g.3).sum()
        };
        ReportRow::new([labelled!(*kind).untyped()], [sum(&|_, _| true), sum(&|cross, _| cross), sum(&|_, home| home)])
    };
    let table = ReportTable {
        code: "certificates_by_kind",
        title: "残疾人证办理",
        counted: "本年度办结的件。跨省通办是交了居住证的件，上门评定是有一次评定在申请人家里或村里做的件。",
        names: vec!["事项"],
        columns: columns(&[("completed", "办结"), ("cross_province", "其中跨省通办"), ("at_home", "其中上门评定")]),
        rows: Kind::ALL.iter().map(row).collect(),
        total: None,
    };
    Ok(table.summed())
}

/// On how many days there were assessments at home: one day in one county is one round, however many people were assessed.
pub fn rounds(c: &mut AnyConn, scope: &Scope) -> Result<ReportTable> {
    use certificate_assessments as a;
    let (from, to) = scope.moments();
    let by = (cases::county, a::assessed_on);
    let visits = cases::table.inner_join(a::table.on(a::case_id.eq(cases::id))).group_by(by);
    let visits = visits.select((cases::county, a::assessed_on, count(cases::id).aggregate_distinct()));
    let visits = in_areas!(visits, cases::county, scope)
        .filter(cases::service.eq(super::CODE).and(cases::state.eq(State::Completed)))
        .filter(cases::ended_at.between(from, to).and(a::at_home.eq(true)));
    let days: Vec<(String, String, i64)> = visits.order(by).load(c)?;
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
    Ok(ReportTable {
        code: "certificate_rounds",
        title: "上门评残",
        counted: "本年度办结的件中上门或下乡评定的日子；同一个县（区）同一天算一次。",
        names: Vec::new(),
        columns: columns(&[("rounds", "上门或下乡评残次数")]),
        rows: vec![ReportRow::new([], [count])],
        total: None,
    })
}
