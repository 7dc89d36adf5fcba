//! Area codes and calendar days as they stand in TEXT columns.

use chrono::NaiveDate;

use crate::platform::error::{Error, Result};
use crate::rules::areas::AreaCode;

/// A stored area code; a fault of ours when it is none.
pub fn area(text: &str) -> Result<AreaCode> {
    AreaCode::parse(text).map_err(|e| Error::internal(format!("stored area: {e}")))
}

/// A stored day, `YYYY-MM-DD`; a fault of ours when it is none.
pub fn day(text: &str) -> Result<NaiveDate> {
    text.parse().map_err(|e| Error::internal(format!("stored day: {e}")))
}

/// The first and the last code that lie in an area, itself included: for an indexed range.
pub fn bounds(area: &AreaCode) -> (String, String) {
    let prefix = area.prefix();
    (format!("{prefix:0<12}"), format!("{prefix:9<12}"))
}
