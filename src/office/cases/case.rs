//! The case: what every service's application shares, and the only ways to load one.

use diesel::prelude::*;

use crate::office::accounts::guards::Worker;
use crate::office::accounts::links;
use crate::platform::crypto::{DataKey, Keyring, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::{Desk, Role, Standing, State};

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

    /// Where somebody of this role stands, with the length of the chain of desks.
    pub fn standing(&self, role: Role, chain: usize) -> Standing {
        let last = i64::try_from(chain).unwrap_or(i64::MAX).saturating_sub(1);
        Standing { role, desk: self.desk, first: self.chain_at <= 0, last: self.chain_at >= last }
    }

    /// The role in which this worker serves the desk where the case lies, if any.
    pub fn desk_role(&self, worker: &Worker) -> Option<Role> {
        let (desk, area) = (self.desk?, AreaCode::parse(self.desk_area.as_deref()?).ok()?);
        let role = desk.role();
        let serves = worker.posts_of(role).any(|post| match self.desk_point {
            Some(point) if desk == Desk::Point => post.point == Some(point),
            _ => post.area.contains(&area),
        });
        serves.then_some(role)
    }

    /// The worker may know of this case: it lies on a desk of theirs, or in an area of theirs.
    pub fn in_scope_of(&self, worker: &Worker) -> bool {
        let Ok(area) = AreaCode::parse(&self.area) else { return false };
        self.desk_role(worker).is_some()
            || worker.posts.iter().any(|p| match p.role {
                // A point keeper knows the cases of the point, nobody else's.
                Role::PointKeeper => p.point.is_some() && p.point == self.desk_point,
                Role::Assessor => false,
                _ => p.area.contains(&area),
            })
    }
}

/// Loads a case for work inside the spine, whoever asks.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Case> {
    let found = cases::table.find(id).select(<Case as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// Loads a case for its applicant, who must still be allowed to act for the person; anyone else finds nothing.
pub fn owned(c: &mut AnyConn, account: Id, id: Id, now: i64) -> Result<Case> {
    let case = find(c, id)?;
    if case.applicant_id != Some(account) || links::may_act(c, account, case.person_id, beijing_date(now))?.is_none() {
        return Err(Error::not_found());
    }
    Ok(case)
}

/// Loads a case for a worker in whose scope it is; drafts are the applicant's own.
pub fn in_scope(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let case = find(c, id)?;
    if case.state == State::Draft || !case.in_scope_of(worker) {
        return Err(Error::not_found());
    }
    Ok(case)
}

/// Stores a new case; 20006 when one of its kind lives.
pub(super) fn insert(c: &mut AnyConn, case: &Case) -> Result<()> {
    let live = cases::table.filter(cases::live_key.eq(&case.live_key)).count().get_result::<i64>(c)?;
    if live > 0 {
        return Err(Error::new(&codes::ALREADY_LIVE));
    }
    diesel::insert_into(cases::table).values(case.clone()).execute(c).map_err(twin)?;
    Ok(())
}

/// A number was given to another case.
pub(super) fn number_taken(c: &mut AnyConn, number: &str) -> Result<bool> {
    Ok(cases::table.filter(cases::number.eq(number)).count().get_result::<i64>(c)? > 0)
}

/// Stores a changed case if nobody changed it since it was loaded.
pub(super) fn update(c: &mut AnyConn, case: &Case, loaded_version: i64) -> Result<()> {
    let row = cases::table.filter(cases::id.eq(case.id).and(cases::version.eq(loaded_version)));
    let changed = diesel::update(row).set(case.clone()).execute(c).map_err(twin)?;
    if changed == 1 { Ok(()) } else { Err(Error::stale(case.current()).run_again()) }
}

/// Another instance stored its twin first: run again and find it.
fn twin(e: diesel::result::Error) -> Error {
    if crate::platform::error::is_duplicate(&e) { Error::from(e).run_again() } else { e.into() }
}
