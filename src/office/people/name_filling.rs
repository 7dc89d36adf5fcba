//! Keys for the names of persons whom an older version recorded without any.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::name_keys::{insert, of, person_name_keys};
use super::persons::{self, persons as people};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::facts;
use crate::platform::id::Id;

diesel::allow_tables_to_appear_in_same_query!(person_name_keys, people);

/// Persons of older versions that are keyed in one write.
const CHUNK: i64 = 200;

/// The fact that says that every person is keyed.
const FILLED: &str = "person_names_keyed";

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
