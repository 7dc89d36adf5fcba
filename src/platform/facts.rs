//! Facts of this installation: few named values that the database itself must remember.

use diesel::prelude::*;

use super::db::AnyConn;
use super::db::query::both;
use super::error::Result;

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
    }
}

/// The database belongs to a demo; the value says since when (epoch milliseconds).
pub const DEMO: &str = "demo";
/// How far a demo's clock is ahead, in milliseconds.
pub const DEMO_CLOCK_OFFSET: &str = "demo_clock_offset_ms";

/// The value, when it was ever written.
pub fn get(c: &mut AnyConn, name: &str) -> Result<Option<String>> {
    use settings::dsl as s;
    Ok(s::settings.find(name).select(s::value).get_result(c).optional()?)
}

/// Writes or replaces the value.
pub fn set(c: &mut AnyConn, name: &str, value: &str) -> Result<()> {
    use settings::dsl as s;
    let row = (s::name.eq(name), s::value.eq(value));
    both(diesel::insert_into(s::settings).values(row).on_conflict(s::name).do_update().set(s::value.eq(value))).execute(c)?;
    Ok(())
}
