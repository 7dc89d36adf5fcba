//! How far the laying of the province came, so that a second call does nothing and a broken one goes on.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::{Error, Result};

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
    }
}

const NAME: &str = "demo_province";

/// What the settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The day for which people and cards are invented.
    pub day: NaiveDate,
    pub done: bool,
}

pub fn read(c: &mut AnyConn) -> Result<Option<Marker>> {
    let value: Option<String> = settings::table.find(NAME).select(settings::value).get_result(c).optional()?;
    let Some(value) = value else { return Ok(None) };
    let (word, day) = value.split_once(' ').unwrap_or_default();
    let day = day.parse().map_err(|e| Error::internal(format!("settings {NAME}: {e}")))?;
    Ok(Some(Marker { day, done: word == "laid" }))
}

pub fn write(c: &mut AnyConn, marker: Marker) -> Result<()> {
    let value = format!("{} {}", if marker.done { "laid" } else { "laying" }, marker.day);
    let row = diesel::insert_into(settings::table).values((settings::name.eq(NAME), settings::value.eq(value.clone())));
    both(row.on_conflict(settings::name).do_update().set(settings::value.eq(value))).execute(c)?;
    Ok(())
}
