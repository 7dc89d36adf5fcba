//! Workers find a person by the ID card in hand, or write one into the register of persons.

use super::guards::Worker;
use super::identity;
use crate::office::people::codes;
use crate::office::people::persons::{self, NewPerson, PersonRef};
use crate::office::people::reveals::{self, Reveal};
use crate::office::policy::areas;
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// What the log of opened facts says of a search by number.
const PURPOSE: &str = "按身份证号查人";

/// Finds somebody of the worker's areas by the keyed hash of their ID number. Whoever is found is written down under `log`.
///
/// # Errors
/// 10006 also for somebody who lives elsewhere.
pub fn find(c: &mut AnyConn, worker: &Worker, id_hash: &[u8], log: Id, now: Moment) -> Result<PersonRef> {
    let found = persons::find_by_id_hash(c, id_hash)?.filter(|p| worker.serves(&p.area));
    let found = found.ok_or_else(Error::not_found)?;
    let opening = Reveal {
        id: log,
        at: now,
        worker: worker.id,
        person: found.id,
        case: None,
        fields: Vec::new(),
        purpose: PURPOSE.to_owned(),
    };
    reveals::record(c, &opening)?;
    Ok(found)
}

/// Writes somebody of the worker's areas into the register, and lets accounts that claimed this number know. Outside the
/// worker's areas nothing is told, not even whether the area exists.
///
/// # Errors
/// 10002 for an area that is not the worker's; 12006 when the register knows the number.
pub fn add(c: &mut AnyConn, keys: &Keyring, worker: &Worker, new: &NewPerson, now: Moment) -> Result<Id> {
    if !worker.serves(&new.area) || areas::find(c, &new.area)?.is_none() {
        let reason = "这个区域不归您负责。";
        let way_out = "请选择您负责的村（社区）。";
        return Err(Error::invalid(vec![Detail::new("/area", "户籍地", "area_not_yours", reason, way_out)]));
    }
    if persons::find_by_id_hash(c, &persons::id_hash(keys, &new.id_number))?.is_some() {
        return Err(Error::new(&codes::PERSON_KNOWN));
    }
    let id = persons::insert(c, keys, new)?;
    identity::person_recorded(c, keys, &new.id_number, now)?;
    Ok(id)
}
