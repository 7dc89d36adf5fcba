//! What the worker sees of a sheet: masked in the office, open in the hand, and what came back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::errands;
use super::handing_in::{self, Visit};
use super::sheets::{self, Line, Sheet};
use crate::labelled;
use crate::office::accounts::guards::Worker;
use crate::office::cases::service::{Errand, Office};
use crate::office::day_sheets::handing_in::Outcome;
use crate::office::people::persons::{self, Person};
use crate::office::people::rolls::{self, Roll};
use crate::office::people::views::{AreaNames, AreaView};
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;

/// Somebody to see, masked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrandView {
    /// The line of a sheet that was taken along; none before.
    #[schema(example = 1)]
    pub line: Option<i64>,
    pub person_id: Id,
    #[schema(example = "王*四")]
    pub name_masked: String,
    /// Why: correction, visit, call, card_expiring, device_due.
    pub errand: Labelled,
    pub case_id: Option<Id>,
    pub ticket_id: Option<Id>,
    /// The day by which it matters.
    #[schema(example = "2026-11-28", format = Date)]
    pub due_on: Option<String>,
}

/// What is open in a village today.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VillageDay {
    pub area: AreaView,
    /// People of the village with a valid certificate; the list is `GET /staff/register`.
    #[schema(example = 42)]
    pub holders: i64,
    /// The earliest day first.
    pub errands: Vec<ErrandView>,
}

/// Somebody to see, as the worker needs to know them on the way. Not to be kept longer than the way.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TakenLine {
    #[schema(example = 1)]
    pub line: i64,
    pub person_id: Id,
    #[schema(example = "王小四")]
    pub name: String,
    #[schema(example = "13800001234")]
    pub phone: Option<String>,
    #[schema(example = "宋疃镇东村12号")]
    pub address: Option<String>,
    pub errand: Labelled,
    pub case_id: Option<Id>,
    pub ticket_id: Option<Id>,
    #[schema(example = "2026-11-28", format = Date)]
    pub due_on: Option<String>,
}

/// A sheet to take along.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TakenSheet {
    pub id: Id,
    pub area: AreaView,
    #[schema(example = "2026-11-21T08:30:00+08:00", format = DateTime)]
    pub taken_at: String,
    pub lines: Vec<TakenLine>,
}

/// A sheet in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SheetSummary {
    pub id: Id,
    pub area: AreaView,
    #[schema(example = "2026-11-21T08:30:00+08:00", format = DateTime)]
    pub taken_at: String,
}

/// What happened on the way.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VisitView {
    pub id: Id,
    #[schema(example = 1)]
    pub line: Option<i64>,
    pub person_id: Id,
    #[schema(example = "王*四")]
    pub name_masked: String,
    pub outcome: Labelled<Outcome>,
    pub note: Option<String>,
    /// When it happened, as the worker noted it.
    #[schema(example = "2026-11-21T10:05:00+08:00", format = DateTime)]
    pub happened_at: String,
    /// When it was handed in.
    #[schema(example = "2026-11-21T17:20:00+08:00", format = DateTime)]
    pub recorded_at: String,
}

/// A sheet with all that came back, masked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SheetView {
    pub id: Id,
    pub area: AreaView,
    #[schema(example = "2026-11-21T08:30:00+08:00", format = DateTime)]
    pub taken_at: String,
    pub lines: Vec<ErrandView>,
    /// In the order in which it happened.
    pub visits: Vec<VisitView>,
}

/// Masked names from one query.
struct Names(Vec<(Id, String)>);

impl Names {
    fn of(c: &mut AnyConn, ids: impl Iterator<Item = Id>) -> Result<Names> {
        Ok(Names(persons::masked_names(c, ids.collect())?))
    }

    fn get(&self, id: Id) -> String {
        self.0.iter().find(|(of, _)| *of == id).map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// What is open in a village now.
pub fn village(c: &mut AnyConn, office: &Office, worker: &Worker, area: &AreaCode) -> Result<VillageDay> {
    let found = errands::of_village(c, office, worker, area)?;
    let names = Names::of(c, found.iter().map(|e| e.person))?;
    let view = |e: Errand| ErrandView {
        line: None,
        person_id: e.person,
        name_masked: names.get(e.person),
        errand: Labelled::new(e.what.0, e.what.1),
        case_id: e.case,
        ticket_id: e.ticket,
        due_on: e.due_on,
    };
    Ok(VillageDay {
        area: AreaNames::default().view(c, area)?,
        holders: rolls::count(c, &Roll::holders(vec![*area]))?.holders,
        errands: found.into_iter().map(view).collect(),
    })
}

/// What the worker takes along.
pub fn taken(
    c: &mut AnyConn,
    office: &Office,
    id: Id,
    area: &AreaCode,
    lines: Vec<Line>,
    people: &[Person],
) -> Result<TakenSheet> {
    let view = |l: Line| {
        let person = people.iter().find(|p| p.id == l.person_id);
        TakenLine {
            line: l.line,
            person_id: l.person_id,
            name: person.map(|p| p.name.reveal().to_owned()).unwrap_or_default(),
            phone: person.and_then(|p| p.phone.as_ref()).map(|p| p.reveal().to_owned()),
            address: person.and_then(|p| p.address.clone()),
            errand: Labelled::new(&l.errand, &l.errand_label),
            case_id: l.case_id,
            ticket_id: l.ticket_id,
            due_on: l.due_on.clone(),
        }
    };
    Ok(TakenSheet {
        id,
        area: AreaNames::default().view(c, area)?,
        taken_at: rfc3339(office.now),
        lines: lines.into_iter().map(view).collect(),
    })
}

/// Sheets as lines of a list.
pub fn summaries(c: &mut AnyConn, sheets: Vec<Sheet>) -> Result<Vec<SheetSummary>> {
    let mut names = AreaNames::default();
    let view = |s: Sheet| Ok(SheetSummary { id: s.id, area: names.view(c, &s.area)?, taken_at: rfc3339(s.taken_at) });
    sheets.into_iter().map(view).collect()
}

/// A sheet with what came back.
pub fn sheet(c: &mut AnyConn, keys: &Keyring, sheet: &Sheet) -> Result<SheetView> {
    let lines = sheets::lines(c, sheet.id)?;
    let visits = handing_in::of_sheet(c, sheet.id)?;
    let names = Names::of(c, lines.iter().map(|l| l.person_id).chain(visits.iter().map(|v| v.person_id)))?;
    let line = |l: Line| ErrandView {
        line: Some(l.line),
        person_id: l.person_id,
        name_masked: names.get(l.person_id),
        errand: Labelled::new(&l.errand, &l.errand_label),
        case_id: l.case_id,
        ticket_id: l.ticket_id,
        due_on: l.due_on.clone(),
    };
    let visit = |v: Visit| {
        Ok(VisitView {
            id: v.id,
            line: v.line,
            person_id: v.person_id,
            name_masked: names.get(v.person_id),
            outcome: labelled!(v.outcome),
            note: v.note(keys)?,
            happened_at: rfc3339(v.happened_at),
            recorded_at: rfc3339(v.recorded_at),
        })
    };
    Ok(SheetView {
        id: sheet.id,
        area: AreaNames::default().view(c, &sheet.area)?,
        taken_at: rfc3339(sheet.taken_at),
        lines: lines.into_iter().map(line).collect(),
        visits: visits.into_iter().map(visit).collect::<Result<_>>()?,
    })
}
