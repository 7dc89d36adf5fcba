//! The ticket: kinds and states, and the only ways to load and store one.

use diesel::prelude::*;

use super::codes;
use crate::office::accounts::guards::Worker;
use crate::platform::crypto::{DataKey, Keyring, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result, twin};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::WorkCalendar;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Desk;
use crate::rules::moments::Moment;
use crate::rules::pace::Limit;

diesel::table! {
    tickets (id) {
        id -> Binary,
        number -> Text,
        kind -> Text,
        county -> Text,
        area -> Text,
        desk -> Text,
        desk_area -> Text,
        person_id -> Nullable<Binary>,
        case_id -> Nullable<Binary>,
        account_id -> Nullable<Binary>,
        state -> Text,
        version -> BigInt,
        claimed_by -> Nullable<Binary>,
        claim_until -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        alarm_at -> Nullable<BigInt>,
        tries -> BigInt,
        reopened -> Bool,
        outcome -> Nullable<Text>,
        live_key -> Nullable<Text>,
        data_key -> Binary,
        entries -> BigInt,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        clock_from -> Nullable<BigInt>,
        clock_days -> Nullable<BigInt>,
    }
}

coded_enum! {
    /// What a ticket is about (domain.md §5).
    pub enum Kind as "TicketKind" {
        Unresolved = "unresolved", "办不成事反映";
        Problem = "problem", "反馈问题（信访）";
        BadRating = "bad_rating", "差评整改";
        PhoneCall = "phone_call", "电话联系";
        Visit = "visit", "上门服务";
    }
}

coded_enum! {
    /// Where a ticket stands.
    pub enum TicketState {
        Open = "open", "待办理";
        InProgress = "in_progress", "办理中";
        Answered = "answered", "已答复";
        Closed = "closed", "已结束";
    }
}

coded_enum! {
    /// How a ticket ended, or what a call came to.
    pub enum Outcome as "TicketOutcome" {
        Solved = "solved", "已解决";
        Explained = "explained", "已说明清楚";
        Reached = "reached", "已联系上";
        NotReached = "not_reached", "没有联系上";
        Visited = "visited", "已上门办理";
        NoReply = "no_reply", "答复后没有再提出意见";
    }
}

crate::text_columns!(Kind, TicketState, Outcome);

impl Kind {
    /// The office must reach somebody: one such ticket lives for a person and case.
    pub fn reaches(self) -> bool {
        matches!(self, Kind::PhoneCall | Kind::Visit)
    }
}

impl TicketState {
    /// The state in one plain sentence for the resident.
    pub fn meaning(self) -> &'static str {
        match self {
            TicketState::Open => "已经收到，正在等待工作人员办理。",
            TicketState::InProgress => "工作人员正在办理。",
            TicketState::Answered => "工作人员已经答复。问题解决了请确认，没有解决请告诉我们。",
            TicketState::Closed => "这件反映已经办完。",
        }
    }

    /// The office must act.
    pub fn waits_for_office(self) -> bool {
        matches!(self, TicketState::Open | TicketState::InProgress)
    }
}

/// A ticket as it stands; its words lie in its entries.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tickets, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Ticket {
    pub id: Id,
    /// For people: FY, day and six digits.
    pub number: String,
    pub kind: Kind,
    pub county: AreaCode,
    /// Where the matter is: village, town or county.
    pub area: AreaCode,
    pub desk: Desk,
    pub desk_area: AreaCode,
    pub person_id: Option<Id>,
    pub case_id: Option<Id>,
    /// Who reads the answer; none when the resident has no account.
    pub account_id: Option<Id>,
    pub state: TicketState,
    pub version: i64,
    pub claimed_by: Option<Id>,
    pub claim_until: Option<Moment>,
    /// End of the day by which the office has to act, epoch milliseconds.
    pub due_at: Option<Moment>,
    pub alarm_at: Option<Moment>,
    pub tries: i64,
    pub reopened: bool,
    pub outcome: Option<Outcome>,
    pub live_key: Option<String>,
    pub data_key: Vec<u8>,
    pub entries: i64,
    pub created_at: Moment,
    pub ended_at: Option<Moment>,
    /// The limit that runs: of the office, or of the resident who may object to an answer; from when, how many working days.
    pub clock_from: Option<Moment>,
    pub clock_days: Option<i64>,
}

impl Ticket {
    /// What is true now, for an answer to a stale request.
    pub fn current(&self) -> Current {
        Current { version: self.version, state: self.state.code().to_owned(), state_label: self.state.label().to_owned() }
    }

    /// The key that seals this ticket's words.
    pub fn key(&self, keys: &Keyring) -> Result<DataKey> {
        Ok(keys.open_data_key(&key_place(&self.id), &self.data_key)?)
    }

    /// Whoever must act in this state has so many working days from a moment.
    pub fn run(&mut self, calendar: &WorkCalendar, from: Moment, days: u32) {
        self.clock_from = Some(from);
        self.clock_days = Some(i64::from(days));
        self.runs_until(Limit { from, days }.due_at(calendar));
    }

    fn runs_until(&mut self, until: Moment) {
        self.due_at = Some(until).filter(|_| self.state.waits_for_office());
        self.alarm_at = Some(until);
    }

    /// Counts the limit that runs by another calendar; whether its day moved. A day until which the resident may object never
    /// comes sooner than they were told.
    pub fn recount(&mut self, calendar: &WorkCalendar) -> bool {
        let days = self.clock_days.and_then(|days| u32::try_from(days).ok());
        let (Some(from), Some(days), Some(told)) = (self.clock_from, days, self.due_at.or(self.alarm_at)) else { return false };
        let counted = Limit { from, days }.due_at(calendar);
        let until = if self.state.waits_for_office() { counted } else { counted.max(told) };
        if until != told {
            self.runs_until(until);
        }
        until != told
    }

    /// The caller must have seen this version.
    pub fn seen(&self, version: i64) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Error::stale(self.current())) }
    }

    /// Somebody else has claimed it, and the claim lasts.
    pub fn claimed_by_another(&self, worker: Id, now: Moment) -> bool {
        self.claimed_by.is_some_and(|by| by != worker) && self.claimed(now)
    }

    /// A worker has claimed it, and the claim lasts.
    pub fn claimed(&self, now: Moment) -> bool {
        self.claimed_by.is_some() && self.claim_until.is_some_and(|until| until > now)
    }

    /// The action is not possible here and now.
    pub fn not_now(&self) -> Error {
        Error::new(&codes::NOT_NOW).with_current(self.current())
    }

    /// The worker serves the desk where the ticket lies.
    pub fn on_desk_of(&self, worker: &Worker) -> bool {
        worker.covers(self.desk.role(), &self.desk_area)
    }

    /// The worker serves that desk or one above it in the same area.
    fn in_sight_of(&self, worker: &Worker) -> bool {
        let above = |d: Desk| d > self.desk && d <= Desk::County;
        let sees = |role, at: &AreaCode| at.contains(&self.area) && Desk::OFFICE.iter().any(|d| d.role() == role && above(*d));
        self.on_desk_of(worker) || worker.posts.iter().any(|p| sees(p.role, &p.area))
    }
}

/// Where a ticket's wrapped key stands.
pub(crate) fn key_place(id: &Id) -> Place<'_> {
    Place::new("tickets", "data_key", id.as_bytes())
}

/// Loads a ticket for work inside the room, whoever asks.
pub(crate) fn find(c: &mut AnyConn, id: Id) -> Result<Ticket> {
    let found = tickets::table.find(id).select(<Ticket as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// Loads a ticket for the account that it belongs to.
pub(crate) fn owned(c: &mut AnyConn, account: Id, id: Id) -> Result<Ticket> {
    let ticket = find(c, id)?;
    if ticket.account_id == Some(account) { Ok(ticket) } else { Err(Error::not_found()) }
}

/// Loads a ticket for a worker of its desk, or of a desk above.
pub(crate) fn in_sight(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Ticket> {
    let ticket = find(c, id)?;
    if ticket.in_sight_of(worker) { Ok(ticket) } else { Err(Error::not_found()) }
}

/// The live ticket of a key.
pub(crate) fn live(c: &mut AnyConn, key: &str) -> Result<Option<Ticket>> {
    let found = tickets::table.filter(tickets::live_key.eq(key));
    Ok(found.select(<Ticket as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// A number was given to another ticket.
pub(crate) fn number_taken(c: &mut AnyConn, number: &str) -> Result<bool> {
    Ok(tickets::table.filter(tickets::number.eq(number)).count().get_result::<i64>(c)? > 0)
}

/// Stores a new ticket.
pub(crate) fn insert(c: &mut AnyConn, ticket: &Ticket) -> Result<()> {
    diesel::insert_into(tickets::table).values(ticket.clone()).execute(c).map_err(twin)?;
    Ok(())
}

/// Stores a changed ticket if nobody changed it since it was loaded.
pub(crate) fn update(c: &mut AnyConn, ticket: &Ticket, loaded: i64) -> Result<()> {
    let row = tickets::table.filter(tickets::id.eq(ticket.id).and(tickets::version.eq(loaded)));
    let changed = diesel::update(row).set(ticket.clone()).execute(c).map_err(twin)?;
    if changed == 1 { Ok(()) } else { Err(Error::stale(ticket.current()).run_again()) }
}
