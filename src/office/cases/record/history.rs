//! History: append-only, chained by hashes per case, with who, when and why.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::case::Case;
use crate::office::accounts::residents::residents;
use crate::platform::crypto::{DataKey, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::{Action, Desk, Role, State};
use crate::rules::moments::Moment;

diesel::table! {
    case_events (case_id, seq) {
        case_id -> Binary,
        seq -> BigInt,
        at -> BigInt,
        action -> Text,
        from_state -> Text,
        to_state -> Text,
        role -> Text,
        actor -> Nullable<Binary>,
        desk -> Nullable<Text>,
        desk_area -> Nullable<Text>,
        reason -> Nullable<Text>,
        note -> Nullable<Binary>,
        prev_hash -> Binary,
        hash -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(case_events, residents);

/// One line of a case's history.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_events, treat_none_as_default_value = false)]
pub struct Event {
    pub case_id: Id,
    /// From 0, without gaps.
    pub seq: i64,
    pub at: Moment,
    pub action: Action,
    pub from_state: State,
    pub to_state: State,
    pub role: Role,
    /// The account or worker; none for the system.
    pub actor: Option<Id>,
    /// The desk on which the case lay afterwards.
    pub desk: Option<Desk>,
    pub desk_area: Option<AreaCode>,
    /// A coded reason or step, never free text.
    pub reason: Option<String>,
    /// Words for the applicant, sealed with the case's key.
    pub note: Option<Vec<u8>>,
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

impl Event {
    fn digest(&self) -> Vec<u8> {
        let seq = self.seq.to_be_bytes();
        let at = self.at.ms().to_be_bytes();
        let parts: [&[u8]; 13] = [
            &self.prev_hash,
            self.case_id.as_bytes(),
            &seq,
            &at,
            self.action.code().as_bytes(),
            self.from_state.code().as_bytes(),
            self.to_state.code().as_bytes(),
            self.role.code().as_bytes(),
            self.actor.as_ref().map_or(&[], |a| a.as_bytes().as_slice()),
            self.desk.map_or("", Desk::code).as_bytes(),
            self.desk_area.as_ref().map_or("", AreaCode::as_str).as_bytes(),
            self.reason.as_deref().unwrap_or_default().as_bytes(),
            self.note.as_deref().unwrap_or_default(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().to_vec()
    }

    /// The note in plain words.
    pub fn note(&self, key: &DataKey) -> Result<Option<String>> {
        let Some(sealed) = &self.note else { return Ok(None) };
        let plain = key.open(&note_place(&self.case_id), sealed)?;
        Ok(String::from_utf8(plain).ok())
    }
}

fn note_place(case: &Id) -> Place<'_> {
    Place::new("case_events", "note", case.as_bytes())
}

/// What a line says beyond where the case moved.
pub struct Line {
    pub action: Action,
    pub from: State,
    pub role: Role,
    pub actor: Option<Id>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub at: Moment,
}

/// Appends a line and moves the case's head; the case itself is stored by the caller.
pub(in crate::office) fn append(c: &mut AnyConn, key: &DataKey, case: &mut Case, line: Line) -> Result<i64> {
    let note = match &line.note {
        Some(text) => Some(key.seal(&note_place(&case.id), text.as_bytes())?),
        None => None,
    };
    let mut event = Event {
        case_id: case.id,
        seq: case.keeping.events,
        at: line.at,
        action: line.action,
        from_state: line.from,
        to_state: case.state,
        role: line.role,
        actor: line.actor,
        desk: case.place.desk,
        desk_area: case.place.desk_area,
        reason: line.reason,
        note,
        prev_hash: case.keeping.head.clone(),
        hash: Vec::new(),
    };
    event.hash = event.digest();
    case.keeping.head = event.hash.clone();
    case.keeping.events = case.keeping.events.saturating_add(1);
    let seq = event.seq;
    diesel::insert_into(case_events::table).values(event).execute(c)?;
    Ok(seq)
}

/// All lines of a case, oldest first.
pub fn of(c: &mut AnyConn, case: Id) -> Result<Vec<Event>> {
    let lines = case_events::table.filter(case_events::case_id.eq(case)).order(case_events::seq);
    Ok(lines.select(<Event as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The persons whose own accounts ever applied in this case.
pub(in crate::office) fn applicants(c: &mut AnyConn, case: Id) -> Result<Vec<Id>> {
    let lines = case_events::table.inner_join(residents::table.on(case_events::actor.eq(residents::id.nullable())));
    let lines = lines.filter(case_events::case_id.eq(case).and(case_events::role.eq(Role::Applicant)));
    let found: Vec<Option<Id>> = lines.select(residents::person_id).distinct().order(residents::person_id).load(c)?;
    Ok(found.into_iter().flatten().collect())
}

/// Who ever handed something in for the applicant: their accounts, and workers in their stead.
pub(in crate::office) fn helpers(c: &mut AnyConn, case: Id) -> Result<Vec<Id>> {
    let handed = [Action::Begin, Action::Submit, Action::Resubmit, Action::Appeal];
    let lines = case_events::table.filter(case_events::case_id.eq(case).and(case_events::role.eq(Role::Applicant)));
    let lines = lines.filter(case_events::action.eq_any(handed)).select(case_events::actor).distinct().order(case_events::actor);
    Ok(lines.load::<Option<Id>>(c)?.into_iter().flatten().collect())
}

/// One line.
pub fn line(c: &mut AnyConn, case: Id, seq: i64) -> Result<Option<Event>> {
    let found = case_events::table.find((case, seq)).select(<Event as Selectable<MultiBackend>>::construct_selection());
    Ok(found.get_result(c).optional()?)
}

/// What is wrong with a case's chain: none when every line follows from the one before and the last is the head.
pub fn fault(case: &Case, lines: &[Event]) -> Option<String> {
    let mut prev = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if i64::try_from(at) != Ok(line.seq) {
            return Some(format!("line {at} is missing"));
        }
        if line.prev_hash != prev || line.hash != line.digest() {
            return Some(format!("line {at} was altered"));
        }
        prev = line.hash.clone();
    }
    if i64::try_from(lines.len()) != Ok(case.keeping.events) || prev != case.keeping.head {
        return Some("lines are missing at the end".to_owned());
    }
    None
}

/// The body of the outbox row that each action leaves: who must be told is found when it is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CaseEvent {
    pub case_id: Id,
    pub seq: i64,
}

/// Kind of that outbox row.
pub const CASE_EVENT: &str = "case_event";
