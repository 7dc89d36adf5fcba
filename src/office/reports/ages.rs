//! What lies on desks now, by pace and by working days since it was submitted; the pace is that of lists and details.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{date_of, report_lying};
use super::scope::service;
use crate::labelled;
use crate::office::cases::record::case::pace;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::Scope;
use crate::office::policy::calendar;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::sheets::{Cell, Table};
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::{Desk, State};
use crate::rules::moments::Moment;
use crate::rules::pace::Pace;

/// What lies on desks now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Ages {
    /// The moment of which it is true.
    #[schema(example = "2026-03-10T09:00:00+08:00", format = DateTime)]
    pub at: String,
    /// By service and desk; desks without a case are left out.
    pub rows: Vec<AgeRow>,
}

/// The cases of one service on one kind of desk. The paces and `waiting` add up to `total`, and so do the four ages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgeRow {
    pub service: Labelled,
    pub desk: Labelled<Desk>,
    pub total: i64,
    pub on_time: i64,
    pub at_risk: i64,
    pub overdue: i64,
    /// The office's clock stands: put off, on public notice, or with somebody outside.
    pub standing: i64,
    /// Without a limit.
    pub open: i64,
    /// Waiting for the applicant's correction, as in the queue; their limit is not the office's.
    pub waiting: i64,
    /// Submitted at most 5 working days ago.
    pub up_to_5: i64,
    pub from_6_to_10: i64,
    pub from_11_to_20: i64,
    pub over_20: i64,
    #[schema(value_type = String, format = Date, example = "2026-03-10")]
    pub oldest_submitted_on: NaiveDate,
    /// Working days since then.
    pub oldest_days: i64,
}

type Group = (String, Desk, State, Option<i64>, Option<Moment>, Option<Moment>, i64, i64);

/// Counts them: one grouped query. Limits end with a day, so groups are few, and each gets its pace by the one rule.
pub fn count(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Ages> {
    use report_lying as l;
    let by = (l::service, l::desk, l::state, l::days_left, l::due_at, l::risk_at, l::submitted_day);
    let groups = l::table.group_by(by).select((
        l::service,
        l::desk,
        l::state,
        l::days_left,
        l::due_at,
        l::risk_at,
        l::submitted_day,
        diesel::dsl::count_star(),
    ));
    let groups: Vec<Group> = within!(groups, l, scope).order(by).load(c)?;
    let calendar = calendar::load(c)?;
    let today = office.today();
    let mut rows: BTreeMap<(String, &'static str), AgeRow> = BTreeMap::new();
    for (code, desk, state, left, due_at, risk_at, day, cases) in groups {
        let since = date_of(day);
        let age = calendar.working_days_between(since, today);
        let words = service(office, &code)?;
        let row = rows.entry((code, desk.code())).or_insert_with(|| AgeRow::empty(words, desk, since));
        row.add(state, pace(state, left.is_some(), due_at, risk_at, office.now), age, cases);
        if since <= row.oldest_submitted_on {
            row.oldest_submitted_on = since;
            row.oldest_days = age;
        }
    }
    Ok(Ages { at: rfc3339(office.now), rows: rows.into_values().collect() })
}

impl AgeRow {
    fn empty(service: Labelled, desk: Desk, since: NaiveDate) -> AgeRow {
        let total = 0;
        let on_time = 0;
        let at_risk = 0;
        let overdue = 0;
        let standing = 0;
        let open = 0;
        let waiting = 0;
        let up_to_5 = 0;
        let from_6_to_10 = 0;
        let from_11_to_20 = 0;
        let over_20 = 0;
        let desk = labelled!(desk);
        let oldest_submitted_on = since;
        let oldest_days = 0;
        AgeRow {
            service,
            desk,
            total,
            on_time,
            at_risk,
            overdue,
            standing,
            open,
            waiting,
            up_to_5,
            from_6_to_10,
            from_11_to_20,
            over_20,
            oldest_submitted_on,
            oldest_days,
        }
    }

    fn add(&mut self, state: State, pace: Pace, age: i64, cases: i64) {
        let by_pace = match pace {
            _ if state == State::CorrectionRequested => &mut self.waiting,
            Pace::OnTime => &mut self.on_time,
            Pace::AtRisk => &mut self.at_risk,
            Pace::Overdue => &mut self.overdue,
            Pace::Standing => &mut self.standing,
            Pace::Open => &mut self.open,
        };
        *by_pace = by_pace.saturating_add(cases);
        let by_age = match age {
            ..=5 => &mut self.up_to_5,
            6..=10 => &mut self.from_6_to_10,
            11..=20 => &mut self.from_11_to_20,
            _ => &mut self.over_20,
        };
        *by_age = by_age.saturating_add(cases);
        self.total = self.total.saturating_add(cases);
    }
}

const HEAD: [&str; 15] = [
    "事项",
    "所在窗口",
    "在办件数",
    "期限内",
    "临近期限",
    "已超期",
    "暂停计时",
    "不计时限",
    "等待补正",
    "提交0至5个工作日",
    "6至10个工作日",
    "11至20个工作日",
    "20个工作日以上",
    "最早提交日期",
    "最早一件已过工作日",
];

impl Ages {
    pub fn tables(&self) -> Vec<Table> {
        let line = |r: &AgeRow| {
            let counts = [r.total, r.on_time, r.at_risk, r.overdue, r.standing, r.open, r.waiting];
            let ages = [r.up_to_5, r.from_6_to_10, r.from_11_to_20, r.over_20];
            let mut cells = vec![Cell::text(&r.service.label), Cell::text(&r.desk.label)];
            cells.extend(counts.into_iter().chain(ages).map(Cell::Number));
            cells.extend([Cell::Text(r.oldest_submitted_on.to_string()), Cell::Number(r.oldest_days)]);
            cells
        };
        vec![Table { name: "在办时长", head: HEAD.to_vec(), rows: self.rows.iter().map(line).collect() }]
    }
}
