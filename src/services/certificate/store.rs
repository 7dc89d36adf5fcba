//! Tables: the certificate part of a case (old card, assessment, new card), results of assessments, progress of the daily
//! round.

use diesel::prelude::*;

use super::codes;
use super::rules::{Assessment, CardStep, Finding};
use crate::office::cases::record::case::Case;
use crate::platform::crypto::{DataKey, Place};
use crate::platform::db::query::{Limit, both};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::{Category, Level};
use crate::rules::moments::Moment;
use crate::text_columns;

diesel::table! {
    certificate_cases (case_id) {
        case_id -> Binary,
        county -> Text,
        holder_live -> Nullable<Binary>,
        filed -> Bool,
        old_certificate_id -> Nullable<Binary>,
        assessment -> Text,
        reason_code -> Nullable<Text>,
        ordered_because -> Nullable<Binary>,
        ordered_by -> Nullable<Binary>,
        waiting_since -> Nullable<BigInt>,
        card -> Text,
        new_certificate_id -> Nullable<Binary>,
        made_at -> Nullable<BigInt>,
        tracking_no -> Nullable<Binary>,
        receiver -> Nullable<Binary>,
        handed_at -> Nullable<BigInt>,
        receipt_due_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    certificate_assessments (case_id, round) {
        case_id -> Binary,
        round -> BigInt,
        category -> Text,
        components -> Text,
        level -> Nullable<Text>,
        assessed_on -> Text,
        hospital -> Text,
        at_home -> Bool,
        assessor -> Binary,
        entered_at -> BigInt,
    }
}

diesel::table! {
    certificate_rounds (name) {
        name -> Text,
        day -> Text,
        progress -> Text,
    }
}

text_columns!(Assessment, CardStep);

/// The certificate part of a case.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = certificate_cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CardCase {
    pub case_id: Id,
    pub county: AreaCode,
    /// The person while the case is live; unique, so that a person has at most one live case.
    pub holder_live: Option<Id>,
    /// Submitted and not ended.
    pub filed: bool,
    pub old_certificate_id: Option<Id>,
    pub assessment: Assessment,
    /// Code of the reason why an assessment is needed or waived.
    pub reason_code: Option<String>,
    pub ordered_because: Option<Vec<u8>>,
    pub ordered_by: Option<Id>,
    /// Since when a hospital's result is awaited, epoch milliseconds.
    pub waiting_since: Option<Moment>,
    pub card: CardStep,
    pub new_certificate_id: Option<Id>,
    pub made_at: Option<Moment>,
    pub tracking_no: Option<Vec<u8>>,
    pub receiver: Option<Vec<u8>>,
    pub handed_at: Option<Moment>,
    /// When a posted card counts as received.
    pub receipt_due_at: Option<Moment>,
}

impl CardCase {
    /// The row of a new draft.
    pub fn begin(case: &Case, old: Option<Id>) -> CardCase {
        CardCase {
            case_id: case.id,
            county: case.county,
            holder_live: Some(case.person_id),
            filed: false,
            old_certificate_id: old,
            assessment: Assessment::None,
            reason_code: None,
            ordered_because: None,
            ordered_by: None,
            waiting_since: None,
            card: CardStep::None,
            new_certificate_id: None,
            made_at: None,
            tracking_no: None,
            receiver: None,
            handed_at: None,
            receipt_due_at: None,
        }
    }

    /// Seals a text of this row with the case's key.
    pub fn seal(&self, key: &DataKey, column: &str, text: &str) -> Result<Vec<u8>> {
        Ok(key.seal(&Place::new("certificate_cases", column, self.case_id.as_bytes()), text.as_bytes())?)
    }

    /// Opens what [`CardCase::seal`] sealed.
    pub fn open(&self, key: &DataKey, column: &str, sealed: Option<&[u8]>) -> Result<Option<String>> {
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = key.open(&Place::new("certificate_cases", column, self.case_id.as_bytes()), sealed)?;
        Ok(String::from_utf8(plain).ok())
    }

    /// A hospital's result is still missing.
    pub fn awaits_result(&self) -> bool {
        matches!(self.assessment, Assessment::Needed | Assessment::Ordered)
    }
}

/// Stores the row of a new draft; 20006 when the person has another live case.
pub fn insert(c: &mut AnyConn, row: &CardCase) -> Result<()> {
    match diesel::insert_into(certificate_cases::table).values(row.clone()).execute(c) {
        Ok(_) => Ok(()),
        Err(e) if crate::platform::error::is_duplicate(&e) => {
            Err(Error::new(&crate::office::cases::record::codes::ALREADY_LIVE).because(e))
        }
        Err(e) => Err(e.into()),
    }
}

/// The row of a case; another service's case has none and is 10006 here.
pub fn find(c: &mut AnyConn, case: Id) -> Result<CardCase> {
    let row = certificate_cases::table.find(case).select(<CardCase as Selectable<MultiBackend>>::construct_selection());
    row.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// Stores a changed row.
pub fn save(c: &mut AnyConn, row: &CardCase) -> Result<()> {
    diesel::update(certificate_cases::table.find(row.case_id)).set(row.clone()).execute(c)?;
    Ok(())
}

/// Stores a changed row if its card is still at this step; else 32006, so that no step is taken twice.
pub fn advance(c: &mut AnyConn, row: &CardCase, from: CardStep) -> Result<()> {
    let here =
        certificate_cases::table.filter(certificate_cases::case_id.eq(row.case_id)).filter(certificate_cases::card.eq(from));
    let changed = diesel::update(here).set(row.clone()).execute(c)?;
    if changed == 1 { Ok(()) } else { Err(Error::new(&codes::NO_CARD_DUE)) }
}

/// The live case of a person, drafts included.
pub fn live_case(c: &mut AnyConn, person: Id) -> Result<Option<Id>> {
    use certificate_cases::dsl as r;
    Ok(r::certificate_cases.filter(r::holder_live.eq(person)).select(r::case_id).get_result(c).optional()?)
}

/// Whether a submitted case that has not ended is about this card.
pub fn is_filed_for(c: &mut AnyConn, card: Id) -> Result<bool> {
    use certificate_cases::dsl as r;
    let rows = r::certificate_cases.filter(r::old_certificate_id.eq(card).and(r::filed.eq(true)));
    Ok(rows.count().get_result::<i64>(c)? > 0)
}

/// Cases of counties that await a result, the longest first; one row more than `limit` when there are more.
pub fn awaiting(c: &mut AnyConn, areas: &[AreaCode], after: Option<After>, limit: i64) -> Result<Vec<(After, Id)>> {
    use certificate_cases::dsl as r;
    let mut found: Vec<(After, Id)> = Vec::new();
    for area in areas {
        let prefix = area.prefix();
        let first = format!("{prefix:0<12}");
        let last = format!("{prefix:9<12}");
        let mut rows =
            r::certificate_cases.filter(r::county.between(first, last)).filter(r::waiting_since.is_not_null()).into_boxed();
        if let Some(a) = after {
            rows = rows.filter(r::waiting_since.gt(a.at).or(r::waiting_since.eq(a.at).and(r::case_id.gt(a.id))));
        }
        let rows = rows.order((r::waiting_since, r::case_id)).limit(limit.saturating_add(1));
        let rows: Vec<(Id, Option<i64>)> = rows.select((r::case_id, r::waiting_since)).load(c)?;
        found.extend(rows.into_iter().map(|(id, at)| (After { at: at.unwrap_or(0), id }, id)));
    }
    found.sort_by_key(|(a, _)| (a.at, a.id));
    found.dedup_by_key(|(_, id)| *id);
    found.truncate(usize::try_from(limit).unwrap_or(20).saturating_add(1));
    Ok(found)
}

/// Posted cards that count as received by now; at most twenty.
pub fn receipts_due(c: &mut AnyConn, now: Moment) -> Result<Vec<Id>> {
    use certificate_cases::dsl as r;
    let rows = r::certificate_cases.filter(r::receipt_due_at.lt(now)).order((r::receipt_due_at, r::case_id));
    Ok(Limit::<20, _>(rows.select(r::case_id)).load(c)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = certificate_assessments, treat_none_as_default_value = false)]
struct ResultRow {
    case_id: Id,
    round: i64,
    category: Category,
    components: String,
    level: Option<String>,
    assessed_on: String,
    hospital: String,
    at_home: bool,
    assessor: Id,
    entered_at: Moment,
}

/// A result as a hospital's doctor entered it.
#[derive(Clone, Debug)]
pub struct Entered {
    pub finding: Finding,
    pub hospital: String,
    /// The doctor came to the person.
    pub at_home: bool,
    pub assessor: Id,
    /// Epoch milliseconds.
    pub entered_at: Moment,
}

/// Adds a result; the last one counts.
pub fn add_result(c: &mut AnyConn, case: Id, new: &Entered) -> Result<()> {
    use certificate_assessments::dsl as a;
    let rounds: i64 = a::certificate_assessments.filter(a::case_id.eq(case)).count().get_result(c)?;
    let parts: Vec<&str> = new.finding.components.iter().map(|k| k.code()).collect();
    let row = ResultRow {
        case_id: case,
        round: rounds.saturating_add(1),
        category: new.finding.category,
        components: parts.join(","),
        level: new.finding.level.map(|l| l.code().to_owned()),
        assessed_on: new.finding.assessed_on.to_string(),
        hospital: new.hospital.clone(),
        at_home: new.at_home,
        assessor: new.assessor,
        entered_at: new.entered_at,
    };
    diesel::insert_into(certificate_assessments::table).values(row).execute(c)?;
    Ok(())
}

/// The result that counts, if any was entered.
pub fn result_of(c: &mut AnyConn, case: Id) -> Result<Option<Entered>> {
    use certificate_assessments::dsl as a;
    let rows = a::certificate_assessments.filter(a::case_id.eq(case)).order(a::round);
    let rows: Vec<ResultRow> = rows.select(<ResultRow as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    let Some(row) = rows.into_iter().next_back() else { return Ok(None) };
    let unreadable = |what: &str| Error::internal(format!("stored {what} of an assessment is not readable"));
    let parts = row.components.split(',').filter(|s| !s.is_empty()).map(Category::from_code);
    let level = row.level.as_deref().map(|l| Level::from_code(l).ok_or_else(|| unreadable("level"))).transpose()?;
    let finding = Finding {
        category: row.category,
        components: parts.collect::<Option<Vec<_>>>().ok_or_else(|| unreadable("components"))?,
        level,
        assessed_on: row.assessed_on.parse().map_err(|_| unreadable("day"))?,
    };
    Ok(Some(Entered {
        finding,
        hospital: row.hospital,
        at_home: row.at_home,
        assessor: row.assessor,
        entered_at: row.entered_at,
    }))
}

/// The day and the progress of a daily round.
pub fn round(c: &mut AnyConn, name: &str) -> Result<Option<(String, String)>> {
    use certificate_rounds::dsl as d;
    Ok(d::certificate_rounds.find(name).select((d::day, d::progress)).get_result(c).optional()?)
}

/// Stores how far a daily round has come.
pub fn note_round(c: &mut AnyConn, name: &str, day: &str, progress: &str) -> Result<()> {
    use certificate_rounds::dsl as d;
    let facts = (d::day.eq(day), d::progress.eq(progress));
    let insert = diesel::insert_into(d::certificate_rounds).values((d::name.eq(name), facts));
    both(insert.on_conflict(d::name).do_update().set(facts)).execute(c)?;
    Ok(())
}
