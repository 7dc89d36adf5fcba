//! What sign-in asks of the register of persons. When `office::people` is there, its functions replace this file.

use diesel::prelude::*;

use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::names::PersonName;

diesel::table! {
    persons (id) {
        id -> Binary,
        area -> Text,
        name -> Binary,
        id_hash -> Binary,
        phone_hash -> Nullable<Binary>,
    }
}

/// What may be known of a person without a reason to know more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRef {
    pub id: Id,
    pub area: AreaCode,
    pub phone_hash: Option<Vec<u8>>,
}

/// The look-up hash of a citizen ID.
pub fn id_hash(keys: &Keyring, id_number: &CitizenId) -> [u8; 32] {
    keys.lookup_hash("id_number", id_number.reveal())
}

/// The look-up hash of a phone number.
pub fn phone_hash(keys: &Keyring, phone: &PhoneNumber) -> [u8; 32] {
    keys.lookup_hash("phone", phone.reveal())
}

/// The person of an ID number.
///
/// # Errors
/// Those of the database.
pub fn find_by_id_hash(c: &mut AnyConn, hash: &[u8]) -> Result<Option<PersonRef>> {
    use persons::dsl as p;
    let row: Option<(Id, String, Option<Vec<u8>>)> =
        p::persons.filter(p::id_hash.eq(hash)).select((p::id, p::area, p::phone_hash)).get_result(c).optional()?;
    row.map(|(id, area, phone_hash)| Ok(PersonRef { id, area: area.parse().map_err(Error::internal)?, phone_hash })).transpose()
}

/// Whether the register has the person under this name.
///
/// # Errors
/// Those of the database and the key ring; 10006 when there is no such person.
pub fn is_named(c: &mut AnyConn, keys: &Keyring, person: Id, name: &PersonName) -> Result<bool> {
    use persons::dsl as p;
    let sealed: Option<Vec<u8>> = p::persons.find(person).select(p::name).get_result(c).optional()?;
    let sealed = sealed.ok_or_else(Error::not_found)?;
    Ok(keys.open_text(&Place::new("persons", "name", person.as_bytes()), &sealed)? == name.reveal())
}
