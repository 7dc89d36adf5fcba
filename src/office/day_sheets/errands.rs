//! Why somebody of a village should be seen: open corrections, calls and visits that were asked for, and what services add.

use diesel::prelude::*;

use crate::office::accounts::guards::Worker;
use crate::office::cases::record::case::cases;
use crate::office::cases::service::{Errand, Office};
use crate::office::people::persons;
use crate::office::tickets::{self, Kind};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;

/// Of each kind at most so many: a day's way is not longer, and the rest comes the next day.
pub const MOST: i64 = 100;

/// All errands of a village to people whom the worker meets, the earliest day first; what has no day comes last. Who has
/// moved away while something runs here belongs to another office.
pub fn of_village(c: &mut AnyConn, office: &Office, worker: &Worker, village: &AreaCode) -> Result<Vec<Errand>> {
    let mut all = corrections(c, village)?;
    all.extend(asked_contacts(c, village)?);
    for service in office.services.all() {
        all.extend(service.errands(c, office, village, MOST)?);
    }
    let people = persons::find_all(c, all.iter().map(|e| e.person).collect())?;
    all.retain(|e| people.iter().any(|p| p.id == e.person && worker.knows_residents_of(&p.area)));
    all.sort_by(|a, b| (a.due_on.is_none(), &a.due_on, a.person).cmp(&(b.due_on.is_none(), &b.due_on, b.person)));
    Ok(all)
}

fn corrections(c: &mut AnyConn, village: &AreaCode) -> Result<Vec<Errand>> {
    let open =
        cases::area.eq(village.to_string()).and(cases::state.eq(State::CorrectionRequested)).and(cases::ended_at.is_null());
    let rows: Vec<(Id, Id, Option<Moment>)> = cases::table
        .filter(open)
        .order((cases::due_at, cases::id))
        .limit(MOST)
        .select((cases::id, cases::person_id, cases::due_at))
        .load(c)?;
    let errand = |(case, person, due): (Id, Id, Option<Moment>)| Errand {
        person,
        what: ("correction", "有材料要补正"),
        case: Some(case),
        ticket: None,
        due_on: due.map(|at| beijing_date(at).to_string()),
    };
    Ok(rows.into_iter().map(errand).collect())
}

fn asked_contacts(c: &mut AnyConn, village: &AreaCode) -> Result<Vec<Errand>> {
    let errand = |t: tickets::AskedContact| Errand {
        person: t.person,
        what: if t.kind == Kind::Visit { ("visit", "要求上门") } else { ("call", "要求电话联系") },
        case: None,
        ticket: Some(t.id),
        due_on: t.due_at.map(|at| beijing_date(at).to_string()),
    };
    Ok(tickets::asked_contacts_in(c, village, MOST)?.into_iter().map(errand).collect())
}
