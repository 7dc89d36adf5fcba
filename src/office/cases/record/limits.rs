//! By when a case has to move: the limit of its state, that of the whole case, and a reason to wait.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::table::cases;
use crate::rules::moments::Moment;
use crate::rules::pace;

/// The limit of the present state, and when the worker process must look at the case.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Limit {
    /// From when it runs; none while it stands still.
    #[diesel(column_name = clock_from)]
    #[serde(rename = "clock_from")]
    pub from: Option<Moment>,
    /// How many working days.
    #[diesel(column_name = clock_days)]
    #[serde(rename = "clock_days")]
    pub days: Option<i64>,
    /// What was left of it, in working days, while it stands still.
    #[diesel(column_name = days_left)]
    #[serde(rename = "days_left")]
    pub left: Option<i64>,
    /// End of the day by which whoever must act has to act.
    pub due_at: Option<Moment>,
    /// From when it is near.
    pub risk_at: Option<Moment>,
    /// When the worker process must act on the case or look at it again.
    pub alarm_at: Option<Moment>,
}

impl Limit {
    /// While it runs.
    pub fn running(&self) -> Option<pace::Limit> {
        running(self.from, self.days)
    }

    /// The present state has no limit of ours.
    pub fn open(&mut self) {
        self.from = None;
        self.days = None;
        self.due_at = None;
        self.risk_at = None;
    }

    /// Nothing is due any more, and the worker process does not look at the case again.
    pub fn end(&mut self) {
        self.alarm_at = None;
        self.due_at = None;
        self.left = None;
    }
}

/// The limit of the whole case.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Total {
    /// From when it runs; none while it stands still.
    #[diesel(column_name = total_from)]
    #[serde(rename = "total_from")]
    pub from: Option<Moment>,
    #[diesel(column_name = total_days)]
    #[serde(rename = "total_days")]
    pub days: Option<i64>,
    /// What was left of it, in working days, while it stands still.
    #[diesel(column_name = total_left)]
    #[serde(rename = "total_left")]
    pub left: Option<i64>,
    #[diesel(column_name = total_due_at)]
    #[serde(rename = "total_due_at")]
    pub due_at: Option<Moment>,
}

impl Total {
    /// While it runs.
    pub fn running(&self) -> Option<pace::Limit> {
        running(self.from, self.days)
    }

    /// It was decided; the days of the decision are over.
    pub fn stop(&mut self) {
        self.from = None;
        self.left = None;
    }
}

fn running(from: Option<Moment>, days: Option<i64>) -> Option<pace::Limit> {
    Some(pace::Limit { from: from?, days: u32::try_from(days?).ok()? })
}

/// Put off since, and the coded reason.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Hold {
    #[diesel(column_name = held_at)]
    pub since: Option<Moment>,
    #[diesel(column_name = held_reason)]
    pub reason: Option<String>,
}

impl Hold {
    /// It waits until somebody takes it up again.
    pub fn is_on(&self) -> bool {
        self.since.is_some()
    }
}
