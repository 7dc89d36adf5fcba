//! Who printed which paper of a case, when, and whether personal facts stood in it in full. Only ever added to.

use diesel::prelude::*;

use crate::office::people::reveals::{self, Reveal, RevealField};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

diesel::table! {
    prints (id) {
        id -> Binary,
        case_id -> Binary,
        at -> BigInt,
        worker_id -> Binary,
        document -> Text,
        open -> Bool,
    }
}

/// A print by a worker.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = prints, treat_none_as_default_value = false)]
pub struct Print {
    pub id: Id,
    pub case_id: Id,
    /// Epoch milliseconds.
    pub at: Moment,
    pub worker_id: Id,
    /// Title of the paper.
    pub document: String,
    /// Names and numbers stood in it in full.
    pub open: bool,
}

/// Facts that were opened for a print, and what for.
pub struct Opened {
    /// The reveal's own id.
    pub id: Id,
    pub person: Id,
    pub fields: &'static [RevealField],
    pub purpose: String,
}

/// Writes the print down; what it opened is a reveal like any other.
pub fn write(c: &mut AnyConn, print: &Print, opened: Option<&Opened>) -> Result<()> {
    diesel::insert_into(prints::table).values(print.clone()).execute(c)?;
    let Some(opened) = opened else { return Ok(()) };
    let reveal = Reveal {
        id: opened.id,
        at: print.at,
        worker: print.worker_id,
        person: opened.person,
        case: Some(print.case_id),
        fields: opened.fields.to_vec(),
        purpose: opened.purpose.clone(),
    };
    reveals::record(c, &reveal)
}

/// All prints of a case, the oldest first.
pub fn of(c: &mut AnyConn, case: Id) -> Result<Vec<Print>> {
    let all = prints::table.filter(prints::case_id.eq(case)).order((prints::at, prints::id));
    Ok(all.select(<Print as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}
