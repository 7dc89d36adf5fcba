//! What happened on the way, handed in later: once each, with the moment at which it happened.

use diesel::prelude::*;

use super::sheets::{Line, Sheet};
use crate::office::accounts::guards::Worker;
use crate::office::accounts::links::Relation;
use crate::office::cases::access::mandates::{self, ConsentForm, HelpedAt, NewMandate};
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::tickets::{self, Outcome as TicketOutcome};
use crate::platform::code;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::{AnyConn, MultiBackend, apart};
use crate::platform::error::{Detail, Error, Faults, Result, twin};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;
use crate::text_columns;

diesel::table! {
    visits (id) {
        id -> Binary,
        sheet_id -> Binary,
        line -> Nullable<BigInt>,
        worker_id -> Binary,
        person_id -> Binary,
        outcome -> Text,
        note -> Nullable<Binary>,
        happened_at -> BigInt,
        recorded_at -> BigInt,
        fingerprint -> Binary,
    }
}

coded_enum! {
    /// What a visit or a call came to.
    pub enum Outcome as "EntryOutcome" {
        Met = "met", "见到本人";
        Family = "family", "见到家属";
        NotHome = "not_home", "没有人在家";
        Phoned = "phoned", "电话联系上";
        Declined = "declined", "不需要办理";
        Moved = "moved", "已不住在这里";
    }
}

text_columns!(Outcome);

/// A phone's clock may run ahead by this much.
const AHEAD_MS: i64 = 5 * 60_000;

/// A visit as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = visits)]
pub struct Visit {
    pub id: Id,
    pub line: Option<i64>,
    pub person_id: Id,
    pub outcome: Outcome,
    note: Option<Vec<u8>>,
    pub happened_at: Moment,
    pub recorded_at: Moment,
}

impl Visit {
    /// The worker's words, opened.
    pub fn note(&self, keys: &Keyring) -> Result<Option<String>> {
        Ok(self.note.as_ref().map(|sealed| keys.open_text(&note_place(&self.id), sealed)).transpose()?)
    }
}

fn note_place(id: &Id) -> Place<'_> {
    Place::new("visits", "note", id.as_bytes())
}

/// One thing that happened, as the phone noted it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The phone's own id: the same entry may come again.
    pub id: Id,
    /// Of the sheet; none for somebody who was met on the way.
    pub line: Option<i64>,
    pub person: Option<Id>,
    pub outcome: Outcome,
    pub note: Option<String>,
    pub happened_at: Moment,
    /// The person agreed that the worker applies for them.
    pub agreed: Option<Agreed>,
    pub fingerprint: [u8; 32],
}

/// Who agreed on the way, and how; for whom and when are those of the entry.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// Id for the mandate.
    pub mandate: Id,
    pub relation: Relation,
    pub giver: Option<String>,
    pub form: ConsentForm,
    pub consent: Option<String>,
}

impl Agreed {
    fn mandate(&self, person: Id, given_at: Moment) -> NewMandate {
        NewMandate {
            id: self.mandate,
            person,
            relation: self.relation,
            giver: self.giver.clone(),
            channel: HelpedAt::HomeVisit,
            form: self.form,
            consent: self.consent.clone(),
            given_at,
            days: mandates::USUAL_DAYS,
        }
    }
}

/// A sheet that came back, with its lines.
pub struct Carried<'a> {
    pub sheet: &'a Sheet,
    pub lines: &'a [Line],
}

/// What became of an entry: it is kept now, or was before; and what else it did, in plain words.
pub struct Kept {
    pub before: bool,
    pub effects: Vec<&'static str>,
}

/// Keeps an entry and lets it do what follows from it: a call or visit that was asked for is done, a case gets a remark,
/// an agreement becomes a mandate where it can. Errors: 10006 nobody of the worker's area, 10011 another entry has this id, 10002.
pub fn keep(c: &mut AnyConn, office: &Office, worker: &Worker, carried: &Carried<'_>, entry: &Entry) -> Result<Kept> {
    let sheet = carried.sheet;
    let lines = carried.lines;
    use visits::dsl as v;
    let known = v::visits.find(entry.id).select((v::sheet_id, v::fingerprint));
    let known: Option<(Id, Vec<u8>)> = known.get_result(c).optional()?;
    if let Some((of, print)) = known {
        let same = of == sheet.id && print == entry.fingerprint.as_slice();
        return if same { Ok(Kept { before: true, effects: Vec::new() }) } else { Err(Error::new(&code::KEY_REUSED)) };
    }
    let line = entry.line.map(|n| lines.iter().find(|l| l.line == n).ok_or_else(no_line)).transpose()?;
    let happened_at = checked(sheet, entry, office.now)?;
    let person = line.map(|l| l.person_id).or(entry.person).ok_or_else(nobody)?;
    // A person on the sheet may have moved away since; the entry about them is kept all the same.
    let here = line.is_some() || persons::find(c, person)?.is_some_and(|p| worker.knows_residents_of(&p.area));
    if !here || entry.person.is_some_and(|p| p != person) {
        return Err(Error::not_found());
    }
    let note = entry.note.as_deref().map(|text| office.keys.seal_text(&note_place(&entry.id), text)).transpose()?;
    let row = (
        (v::id.eq(entry.id), v::sheet_id.eq(sheet.id), v::line.eq(entry.line), v::worker_id.eq(worker.id)),
        (v::person_id.eq(person), v::outcome.eq(entry.outcome), v::note.eq(note), v::happened_at.eq(happened_at)),
        (v::recorded_at.eq(office.now), v::fingerprint.eq(entry.fingerprint.as_slice())),
    );
    diesel::insert_into(v::visits).values(row).execute(c).map_err(twin)?;
    let mut effects = Vec::new();
    if let Some(line) = line {
        effects.extend(follow(c, office, worker, line, entry, happened_at)?);
    }
    if let Some(agreed) = &entry.agreed {
        let mandate = agreed.mandate(person, happened_at);
        effects.push(match apart(c, |c| mandate.record(c, office, worker))? {
            Ok(_) => "已登记同意代办",
            // The visit is kept although the agreement cannot be recorded: it took place.
            Err(_) => "同意代办没有登记上，请核对同意人、同意书版本和时间后另行登记",
        });
    }
    Ok(Kept { before: false, effects })
}

fn no_line() -> Error {
    let way_out = "请核对行号；路上遇到的人请填写人员，不填行号。";
    Error::invalid(vec![Detail::new("/line", "走访单的行号", "no_line", "这张走访单上没有这一行。", way_out)])
}

fn nobody() -> Error {
    let way_out = "请填写走访单的行号，或者选择人员。";
    Error::invalid(vec![Detail::new("/person_id", "人员", "required", "没有说明见的是谁。", way_out)])
}

/// The moment of an entry: after the sheet was taken along, and not in the future; a phone a little ahead says now.
fn checked(sheet: &Sheet, entry: &Entry, now: Moment) -> Result<Moment> {
    let mut faults = Faults::new();
    if entry.happened_at < sheet.taken_at.saturating_sub(AHEAD_MS) || entry.happened_at > now.saturating_add(AHEAD_MS) {
        let reason = "时间要在带出走访单之后、现在之前。";
        faults.push("/happened_at", "发生的时间", "bad_time", reason, "请核对手机的日期和时间后再交。");
    }
    faults.settle()?;
    Ok(entry.happened_at.min(now))
}

/// What an entry means for the errand of its line; what is over meanwhile stays as it is, and the entry is kept all the same.
fn follow(
    c: &mut AnyConn,
    office: &Office,
    worker: &Worker,
    line: &Line,
    entry: &Entry,
    happened_at: Moment,
) -> Result<Option<&'static str>> {
    let told = entry.note.as_deref().unwrap_or_default();
    let words = format!("走访：{}（{}）{told}", entry.outcome.label(), rfc3339(happened_at));
    let done = apart(c, |c| match (line.ticket_id, line.case_id) {
        (Some(ticket), _) => {
            let outcome = match entry.outcome {
                Outcome::Met | Outcome::Family => Some(TicketOutcome::Visited),
                Outcome::Phoned => Some(TicketOutcome::Reached),
                Outcome::NotHome => Some(TicketOutcome::NotReached),
                Outcome::Declined | Outcome::Moved => None,
            };
            tickets::seen_to(c, office, worker, ticket, outcome, &words).map(|()| Some("已记入群众反映"))
        }
        (None, Some(case)) => {
            let actor = Actor::Worker(worker.clone());
            let remark = Act::new(actor, Deed::Remark { words: words.clone() });
            act(c, office, case, remark).map(|_| Some("已记入办件备注"))
        }
        (None, None) => Ok(None),
    })?;
    Ok(done.unwrap_or(Some("走访已记录；原来的事项已经办完，或者由其他窗口办理")))
}

/// What was handed in with a sheet, in the order in which it happened.
pub fn of_sheet(c: &mut AnyConn, sheet: Id) -> Result<Vec<Visit>> {
    let all = visits::table.filter(visits::sheet_id.eq(sheet)).order((visits::happened_at, visits::id));
    Ok(all.select(<Visit as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}
