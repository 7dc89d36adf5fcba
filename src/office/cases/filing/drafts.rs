//! Drafts: a case that is being written, section by section, on whichever phone.

use chrono::Datelike;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::office::accounts::faults;
use crate::office::accounts::guards::Filer;
use crate::office::cases::access::mandates;
use crate::office::cases::moving::corrections;
use crate::office::cases::record::case::{self, Case, NewCase};
use crate::office::cases::record::codes;
use crate::office::cases::record::course::FiledAt;
use crate::office::cases::record::history::{self, Line};
use crate::office::cases::service::{Office, Service};
use crate::office::people::persons;
use crate::office::policy::county;
use crate::platform::crypto::{DataKey, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Current, Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::{Action, Role, State};
use crate::rules::moments::Moment;
use crate::rules::versions::Version;

diesel::table! {
    case_sections (case_id, section) {
        case_id -> Binary,
        section -> Text,
        version -> BigInt,
        body -> Binary,
        updated_at -> BigInt,
    }
}

/// What a new draft is about.
#[derive(Clone, Debug)]
pub struct NewDraft {
    pub filer: Filer,
    pub person: Id,
    pub kind: String,
    /// Season or year in which only one live case may exist; empty when any time.
    pub period: String,
}

/// Begins a draft for a person whom the filer may act for; the county's policy of today is pinned. Errors: 10006, 13003,
/// 20006, 20009.
pub fn begin(c: &mut AnyConn, office: &Office, service: &dyn Service, id: Id, new: &NewDraft) -> Result<Case> {
    mandates::relation(c, &new.filer, new.person, office.now)?;
    let person = persons::find(c, new.person)?.ok_or_else(Error::not_found)?;
    let policy = county::current(c, &person.county, service.code(), office.today())?;
    let policy = policy.ok_or_else(|| Error::new(&codes::NO_POLICY))?;
    let (key, wrapped) = office.keys.new_data_key(&Place::new("cases", "data_key", id.as_bytes()))?;
    let begun = Beginner::of(c, office, new)?;
    let mut case = Case::begin(NewCase {
        id,
        number: number(service.letters(), office, id, |number| case::number_taken(c, number))?,
        service: service.code(),
        kind: new.kind.clone(),
        period: new.period.clone(),
        person: new.person,
        county: person.county,
        area: person.area,
        policy: policy.id,
        applicant: begun.applicant,
        filed_by: begun.filed_by,
        at: begun.at,
        data_key: wrapped,
        now: office.now,
    });
    case::insert(c, &case)?;
    let line = Line {
        action: Action::Begin,
        from: State::Draft,
        role: Role::Applicant,
        actor: Some(new.filer.id()),
        reason: begun.step.map(str::to_owned),
        note: None,
        at: office.now,
    };
    history::append(c, &key, &mut case, line)?;
    case::update(c, &case, Version::FIRST)?;
    Ok(case)
}

/// Whose case a new draft is: the resident's; or that of whoever agreed, where they have an account, filed by an officer.
struct Beginner {
    applicant: Option<Id>,
    filed_by: Option<Id>,
    at: FiledAt,
    /// What its first line says.
    step: Option<&'static str>,
}

impl Beginner {
    fn of(c: &mut AnyConn, office: &Office, new: &NewDraft) -> Result<Beginner> {
        let worker = match &new.filer {
            Filer::Officer(worker) => worker,
            Filer::Resident(account) => {
                let applicant = Some(*account);
                return Ok(Beginner { applicant, filed_by: None, at: FiledAt::Phone, step: None });
            }
        };
        let mandate =
            mandates::strongest(c, worker.id, new.person, office.now)?.ok_or_else(|| Error::new(&faults::NO_MANDATE))?;
        Ok(Beginner {
            applicant: mandate.giver_account,
            filed_by: Some(worker.id),
            at: FiledAt::from(mandate.channel),
            step: Some(mandate.channel.step().code()),
        })
    }
}

/// Letters, day and six digits: JY20261121483920. A twin of the same day takes the next free one.
pub fn number(letters: &str, office: &Office, id: Id, mut taken: impl FnMut(&str) -> Result<bool>) -> Result<String> {
    let day = office.today();
    let tail = id.as_bytes().iter().skip(8).fold(0_u64, |sum, b| sum.wrapping_mul(257).wrapping_add(u64::from(*b)));
    for step in 0..1_000_u64 {
        let digits = tail.wrapping_add(step) % 1_000_000;
        let number = format!("{letters}{:04}{:02}{:02}{digits:06}", day.year(), day.month(), day.day());
        if !taken(&number)? {
            return Ok(number);
        }
    }
    Err(Error::internal("no number is free today"))
}

/// A saved section.
pub struct Section<T> {
    pub version: i64,
    pub body: T,
    pub updated_at: Moment,
}

fn place(case: &Id) -> Place<'_> {
    Place::new("case_sections", "body", case.as_bytes())
}

/// Saves one section over the version that the phone saw (0 for a new one). Only drafts, and what a correction asks for.
pub fn save<T: Serialize>(c: &mut AnyConn, office: &Office, case: &Case, section: &str, seen: i64, body: &T) -> Result<i64> {
    editable(c, office, case, &format!("section:{section}"))?;
    use case_sections::dsl as s;
    let found: Option<i64> = s::case_sections.find((case.id, section)).select(s::version).get_result(c).optional()?;
    let now_at = found.unwrap_or(0);
    if now_at != seen {
        let current =
            Current { version: now_at, state: case.state.code().to_owned(), state_label: case.state.label().to_owned() };
        return Err(Error::stale(current));
    }
    let plain = serde_json::to_vec(body).map_err(Error::internal)?;
    let sealed = case.key(&office.keys)?.seal(&place(&case.id), &plain)?;
    let version = now_at.saturating_add(1);
    if found.is_none() {
        let row = (
            s::case_id.eq(case.id),
            s::section.eq(section),
            s::version.eq(version),
            s::body.eq(sealed),
            s::updated_at.eq(office.now),
        );
        diesel::insert_into(s::case_sections).values(row).execute(c)?;
    } else {
        let row = diesel::update(s::case_sections.find((case.id, section)));
        row.set((s::version.eq(version), s::body.eq(sealed), s::updated_at.eq(office.now))).execute(c)?;
    }
    corrections::answered(c, case, &format!("section:{section}"), office.now)?;
    Ok(version)
}

/// Reads one section, if it was ever saved.
pub fn read<T: DeserializeOwned>(c: &mut AnyConn, key: &DataKey, case: Id, section: &str) -> Result<Option<Section<T>>> {
    use case_sections::dsl as s;
    let found: Option<(i64, Vec<u8>, Moment)> =
        s::case_sections.find((case, section)).select((s::version, s::body, s::updated_at)).get_result(c).optional()?;
    let Some((version, sealed, updated_at)) = found else { return Ok(None) };
    let plain = key.open(&place(&case), &sealed)?;
    let body = serde_json::from_slice(&plain).map_err(|_| Error::internal("a stored section cannot be read"))?;
    Ok(Some(Section { version, body, updated_at }))
}

/// Which sections were saved, with their versions.
pub fn saved(c: &mut AnyConn, case: Id) -> Result<Vec<(String, i64)>> {
    use case_sections::dsl as s;
    let rows = s::case_sections.filter(s::case_id.eq(case)).order(s::section).select((s::section, s::version));
    Ok(rows.load(c)?)
}

/// A draft may change everywhere, a correction only where it asks, an approved case where its service still waits.
pub fn editable(c: &mut AnyConn, office: &Office, case: &Case, target: &str) -> Result<()> {
    let may = match case.state {
        State::Draft => true,
        State::CorrectionRequested => corrections::asks_for(c, case, target)?,
        State::Approved => office.services.get(&case.service)?.open_after_approval(c, case)?.contains(&target),
        _ => false,
    };
    if may { Ok(()) } else { Err(Error::new(&codes::NOT_EDITABLE).with_current(case.current())) }
}
