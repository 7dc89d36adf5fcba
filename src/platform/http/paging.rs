//! Keyset pages: opaque cursors that carry the last row's order keys and are signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::platform::app::App;
use crate::platform::code;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;

/// Items on a page when the caller does not say.
pub const USUAL: i64 = 20;
/// Items on a page at most.
pub const MOST: i64 = 100;

/// Where a page begins, as an earlier page told it.
pub type Cursor = Code<1, 200>;

/// The query of a list that has no filters.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paged {
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub cursor: Option<Cursor>,
}

/// Where a page begins: after this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    pub at: i64,
    pub id: Id,
}

/// The wanted size, 1 to 100.
pub fn limit(wanted: Option<i64>) -> Result<i64> {
    let n = wanted.unwrap_or(USUAL);
    if (1..=MOST).contains(&n) {
        return Ok(n);
    }
    let mut faults = crate::platform::error::Faults::new();
    faults.push("/limit", "每页条数", "out_of_range", "每页条数超出范围。", "请填写 1 到 100 之间的数。");
    faults.settle().map(|()| n)
}

/// A cursor for this list only (`list` names it and its filters).
pub fn seal(app: &App, list: &str, after: After) -> Result<String> {
    let mut bytes = after.at.to_be_bytes().to_vec();
    bytes.extend_from_slice(after.id.as_bytes());
    let mac = app.keys.lookup_hash(&format!("cursor:{list}"), &hex::encode(&bytes));
    bytes.extend(mac.iter().take(12));
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a cursor of this list; anything else is 10007.
pub fn open(app: &App, list: &str, cursor: Option<&str>) -> Result<Option<After>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bad = || Error::new(&code::BAD_CURSOR);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    let (at, rest) = bytes.split_first_chunk::<8>().ok_or_else(bad)?;
    let (id, _) = rest.split_first_chunk::<16>().ok_or_else(bad)?;
    let after = After { at: i64::from_be_bytes(*at), id: Id::from_bytes(*id) };
    // It must equal the cursor that we would make for the same values. Cursors are public, so a plain comparison will do.
    if seal(app, list, after)? == cursor { Ok(Some(after)) } else { Err(bad()) }
}

/// Each view with the place of its row in the list; the views are in the order of their rows.
pub fn placed<R, T>(rows: &[R], views: Vec<T>, place: impl Fn(&R) -> After) -> Vec<(After, T)> {
    rows.iter().map(place).zip(views).collect()
}

/// Cuts one item more than a page into the page and its next cursor.
pub fn cut<T>(
    app: &App,
    list: &str,
    mut rows: Vec<T>,
    limit: i64,
    key: impl Fn(&T) -> After,
) -> Result<(Vec<T>, Option<String>)> {
    let limit = usize::try_from(limit).unwrap_or(20);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match (more, rows.last()) {
        (true, Some(last)) => Some(seal(app, list, key(last))?),
        _ => None,
    };
    Ok((rows, next))
}
