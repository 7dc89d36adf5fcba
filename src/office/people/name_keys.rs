//! Keyed pairs of neighbouring letters: a name is found by a part of it, and never opened for that.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::persons::{self, persons as people};
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::facts;
use crate::platform::id::Id;
use crate::rules::names::PersonName;

diesel::table! {
    person_name_keys (name_key, person_id) {
        name_key -> Binary,
        person_id -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(people, person_name_keys);

/// Persons of older versions that are keyed in one write.
const CHUNK: i64 = 200;
/// The fact that says that every person is keyed.
const FILLED: &str = "person_names_keyed";

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

/// Keys a chunk of the persons whom an older version recorded; answers how many. The worker calls it until all are done.
pub async fn fill(app: &App) -> Result<usize> {
    if app.db.read(|c| facts::get(c, FILLED)).await?.is_some() {
        return Ok(0);
    }
    let keys = app.keys.clone();
    app.db
        .write(move |c| {
            let keyed = person_name_keys::table.filter(person_name_keys::person_id.eq(people::id));
            let bare = people::table.filter(not(exists(keyed))).order(people::id).limit(CHUNK);
            let bare: Vec<Id> = bare.select(people::id).load(c)?;
            if bare.is_empty() {
                facts::set(c, FILLED, "done")?;
            }
            let mut found = Vec::with_capacity(bare.len());
            for (id, name) in persons::names(c, &keys, bare)? {
                found.push((id, of(&keys, &name)));
            }
            let done = found.len();
            insert(c, found.into_iter())?;
            Ok(done)
        })
        .await
}
