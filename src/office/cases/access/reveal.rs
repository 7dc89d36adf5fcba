//! A worker opens facts of a person: one who lives in the worker's areas, and for a case that is about that person.

use super::loading;
use crate::office::accounts::guards::Worker;
use crate::office::people::persons;
use crate::office::people::reveals::{self, Reveal};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::id::Id;

/// Refuses who is not there or lives outside the worker's areas alike.
///
/// # Errors
/// 10006.
pub fn in_scope(c: &mut AnyConn, worker: &Worker, person: Id) -> Result<()> {
    let found = persons::find(c, person)?.filter(|p| worker.serves(&p.area));
    found.map(|_| ()).ok_or_else(Error::not_found)
}

/// Writes an opening down within the caller's write, before anything is opened.
///
/// # Errors
/// 10006 for a person outside the worker's areas; 10002 for a case that is about somebody else.
pub fn allow(c: &mut AnyConn, worker: &Worker, reveal: &Reveal) -> Result<()> {
    in_scope(c, worker, reveal.person)?;
    if let Some(case) = reveal.case
        && loading::person_of(c, case)? != Some(reveal.person)
    {
        let mut faults = Faults::new();
        faults.push("/case_id", "办件", "other_person", "这个办件与此人无关。", "请从办件中打开此人后再查看。");
        faults.settle()?;
    }
    reveals::record(c, reveal)
}
