//! The case: what every service's application shares, and the only ways to load one.

use diesel::prelude::*;

use crate::office::policy::terms::CommonPolicy;
use crate::platform::crypto::{DataKey, Keyring, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result, twin};
use crate::platform::id::Id;
use crate::rules::lifecycle::{Desk, Role, Standing, State};
use crate::rules::pace::Pace;

use super::actor::Actor;
use super::codes;

diesel::table! {
    cases (id) {
        id -> Binary,
        number -> Text,
        service -> Text,
        kind -> Text,
        period -> Text,
        county -> Text,
        area -> Text,
        person_id -> Binary,
        applicant_id -> Nullable<Binary>,
        filed_by -> Nullable<Binary>,
        channel -> Text,
        policy_id -> Binary,
        state -> Text,
        version -> BigInt,
        chain_at -> BigInt,
        desk -> Nullable<Text>,
        desk_area -> Nullable<Text>,
        desk_point -> Nullable<Binary>,
        resume_state -> Nullable<Text>,
        claimed_by -> Nullable<Binary>,
        claim_until -> Nullable<BigInt>,
        submitted_at -> Nullable<BigInt>,
        state_since -> BigInt,
        due_at -> Nullable<BigInt>,
        days_left -> Nullable<BigInt>,
        alarm_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        live_key -> Nullable<Text>,
        data_key -> Binary,
        head -> Binary,
        events -> BigInt,
        created_at -> BigInt,
        clock_from -> Nullable<BigInt>,
        clock_days -> Nullable<BigInt>,
        risk_at -> Nullable<BigInt>,
        total_from -> Nullable<BigInt>,
        total_days -> Nullable<BigInt>,
        total_left -> Nullable<BigInt>,
        total_due_at -> Nullable<BigInt>,
        held_at -> Nullable<BigInt>,
        held_reason -> Nullable<Text>,
        decided_by -> Nullable<Binary>,
        prior -> Nullable<Text>,
        appealed_at -> Nullable<BigInt>,
        refused_by -> Nullable<Binary>,
        urged_at -> Nullable<BigInt>,
        reminders -> BigInt,
        merged_into -> Nullable<Binary>,
        handed_over_at -> Nullable<BigInt>,
    }
}

/// A case as it stands.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Case {
    pub id: Id,
    /// For people: service letters, day and six digits.
    pub number: String,
    pub service: String,
    pub kind: String,
    /// What the one-live-case rule counts by: a season, a year, or empty.
    pub period: String,
    pub county: String,
    /// Village of the person when the case began.
    pub area: String,
    pub person_id: Id,
    /// The resident who applies; none when a worker filed it at the counter.
    pub applicant_id: Option<Id>,
    pub filed_by: Option<Id>,
    pub channel: String,
    /// The policy version that this case began with.
    pub policy_id: Id,
    pub state: State,
    pub version: i64,
    /// Place in the policy's chain of desks; -1 before submission.
    pub chain_at: i64,
    pub desk: Option<Desk>,
    pub desk_area: Option<String>,
    pub desk_point: Option<Id>,
    /// The state to which a correction leads back.
    pub resume_state: Option<State>,
    pub claimed_by: Option<Id>,
    pub claim_until: Option<i64>,
    pub submitted_at: Option<i64>,
    pub state_since: i64,
    /// End of the day by which whoever must act has to act, epoch milliseconds.
    pub due_at: Option<i64>,
    pub days_left: Option<i64>,
    /// When the system must look at the case.
    pub alarm_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub live_key: Option<String>,
    pub data_key: Vec<u8>,
    pub head: Vec<u8>,
    pub events: i64,
    pub created_at: i64,
    /// The limit of the present state: from when, how many working days; none while it stands still.
    pub clock_from: Option<i64>,
    pub clock_days: Option<i64>,
    /// From when that limit is near.
    pub risk_at: Option<i64>,
    /// The limit of the whole case; while it stands still, what was left of it.
    pub total_from: Option<i64>,
    pub total_days: Option<i64>,
    pub total_left: Option<i64>,
    pub total_due_at: Option<i64>,
    /// Put off since, and the coded reason.
    pub held_at: Option<i64>,
    pub held_reason: Option<String>,
    /// The worker whose last decision nobody has acted on yet, and where the case was before it.
    pub decided_by: Option<Id>,
    pub prior: Option<String>,
    pub appealed_at: Option<i64>,
    /// Who refused it; an appeal is decided by somebody else.
    pub refused_by: Option<Id>,
    /// When the applicant last asked to hurry.
    pub urged_at: Option<i64>,
    /// Reminders sent about the open correction.
    pub reminders: i64,
    pub merged_into: Option<Id>,
    /// When the applicant handed it to the worker who entered it.
    pub handed_over_at: Option<i64>,
}

impl Case {
    /// What is true now, for an answer to a stale request.
    pub fn current(&self) -> Current {
        Current { version: self.version, state: self.state.code().to_owned(), state_label: self.state.label().to_owned() }
    }

    /// The key that seals this case's sections and notes.
    pub fn key(&self, keys: &Keyring) -> Result<DataKey> {
        Ok(keys.open_data_key(&Place::new("cases", "data_key", self.id.as_bytes()), &self.data_key)?)
    }

    /// The caller must have seen this version.
    pub fn seen(&self, version: i64) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Error::stale(self.current())) }
    }

    /// Where an actor of this role stands.
    pub fn standing(&self, actor: &Actor, role: Role, policy: &CommonPolicy) -> Standing {
        let worker = if let Actor::Worker(worker) = actor { Some(worker) } else { None };
        Standing {
            role,
            desk: self.desk,
            first: self.chain_at <= 0,
            last: self.at_last(policy),
            held: self.held_at.is_some(),
            lead: worker.is_some_and(|w| self.led_by(w)),
            decider: worker.is_some_and(|w| self.decided_by == Some(w.id)),
            appealed: self.appealed_at.is_some(),
        }
    }

    /// On the last desk of the chain, or above it.
    pub fn at_last(&self, policy: &CommonPolicy) -> bool {
        i64::try_from(policy.chain.len()).is_ok_and(|desks| self.chain_at >= desks.saturating_sub(1))
    }

    /// The key under which one live case may exist per person, service, kind and period.
    pub fn living_key(&self) -> String {
        format!("{}/{}/{}/{}", self.service, self.kind, self.period, self.person_id)
    }

    /// When it was applied for, as far as the applicant is concerned; of a draft, now.
    pub fn applied_at(&self, now: i64) -> i64 {
        self.handed_over_at.or(self.submitted_at).unwrap_or(now)
    }

    /// How the case stands to its limit.
    pub fn pace(&self, now: i64) -> Pace {
        pace(self.state, self.days_left.is_some(), self.due_at, self.risk_at, now)
    }
}

/// How a case stands to its limit, from its state, whether days are left of a limit that stands still, and its dates.
pub fn pace(state: State, days_left: bool, due_at: Option<i64>, risk_at: Option<i64>, now: i64) -> Pace {
    // The days of a correction stand when nobody may make it: it has none then.
    let stands = state == State::PublicNotice || days_left && (!state.waits_for_applicant() || due_at.is_none());
    Pace::of(due_at, risk_at, stands && !state.ended(), now)
}

/// Loads a case for work inside the office, whoever asks.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Case> {
    let found = cases::table.find(id).select(<Case as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// Stores a new case; 20006 when one of its kind lives.
pub(in crate::office) fn insert(c: &mut AnyConn, case: &Case) -> Result<()> {
    let live = cases::table.filter(cases::live_key.eq(&case.live_key)).count().get_result::<i64>(c)?;
    if live > 0 {
        return Err(Error::new(&codes::ALREADY_LIVE));
    }
    diesel::insert_into(cases::table).values(case.clone()).execute(c).map_err(twin)?;
    Ok(())
}

/// A number was given to another case.
pub(in crate::office) fn number_taken(c: &mut AnyConn, number: &str) -> Result<bool> {
    Ok(cases::table.filter(cases::number.eq(number)).count().get_result::<i64>(c)? > 0)
}

/// A case that lives again finds its place taken when another of its kind was begun meanwhile: 20006.
pub(in crate::office) fn place_is_free(c: &mut AnyConn, case: &Case) -> Result<()> {
    let other = cases::table.filter(cases::live_key.eq(&case.live_key).and(cases::id.ne(case.id)));
    if other.count().get_result::<i64>(c)? > 0 { Err(Error::new(&codes::ALREADY_LIVE)) } else { Ok(()) }
}

/// Stores a changed case if nobody changed it since it was loaded.
pub(in crate::office) fn update(c: &mut AnyConn, case: &Case, loaded_version: i64) -> Result<()> {
    let row = cases::table.filter(cases::id.eq(case.id).and(cases::version.eq(loaded_version)));
    let changed = diesel::update(row).set(case.clone()).execute(c).map_err(twin)?;
    if changed == 1 { Ok(()) } else { Err(Error::stale(case.current()).run_again()) }
}
