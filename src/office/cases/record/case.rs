//! The case: what every service's application shares, and the only ways to load one.

use diesel::prelude::*;

use crate::office::policy::terms::CommonPolicy;
use crate::platform::crypto::{self, DataKey, Keyring};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result, twin};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::{Role, Standing, State};
use crate::rules::moments::Moment;
use crate::rules::pace::Pace;
use crate::rules::versions::Version;

use super::actor::Actor;
use super::codes;
use super::course::{Course, FiledAt, Filing, Keeping};
use super::decision::{Before, Decision};
use super::limits::{Hold, Limit, Total};
use super::place::{Claim, Place};
pub use super::table::cases;

/// A case as it stands: what it is about, and groups of what may change.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Case {
    pub id: Id,
    /// For people: service letters, day and six digits.
    pub number: String,
    /// Code of its service in the registry.
    pub service: String,
    /// One of the service's kinds.
    pub kind: String,
    /// What the one-live-case rule counts by: a season, a year, or empty.
    pub period: String,
    pub county: AreaCode,
    /// Village of the person when the case began.
    pub area: AreaCode,
    pub person_id: Id,
    /// The policy version that this case began with.
    pub policy_id: Id,
    pub state: State,
    pub version: Version,
    #[diesel(embed)]
    pub filing: Filing,
    #[diesel(embed)]
    pub place: Place,
    #[diesel(embed)]
    pub claim: Claim,
    #[diesel(embed)]
    pub limit: Limit,
    #[diesel(embed)]
    pub total: Total,
    #[diesel(embed)]
    pub hold: Hold,
    #[diesel(embed)]
    pub decision: Decision,
    #[diesel(embed)]
    pub course: Course,
    #[diesel(embed)]
    pub keeping: Keeping,
}

/// A case that begins.
#[derive(Clone, Debug)]
pub struct NewCase {
    pub id: Id,
    pub number: String,
    pub service: &'static str,
    pub kind: String,
    pub period: String,
    pub person: Id,
    pub county: AreaCode,
    pub area: AreaCode,
    pub policy: Id,
    /// Whose it is.
    pub applicant: Option<Id>,
    /// The worker who fills it in.
    pub filed_by: Option<Id>,
    pub at: FiledAt,
    /// Its own key, wrapped for its place.
    pub data_key: Vec<u8>,
    pub now: Moment,
}

/// A draft that nobody submits ends after sixty days, because a live draft keeps the person from beginning another.
pub fn draft_until(begun_at: Moment) -> Moment {
    begun_at.saturating_add(60 * 24 * 3_600_000)
}

impl Case {
    /// The only way to make a case: a live draft that lies on no desk.
    pub fn begin(new: NewCase) -> Case {
        let mut case = Case {
            id: new.id,
            number: new.number,
            service: new.service.to_owned(),
            kind: new.kind,
            period: new.period,
            county: new.county,
            area: new.area,
            person_id: new.person,
            policy_id: new.policy,
            state: State::Draft,
            version: Version::FIRST,
            filing: Filing { applicant_id: new.applicant, filed_by: new.filed_by, at: new.at, handed_over_at: None },
            place: Place::nowhere(),
            claim: Claim::default(),
            limit: Limit { alarm_at: Some(draft_until(new.now)), ..Limit::default() },
            total: Total::default(),
            hold: Hold::default(),
            decision: Decision::default(),
            course: Course::begun(new.now),
            keeping: Keeping { live_key: None, data_key: new.data_key, head: Vec::new(), events: 0 },
        };
        case.keeping.live_key = Some(case.living_key());
        case
    }

    /// What a decision changes of it.
    pub fn before(&self) -> Before {
        Before {
            state: self.state,
            state_since: self.course.state_since,
            place: self.place.clone(),
            limit: self.limit.clone(),
            total: self.total.clone(),
        }
    }

    /// Back to where it was; a case that had ended lives again.
    pub fn put_back(&mut self, before: Before) {
        self.state = before.state;
        self.course.state_since = before.state_since;
        self.place = before.place;
        self.limit = before.limit;
        self.total = before.total;
    }

    /// What is true now, for an answer to a stale request.
    pub fn current(&self) -> Current {
        Current { version: self.version.0, state: self.state.code().to_owned(), state_label: self.state.label().to_owned() }
    }

    /// The key that seals this case's sections and notes.
    pub fn key(&self, keys: &Keyring) -> Result<DataKey> {
        Ok(keys.open_data_key(&crypto::Place::new("cases", "data_key", self.id.as_bytes()), &self.keeping.data_key)?)
    }

    /// The caller must have seen this version.
    pub fn seen(&self, version: Version) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Error::stale(self.current())) }
    }

    /// Where an actor of this role stands.
    pub fn standing(&self, actor: &Actor, role: Role, policy: &CommonPolicy) -> Standing {
        let worker = if let Actor::Worker(worker) = actor { Some(worker) } else { None };
        Standing {
            role,
            desk: self.place.desk,
            first: self.place.chain_at <= 0,
            last: self.at_last(policy),
            held: self.hold.is_on(),
            lead: worker.is_some_and(|w| self.led_by(w)),
            decider: worker.is_some_and(|w| self.decision.by == Some(w.id)),
            appealed: self.decision.appealed_at.is_some(),
        }
    }

    /// On the last desk of the chain, or above it.
    pub fn at_last(&self, policy: &CommonPolicy) -> bool {
        i64::try_from(policy.chain.len()).is_ok_and(|desks| self.place.chain_at >= desks.saturating_sub(1))
    }

    /// The key under which one live case may exist per person, service, kind and period.
    pub fn living_key(&self) -> String {
        format!("{}/{}/{}/{}", self.service, self.kind, self.period, self.person_id)
    }

    /// When it was applied for, as far as the applicant is concerned; of a draft, now.
    pub fn applied_at(&self, now: Moment) -> Moment {
        self.filing.handed_over_at.or(self.course.submitted_at).unwrap_or(now)
    }

    /// How the case stands to its limit.
    pub fn pace(&self, now: Moment) -> Pace {
        pace(self.state, self.limit.left.is_some(), self.limit.due_at, self.limit.risk_at, now)
    }
}

/// How a case stands to its limit, from its state, whether days are left of a limit that stands still, and its dates.
pub fn pace(state: State, days_left: bool, due_at: Option<Moment>, risk_at: Option<Moment>, now: Moment) -> Pace {
    // While nobody may answer a correction, its clock stands and it has no day.
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
    let live = cases::table.filter(cases::live_key.eq(&case.keeping.live_key)).count().get_result::<i64>(c)?;
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

/// Refuses (20006) that an ended case goes on when another live case of its kind was begun meanwhile.
pub(in crate::office) fn place_is_free(c: &mut AnyConn, case: &Case) -> Result<()> {
    let other = cases::table.filter(cases::live_key.eq(&case.keeping.live_key).and(cases::id.ne(case.id)));
    if other.count().get_result::<i64>(c)? > 0 { Err(Error::new(&codes::ALREADY_LIVE)) } else { Ok(()) }
}

/// Stores a changed case if nobody changed it since it was loaded.
pub(in crate::office) fn update(c: &mut AnyConn, case: &Case, loaded_version: Version) -> Result<()> {
    let row = cases::table.filter(cases::id.eq(case.id).and(cases::version.eq(loaded_version)));
    let changed = diesel::update(row).set(case.clone()).execute(c).map_err(twin)?;
    if changed == 1 { Ok(()) } else { Err(Error::stale(case.current()).run_again()) }
}
