//! How long cases lay on each desk: working days of the stays that ended in the period, read from the lines of history.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::report_moves;
use super::scope::service;
use crate::labelled;
use crate::office::cases::record::history::case_events;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{Period, Scope};
use crate::office::policy::calendar;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::platform::sheets::{Cell, Table};
use crate::rules::calendar::{WorkCalendar, beijing_date};
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Action, Desk, State};
use crate::rules::moments::Moment;

coded_enum! {
    /// What a desk had the case for.
    pub enum Stage as "DeskStage" {
        Review = "review", "受理和审核";
        Fulfilment = "fulfilment", "批准后办理";
    }
}

/// How long cases lay on desks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeskTimes {
    pub period: Period,
    /// By service, desk and stage.
    pub rows: Vec<DeskRow>,
}

/// Stays that ended in the period. Days on which the office's clock stood (correction, public notice, put off) do not
/// count; a case that comes back to a desk stays there anew.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeskRow {
    pub service: Labelled,
    pub desk: Labelled<Desk>,
    pub stage: Labelled<Stage>,
    /// Cases that the desk handled.
    pub cases: i64,
    pub stays: i64,
    /// Half of the stays took at most so many working days; 0 is the same day.
    pub median_days: i64,
    /// Nine of ten took at most so many.
    pub ninety_percent_days: i64,
}

/// Lines that say nothing of where a case lies or whether its clock runs.
const SILENT: &[Action] = &[
    Action::Begin,
    Action::Claim,
    Action::Release,
    Action::TakeOver,
    Action::Remark,
    Action::Extend,
    Action::Remind,
    Action::Urge,
    Action::Recount,
    Action::Rate,
    Action::TakeOn,
    Action::Expire,
];

/// What can end a stay.
const LEAVING: &[Action] = &[
    Action::Undo,
    Action::Withdraw,
    Action::Decline,
    Action::Forward,
    Action::SendBack,
    Action::Escalate,
    Action::Climb,
    Action::TakeBack,
    Action::Merge,
    Action::Approve,
    Action::ApprovedByRule,
    Action::EndNotice,
    Action::Reject,
    Action::Appeal,
    Action::Lapse,
    Action::Fulfil,
    Action::Complete,
];

type Line = (Id, String, Moment, Action, State, Option<Desk>);

/// Counts them: one ordered read of the lines of the cases in scope that moved in the period, line by line on SQLite; what
/// is kept is a count for each number of days. An index by action and moment names those cases and no others, so that the
/// cost follows the period that is asked for (at most 366 days), however long the history is. Of each such case all lines
/// are read: a stay that ended in the period may have begun long before.
pub fn count(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<DeskTimes> {
    use report_moves as l;
    let (from, to) = scope.moments();
    let calendar = calendar::load(c)?;
    let moved = case_events::table.filter(case_events::action.eq_any(LEAVING)).filter(case_events::at.between(from, to));
    let lines = l::table.select((l::case_id, l::service, l::at, l::action, l::to_state, l::desk));
    let lines = within!(lines, l, scope).filter(l::case_id.eq_any(moved.select(case_events::case_id)));
    let lines = lines.filter(l::action.ne_all(SILENT)).filter(l::at.le(to)).order((l::case_id, l::seq));
    let mut rows: BTreeMap<(String, Place), Stays> = BTreeMap::new();
    let mut walk: Option<Walk> = None;
    for line in lines.load_iter::<Line, DefaultLoadingMode>(c)? {
        let (case, code, at, action, state, desk) = line?;
        if walk.as_ref().is_none_or(|w| w.case != case) {
            walk = Some(Walk { case, lies: None, since: beijing_date(at), days: 0, stands: false });
        }
        let ended = walk.as_mut().and_then(|w| w.step(&calendar, beijing_date(at), action, state, desk));
        if let Some((place, days)) = ended.filter(|_| at >= from) {
            rows.entry((code, place)).or_default().add(case, days);
        }
    }
    let row = |((code, place), stays): ((String, Place), Stays)| Ok(stays.row(service(office, &code)?, place));
    Ok(DeskTimes { period: scope.period, rows: rows.into_iter().map(row).collect::<Result<_>>()? })
}

/// Where a case lies; rows come in the order of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    stage: Stage,
    desk: Desk,
}

impl Place {
    fn of(state: State, desk: Desk) -> Place {
        let stage = if state == State::Approved { Stage::Fulfilment } else { Stage::Review };
        Place { stage, desk }
    }
}

/// One case on its way.
struct Walk {
    case: Id,
    lies: Option<Place>,
    /// Up to this day it was counted.
    since: NaiveDate,
    days: i64,
    stands: bool,
}

impl Walk {
    /// Goes on by a line; the stay that it ended, with its working days.
    fn step(
        &mut self,
        calendar: &WorkCalendar,
        day: NaiveDate,
        action: Action,
        state: State,
        desk: Option<Desk>,
    ) -> Option<(Place, i64)> {
        if !self.stands {
            self.days = self.days.saturating_add(calendar.working_days_between(self.since, day));
        }
        self.since = day;
        // A case on hold is resumed before any other action; a withdrawn case lies on no desk.
        self.stands = action == Action::Hold || state.clock_stands();
        let now = desk.map(|desk| Place::of(state, desk));
        if now == self.lies {
            return None;
        }
        let ended = self.lies.map(|place| (place, self.days));
        self.lies = now;
        self.days = 0;
        ended
    }
}

/// The stays at one place: how many took how many days.
#[derive(Default)]
struct Stays {
    by_days: BTreeMap<i64, i64>,
    cases: i64,
    last: Option<Id>,
}

impl Stays {
    fn add(&mut self, case: Id, days: i64) {
        let count = self.by_days.entry(days).or_default();
        *count = count.saturating_add(1);
        // Lines come case by case.
        if self.last.replace(case) != Some(case) {
            self.cases = self.cases.saturating_add(1);
        }
    }

    fn all(&self) -> i64 {
        self.by_days.values().sum()
    }

    /// The fewest days within which so many percent ended (nearest rank).
    fn within(&self, percent: i64) -> i64 {
        let wanted = self.all().saturating_mul(percent).saturating_add(99) / 100;
        let mut seen = 0_i64;
        let reaches = |(_, count): &(&i64, &i64)| {
            seen = seen.saturating_add(**count);
            seen >= wanted
        };
        self.by_days.iter().find(reaches).map_or(0, |(days, _)| *days)
    }

    fn row(&self, service: Labelled, place: Place) -> DeskRow {
        let desk = labelled!(place.desk);
        let stage = labelled!(place.stage);
        let stays = self.all();
        let median_days = self.within(50);
        let ninety_percent_days = self.within(90);
        DeskRow { service, desk, stage, cases: self.cases, stays, median_days, ninety_percent_days }
    }
}

impl DeskTimes {
    pub fn tables(&self) -> Vec<Table> {
        let line = |r: &DeskRow| {
            let words = [&r.service.label, &r.desk.label, &r.stage.label].map(|w| Cell::text(w));
            words.into_iter().chain([r.cases, r.stays, r.median_days, r.ninety_percent_days].map(Cell::Number)).collect()
        };
        let head = vec!["事项", "窗口", "阶段", "经办件数", "停留次数", "停留工作日（中位数）", "停留工作日（90%以内）"];
        vec![Table { name: "窗口用时", head, rows: self.rows.iter().map(line).collect() }]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn half_are_within_the_median_and_nine_of_ten_within_the_other(days in proptest::collection::vec(0..40_i64, 1..60)) {
            let mut stays = Stays::default();
            days.iter().for_each(|d| stays.add(Id::at(Moment::EPOCH), *d));
            for percent in [50, 90] {
                let limit = stays.within(percent);
                let inside = |bound: i64| days.iter().filter(|d| **d <= bound).count() * 100;
                prop_assert!(inside(limit) >= days.len() * percent as usize);
                prop_assert!(inside(limit - 1) < days.len() * percent as usize);
            }
        }
    }

    #[test]
    fn days_of_a_correction_and_of_a_hold_are_not_the_desks() {
        let calendar = WorkCalendar::default();
        let day = |n: u32| NaiveDate::from_ymd_opt(2026, 3, n).unwrap_or_default();
        let mut walk = Walk { case: Id::at(Moment::EPOCH), lies: None, since: day(2), days: 0, stands: false };
        // Monday to Friday twice: 2 to 6 and 9 to 13 March.
        let mut step = |n, action, state, desk| walk.step(&calendar, day(n), action, state, desk);
        assert_eq!(step(2, Action::Submit, State::Submitted, Some(Desk::Town)), None);
        assert_eq!(step(3, Action::RequestCorrection, State::CorrectionRequested, Some(Desk::Town)), None);
        assert_eq!(step(6, Action::Resubmit, State::Submitted, Some(Desk::Town)), None);
        assert_eq!(step(9, Action::Accept, State::InReview, Some(Desk::Town)), None);
        assert_eq!(step(9, Action::Hold, State::InReview, Some(Desk::Town)), None);
        assert_eq!(step(12, Action::Resume, State::InReview, Some(Desk::Town)), None);
        let town = Place { stage: Stage::Review, desk: Desk::Town };
        assert_eq!(step(13, Action::Forward, State::InReview, Some(Desk::County)), Some((town, 3)));
        let ended = step(13, Action::Reject, State::Rejected, None).map(|(_, days)| days);
        assert_eq!(ended, Some(0));
    }
}
