//! Keyed pairs of neighbouring letters: a name is found by a part of it, and never opened for that.

use diesel::prelude::*;

use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::names::PersonName;

diesel::table! {
    person_name_keys (name_key, person_id) {
        name_key -> Binary,
        person_id -> Binary,
    }
}

#[derive(Insertable)]
#[diesel(table_name = person_name_keys)]
struct Row {
    name_key: Vec<u8>,
    person_id: Id,
}

/// The keys of a name, or of a part of one, of two letters at least.
pub fn of(keys: &Keyring, name: &PersonName) -> Vec<Vec<u8>> {
    name.bigrams().iter().map(|pair| keys.bigram_hash("person.name", pair).to_vec()).collect()
}

/// Stores the keys of persons who have none yet.
pub(crate) fn insert(c: &mut AnyConn, of: impl Iterator<Item = (Id, Vec<Vec<u8>>)>) -> Result<()> {
    let rows: Vec<Row> =
        of.flat_map(|(person_id, keys)| keys.into_iter().map(move |name_key| Row { name_key, person_id })).collect();
    let insert = diesel::insert_into(person_name_keys::table).values(&rows);
    match c {
        AnyConn::Sqlite(c) => insert.execute(c)?,
        AnyConn::Postgres(c) => insert.execute(c)?,
    };
    Ok(())
}
