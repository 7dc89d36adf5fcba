//! The pace of a case: a limit in working days, when it is near, over, and so late that the case climbs.

use super::calendar::WorkCalendar;
use super::coded::coded_enum;
use super::moments::Moment;

coded_enum! {
    /// How a case stands to its limit; lists, details, notices and reports say the same.
    pub enum Pace {
        OnTime = "on_time", "期限内";
        AtRisk = "at_risk", "临近期限";
        Overdue = "overdue", "已超期";
        Standing = "standing", "暂停计时";
        Open = "open", "不计时限";
    }
}

impl Pace {
    /// From the end of the limit and the moment from which it is near, both moments.
    pub fn of(due_at: Option<Moment>, risk_at: Option<Moment>, stands: bool, now: Moment) -> Pace {
        match due_at {
            _ if stands => Pace::Standing,
            None => Pace::Open,
            Some(due) if due < now => Pace::Overdue,
            Some(_) if risk_at.is_some_and(|risk| risk <= now) => Pace::AtRisk,
            Some(_) => Pace::OnTime,
        }
    }
}

/// A limit that runs: working days counted from a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub from: Moment,
    pub days: u32,
}

impl Limit {
    /// The end of its last working day.
    pub fn due_at(self, calendar: &WorkCalendar) -> Moment {
        calendar.due_at(self.from, self.days)
    }

    /// When so many percent of its days are over; of a limit of one day, at once.
    pub fn risk_at(self, calendar: &WorkCalendar, percent: u32) -> Moment {
        let days = u64::from(self.days).saturating_mul(u64::from(percent)) / 100;
        let days = u32::try_from(days).unwrap_or(self.days);
        if days == 0 { self.from } else { calendar.due_at(self.from, days) }
    }

    /// So many working days before its end; none when it is shorter than that.
    pub fn before_end(self, calendar: &WorkCalendar, days: u32) -> Option<Moment> {
        let after = self.days.checked_sub(days).filter(|after| *after > 0)?;
        Some(calendar.due_at(self.from, after))
    }

    /// So many working days after its end.
    pub fn after_end(self, calendar: &WorkCalendar, days: u32) -> Moment {
        calendar.due_at(self.from, self.days.saturating_add(days))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MORNING: Moment = Moment::of_ms(1_773_104_400_000);

    proptest! {
        #[test]
        fn a_limit_is_near_before_it_is_over_and_over_before_it_climbs(from in 0..4_000_i64, days in 1..200_u32, climb in 1..30_u32) {
            let calendar = WorkCalendar::default();
            let limit = Limit { from: MORNING.saturating_add(from * 3_600_000), days };
            let risk = limit.risk_at(&calendar, 80);
            let due = limit.due_at(&calendar);
            prop_assert!(limit.from <= risk && risk < due && due < limit.after_end(&calendar, climb));
            let stages = [limit.from.saturating_sub(1), risk, due, due.saturating_add(1)].map(|now| Pace::of(Some(due), Some(risk), false, now));
            prop_assert_eq!(stages, [Pace::OnTime, Pace::AtRisk, Pace::AtRisk, Pace::Overdue]);
        }
    }

    #[test]
    fn eighty_percent_of_five_days_leaves_the_last_day() {
        let calendar = WorkCalendar::default();
        let limit = Limit { from: MORNING, days: 5 };
        assert_eq!(limit.risk_at(&calendar, 80), calendar.due_at(MORNING, 4));
        assert_eq!(limit.before_end(&calendar, 5), None);
    }
}
