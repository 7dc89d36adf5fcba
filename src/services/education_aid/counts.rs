//! What the yearly report counts of education aid: awards that were paid, and what was planned.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::seasons::{self, seasons as seasons_table};
use super::store::{AwardState, awards};
use super::terms::{Beneficiary, Stage};
use crate::labelled;
use crate::office::cases::service::figures::{ReportRow, ReportTable, Scope, columns};
use crate::office::reports::in_areas;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;

/// How many awards of a season were paid.
type Paid = (Id, Beneficiary, Stage, i64);

/// Both tables.
pub fn tables(c: &mut AnyConn, scope: &Scope) -> Result<Vec<ReportTable>> {
    let paid = paid(c, scope)?;
    Ok(vec![by_stage(&paid), plan(c, scope, &paid)?])
}

/// The paid awards of the seasons of the year, in one grouped query.
fn paid(c: &mut AnyConn, scope: &Scope) -> Result<Vec<Paid>> {
    use {awards as a, seasons_table as s};
    let by = (a::season_id, a::beneficiary, a::stage);
    let groups = a::table.inner_join(s::table).group_by(by).select((a::season_id, a::beneficiary, a::stage, count_star()));
    let groups = in_areas!(groups, s::county, scope).filter(s::year.eq(i64::from(scope.year())));
    Ok(groups.filter(a::state.eq(AwardState::Paid)).order(by).load(c)?)
}

fn by_stage(paid: &[Paid]) -> ReportTable {
    let row = |stage: &Stage| {
        let of = |who: Beneficiary| paid.iter().filter(|p| (p.1, p.2) == (who, *stage)).map(|p| p.3).sum::<i64>();
        let figures: Vec<i64> = Beneficiary::ALL.iter().map(|who| of(*who)).collect();
        let all = figures.iter().sum();
        ReportRow::new([labelled!(*stage).untyped()], [figures, vec![all]].concat())
    };
    let heads: Vec<(&str, &str)> = Beneficiary::ALL.iter().map(|who| (who.code(), who.label())).collect();
    let table = ReportTable {
        code: "aid_by_stage",
        title: "教育救助人数",
        counted: "本年度各次教育救助中，救助金已经发放的人。",
        names: vec!["学段"],
        columns: columns(&[heads, vec![("all", "合计")]].concat()),
        rows: Stage::ALL.iter().map(row).collect(),
        total: None,
    };
    table.summed()
}

/// What the seasons of the year were to reach, beside what they reached; targets of one name are one line. The targets are
/// parts of the first line, so there is no sum.
fn plan(c: &mut AnyConn, scope: &Scope, paid: &[Paid]) -> Result<ReportTable> {
    let mut all = [0_i64; 2];
    let mut by_name: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    for planned in seasons::planned(c, scope)? {
        let done = |counts: &dyn Fn(Stage) -> bool| -> i64 {
            paid.iter().filter(|p| p.0 == planned.season && counts(p.2)).map(|p| p.3).sum()
        };
        add(&mut all, [planned.quota, done(&|_| true)]);
        for target in planned.targets {
            let reached = done(&|stage| target.stages.contains(&stage));
            add(by_name.entry(target.name).or_default(), [target.planned, reached]);
        }
    }
    let mut rows = vec![ReportRow::new([Labelled::new("all", "全部名额")], all)];
    rows.extend(by_name.into_iter().map(|(name, figures)| ReportRow::new([Labelled::new(&name, &name)], figures)));
    Ok(ReportTable {
        code: "aid_plan",
        title: "教育救助任务完成",
        counted: "本年度各次教育救助的名额和任务数，以及救助金已经发放的人数。",
        names: vec!["任务"],
        columns: columns(&[("planned", "计划人数"), ("done", "完成人数")]),
        rows,
        total: None,
    })
}

fn add(sums: &mut [i64; 2], more: [i64; 2]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum = sum.saturating_add(more);
    }
}
