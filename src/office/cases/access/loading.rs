//! The only ways to load a case for somebody: for its applicant, for whoever helps with a mandate, and for a worker in scope.

use diesel::prelude::*;

use super::mandates;
use crate::office::accounts::guards::{Filer, Worker};
use crate::office::accounts::links;
use crate::office::cases::record::case::{Case, cases, find};
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;

/// Loads a case for its applicant, who must still be allowed to act for the person, or for an officer with a mandate
/// (13003 without one); anyone else finds nothing.
pub fn owned(c: &mut AnyConn, who: &Filer, id: Id, now: Moment) -> Result<Case> {
    let mut case = find(c, id)?;
    match who {
        Filer::Officer(worker) => {
            let mandate = mandates::in_case(c, worker, &case, now)?;
            // A draft that an officer fills in is judged as if it were submitted now.
            if case.state == State::Draft {
                case.filing.handed_over_at = Some(mandate.given_at);
                case.filing.filed_by = Some(worker.id);
            }
            Ok(case)
        }
        Filer::Resident(account) => {
            let own = case.filing.applicant_id == Some(*account);
            let may = own && links::may_act(c, *account, case.person_id, beijing_date(now))?.is_some();
            if may { Ok(case) } else { Err(Error::not_found()) }
        }
    }
}

/// The same for a case of one service; one of another service is not there.
///
/// # Errors
/// 10006, 13003.
pub fn owned_of(c: &mut AnyConn, who: &Filer, id: Id, service: &str, now: Moment) -> Result<Case> {
    let case = owned(c, who, id, now)?;
    if case.service == service { Ok(case) } else { Err(Error::not_found()) }
}

/// Loads a case for a worker in whose scope it is; drafts are the applicant's own.
pub fn in_scope(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let case = find(c, id)?;
    if case.state == State::Draft || !case.in_scope_of(worker) {
        return Err(Error::not_found());
    }
    Ok(case)
}

/// A running case whose applicant's right to act for the person has ended.
pub fn left_behind(c: &mut AnyConn, office: &Office, case: &Case) -> Result<bool> {
    let Some(applicant) = case.filing.applicant_id else { return Ok(false) };
    Ok(!case.state.ended() && links::may_act(c, applicant, case.person_id, office.today())?.is_none())
}

/// Whom a case is about; none when there is no such case.
///
/// # Errors
/// Those of the database.
pub fn person_of(c: &mut AnyConn, case: Id) -> Result<Option<Id>> {
    Ok(cases::table.find(case).select(cases::person_id).get_result(c).optional()?)
}
