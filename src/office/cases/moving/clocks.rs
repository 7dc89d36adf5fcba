//! The clocks of a case: working days by the calendar, standing still while the office cannot act.
//!
//! Two limits run: that of the present state and that of the whole case. Each is kept as a moment and a number of
//! working days, so that it can be counted anew when the calendar changes.

use crate::office::cases::record::actor::Due;
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::limits::{Hold, Total};
use crate::office::cases::service::Office;
use crate::office::policy::calendar;
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::calendar::{WorkCalendar, beijing_date};
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;
use crate::rules::pace;

/// Reminders go out at nine in the morning after the day that is counted.
const MORNING_MS: i64 = 9 * 3_600_000;

/// Until when the applicant may take a submission back, epoch milliseconds.
pub fn undo_until(case: &Case, policy: &CommonPolicy) -> Moment {
    let minutes = i64::from(policy.undo_minutes).saturating_mul(60_000);
    case.course.submitted_at.map_or(Moment::EPOCH, |at| at.saturating_add(minutes))
}

/// What counting needs.
pub(in crate::office) struct Counting<'a> {
    pub calendar: WorkCalendar,
    pub policy: &'a CommonPolicy,
    pub now: Moment,
}

impl<'a> Counting<'a> {
    pub fn new(c: &mut AnyConn, office: &Office, policy: &'a CommonPolicy) -> Result<Counting<'a>> {
        Ok(Counting { calendar: calendar::load_around(c, office.today())?, policy, now: office.now })
    }

    /// Gives the present state so many working days from now.
    fn start(&self, case: &mut Case, days: u32) {
        case.limit.from = Some(self.now);
        case.limit.days = Some(i64::from(days));
        self.dates(case);
    }

    /// Sets the dates of both limits by the calendar.
    pub fn dates(&self, case: &mut Case) {
        if let Some(limit) = case.limit.running() {
            case.limit.due_at = Some(limit.due_at(&self.calendar));
            case.limit.risk_at = Some(limit.risk_at(&self.calendar, self.policy.handling.risk_percent));
        }
        if let Some(total) = case.total.running() {
            case.total.due_at = Some(total.due_at(&self.calendar));
        }
    }

    /// Stops the office's clock: what is left of the state (a day at least) and of the whole waits.
    fn stop(&self, case: &mut Case) {
        let today = beijing_date(self.now);
        if let (Some(due), None) = (case.limit.due_at.filter(|_| case.limit.from.is_some()), case.limit.left) {
            case.limit.left = Some(self.calendar.working_days_between(today, beijing_date(due)).max(1));
        }
        if let Some(total) = case.total.running() {
            let used = self.calendar.working_days_between(beijing_date(total.from), today);
            case.total.left = Some(i64::from(total.days).saturating_sub(used));
            case.total.from = None;
        }
        case.limit.open();
    }

    /// Lets the office's clock run on with what was left.
    fn run_on(&self, case: &mut Case) {
        if let Some(left) = case.limit.left.take().and_then(|d| u32::try_from(d).ok()) {
            self.start(case, left);
        }
        match case.total.left.take() {
            // The limit of the whole case was over when the clock stopped: its day does not move.
            Some(left) if left <= 0 => {}
            Some(left) => {
                case.total.from = Some(self.now);
                case.total.days = Some(left);
                self.dates(case);
            }
            None => {}
        }
    }

    /// Puts the case off; its clock stands until it is taken up again, `hold_days` at most. A correction that nobody may
    /// make is looked at each day.
    pub fn hold(&self, case: &mut Case, reason: Option<String>) {
        self.stop(case);
        case.hold = Hold { since: Some(self.now), reason };
        let days = if case.state.waits_for_applicant() { 1 } else { self.policy.handling.hold_days };
        case.limit.alarm_at = Some(self.calendar.due_at(self.now, days));
    }

    /// Takes a case up again that was put off. Whoever may make a correction now has all its days.
    pub fn take_up(&self, case: &mut Case) {
        case.hold = Hold::default();
        if case.state.waits_for_applicant() {
            self.extend(case);
        } else {
            self.run_on(case);
            case.limit.alarm_at = self.alarm(case);
        }
    }

    /// Gives the applicant all days of a correction anew.
    pub fn extend(&self, case: &mut Case) {
        self.start(case, self.policy.correction_days);
        case.course.reminders = 0;
        case.limit.alarm_at = self.alarm(case);
    }

    /// After a move from one state or desk to another: sets what is due when, and when the worker process looks at the case.
    pub fn moved(&self, case: &mut Case, from: State) {
        // A case that moves is no longer on hold.
        case.hold = Hold::default();
        if case.state.ended() {
            case.limit.open();
            return;
        }
        if case.state.clock_stands() && !from.clock_stands() {
            self.stop(case);
        }
        let resumes = from.clock_stands() && case.limit.left.is_some();
        if matches!(case.state, State::Submitted | State::InReview) {
            self.run_on(case);
        }
        match case.state {
            State::Submitted | State::InReview if resumes => {}
            State::Draft => {
                case.limit.open();
                case.total = Total::default();
            }
            State::Submitted => self.start(case, self.policy.accept_days),
            State::InReview => self.start(case, self.policy.review_days),
            State::CorrectionRequested => self.start(case, self.policy.correction_days),
            State::PublicNotice => self.start(case, self.policy.notice_days),
            // For an approved case the service says what is due.
            _ => case.limit.open(),
        }
        if case.state == State::Submitted && case.total.from.is_none() && self.policy.handling.total_days > 0 {
            case.total.from = Some(self.now);
            case.total.days = Some(i64::from(self.policy.handling.total_days));
            self.dates(case);
        }
        if case.state == State::Approved {
            // The limit of the whole case is a limit of the decision, which has been made.
            case.limit.left = None;
            case.total.stop();
        }
        case.course.reminders = 0;
        case.limit.alarm_at = self.alarm(case);
    }

    /// An appeal has its own days, whatever became of those before.
    pub fn appealed(&self, case: &mut Case) {
        case.limit.left = None;
        case.total.stop();
        case.total.due_at = None;
        self.start(case, self.policy.handling.appeal_review_days);
        case.limit.alarm_at = None;
    }

    /// Stops the clock of a case in review while its service waits for somebody outside the office (an assessment at a
    /// hospital), and starts it afterwards; answers whether anything changed.
    pub fn outside(&self, case: &mut Case, waits: bool) -> bool {
        let stands = case.limit.left.is_some() && !case.hold.is_on();
        match (case.state, waits, stands) {
            (State::InReview, true, false) if !case.hold.is_on() => self.stop(case),
            (State::InReview, false, true) => self.run_on(case),
            _ => return false,
        }
        case.limit.alarm_at = self.alarm(case);
        true
    }

    /// The calendar changed: both limits are counted anew from where they began. A day that the applicant or the public was
    /// told never comes sooner.
    pub fn recount(&self, case: &mut Case) {
        let told = case.limit.due_at.filter(|_| case.state.clock_stands());
        self.dates(case);
        case.limit.due_at = case.limit.due_at.max(told);
        case.limit.alarm_at = self.alarm(case);
    }

    /// Due as a service says; a day that it names is near when most of the working days until then are over.
    pub fn due(&self, case: &mut Case, due: Due) {
        let due_at = match due {
            Due::Within(days) => return self.start(case, days),
            Due::On(day) => Some(day),
            Due::Open => None,
        };
        case.limit.open();
        case.limit.due_at = due_at;
        let days = due_at.map(|due| self.calendar.working_days_between(beijing_date(self.now), beijing_date(due)).max(0));
        let days = days.and_then(|d| u32::try_from(d).ok());
        case.limit.risk_at =
            days.map(|days| pace::Limit { from: self.now, days }.risk_at(&self.calendar, self.policy.handling.risk_percent));
    }

    /// When the worker process must look at the case: deemed accepted, a reminder, lapsed, the end of a notice, the climb.
    pub fn alarm(&self, case: &Case) -> Option<Moment> {
        let handling = &self.policy.handling;
        match case.state {
            State::Draft => Some(case::draft_until(self.now)),
            State::Submitted | State::PublicNotice => case.limit.due_at,
            State::CorrectionRequested => self.next_reminder(case).or(case.limit.due_at),
            State::InReview if case.hold.is_on() => case.limit.alarm_at,
            State::InReview if handling.climb_days > 0 && !case.at_last(self.policy) => {
                case.limit.running().map(|l| l.after_end(&self.calendar, handling.climb_days))
            }
            _ => None,
        }
    }

    /// When the applicant is reminded next of an open correction; none when all reminders were sent.
    fn next_reminder(&self, case: &Case) -> Option<Moment> {
        let limit = case.limit.running()?;
        let sent = usize::try_from(case.course.reminders).ok()?;
        let all = self.policy.handling.correction_reminders.iter();
        let at = all.filter_map(|days| limit.before_end(&self.calendar, *days)).nth(sent)?;
        Some(at.saturating_add(MORNING_MS))
    }
}
