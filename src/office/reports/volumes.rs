//! What happened, by service and month: counted from the lines of history, by the day on which they were written.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{month_of, report_lines};
use super::scope::service;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{Period, Scope};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::sheets::{Cell, Table};
use crate::rules::lifecycle::{Action, State};

/// What happened in a period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Volumes {
    pub period: Period,
    pub total: VolumeCounts,
    /// By service and month; months in which nothing happened are left out.
    pub rows: Vec<VolumeRow>,
}

/// One service in one month.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VolumeRow {
    pub service: Labelled,
    #[schema(example = "2026-03")]
    pub month: String,
    pub counts: VolumeCounts,
}

/// How often each thing happened. A case can be submitted, refused or approved more than once; what was undone or taken
/// back is counted as such, so that differences are the cases that stand so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VolumeCounts {
    pub begun: i64,
    pub submitted: i64,
    /// Submissions that the applicant undid.
    pub undone: i64,
    /// By an officer, or because nobody answered in time.
    pub accepted: i64,
    pub approved: i64,
    /// Not accepted or rejected.
    pub refused: i64,
    /// Refusals that the officer took back.
    pub refusals_taken_back: i64,
    pub appealed: i64,
    pub completed: i64,
    /// By the applicant, or merged into another case.
    pub withdrawn: i64,
    /// Corrections that did not come.
    pub lapsed: i64,
    /// Drafts that nobody submitted.
    pub expired: i64,
}

const HEAD: [&str; 12] = [
    "开始填写",
    "提交",
    "取消提交",
    "受理",
    "批准",
    "不予受理或批准",
    "收回不予受理或批准",
    "申诉",
    "办结",
    "撤回或并案",
    "逾期未补正终止",
    "草稿过期",
];

impl VolumeCounts {
    fn all(&self) -> [i64; 12] {
        let VolumeCounts { begun, submitted, undone, accepted, approved, refused, .. } = *self;
        let VolumeCounts { refusals_taken_back, appealed, completed, withdrawn, lapsed, expired, .. } = *self;
        [
            begun,
            submitted,
            undone,
            accepted,
            approved,
            refused,
            refusals_taken_back,
            appealed,
            completed,
            withdrawn,
            lapsed,
            expired,
        ]
    }

    /// Adds lines that say this.
    fn add(&mut self, action: Action, from: State, to: State, lines: i64) {
        let more = |field: &mut i64| *field = field.saturating_add(lines);
        match action {
            Action::Begin => more(&mut self.begun),
            Action::Submit => more(&mut self.submitted),
            Action::Undo => more(&mut self.undone),
            Action::Accept | Action::DeemAccepted => more(&mut self.accepted),
            Action::Decline | Action::Reject => more(&mut self.refused),
            Action::TakeBack if matches!(from, State::NotAccepted | State::Rejected) => more(&mut self.refusals_taken_back),
            Action::Appeal => more(&mut self.appealed),
            Action::Complete => more(&mut self.completed),
            Action::Withdraw | Action::Merge => more(&mut self.withdrawn),
            Action::Lapse => more(&mut self.lapsed),
            Action::Expire => more(&mut self.expired),
            // With days of public notice it is approved when they are over.
            Action::Approve | Action::ApprovedByRule | Action::EndNotice if to == State::Approved => more(&mut self.approved),
            _ => {}
        }
    }
}

/// What the report looks at; each action is one range of the index.
const COUNTED: &[Action] = &[
    Action::Begin,
    Action::Submit,
    Action::Undo,
    Action::Accept,
    Action::DeemAccepted,
    Action::Decline,
    Action::Reject,
    Action::TakeBack,
    Action::Appeal,
    Action::Complete,
    Action::Withdraw,
    Action::Merge,
    Action::Lapse,
    Action::Expire,
    Action::Approve,
    Action::ApprovedByRule,
    Action::EndNotice,
];

type Line = (String, i64, Action, State, State, i64);

/// Counts them: one grouped query, whose answer is bounded by days, services and actions.
pub fn count(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Volumes> {
    use report_lines as l;
    let (from, to) = scope.moments();
    let by = (l::service, l::day, l::action, l::from_state, l::to_state);
    let lines =
        l::table.group_by(by).select((l::service, l::day, l::action, l::from_state, l::to_state, diesel::dsl::count_star()));
    let lines = within!(lines, l, scope).filter(l::action.eq_any(COUNTED)).filter(l::at.between(from, to));
    let lines: Vec<Line> = lines.order(by).load(c)?;
    let mut total = VolumeCounts::default();
    let mut found = BTreeMap::<(String, String), VolumeCounts>::new();
    for (code, day, action, before, after, lines) in lines {
        total.add(action, before, after, lines);
        found.entry((code, month_of(day))).or_default().add(action, before, after, lines);
    }
    found.retain(|_, counts| *counts != VolumeCounts::default());
    let row = |((code, month), counts): ((String, String), VolumeCounts)| {
        Ok(VolumeRow { service: service(office, &code)?, month, counts })
    };
    Ok(Volumes { period: scope.period, total, rows: found.into_iter().map(row).collect::<Result<_>>()? })
}

impl Volumes {
    pub fn tables(&self) -> Vec<Table> {
        let line = |service: &str, month: &str, counts: &VolumeCounts| {
            [Cell::text(service), Cell::text(month)].into_iter().chain(counts.all().map(Cell::Number)).collect()
        };
        let mut rows: Vec<Vec<Cell>> = self.rows.iter().map(|r| line(&r.service.label, &r.month, &r.counts)).collect();
        rows.push(line("合计", "", &self.total));
        vec![Table { name: "办件量", head: ["事项", "月份"].into_iter().chain(HEAD).collect(), rows }]
    }
}
