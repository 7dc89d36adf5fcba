//! How far the laying of the province came, so that a second call does nothing and a broken one goes on.

use chrono::NaiveDate;

use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::facts;

use super::figures::{COUNTIES, County};

const NAME: &str = "demo_province";
/// The edition of the invented people. A folder that an earlier edition laid has other people, so it cannot take the cases.
const EDITION: &str = "with_cases";

/// What the facts of the installation say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The day for which people and cards are invented.
    pub day: NaiveDate,
    pub done: bool,
}

/// The fact that holds how many counties this demo has; without it, all of them.
const COUNTY_COUNT: &str = "demo_counties";

/// Lets this demo have the first county only.
pub fn first_county_only(c: &mut AnyConn) -> Result<()> {
    facts::set(c, COUNTY_COUNT, "1")
}

/// The counties that have people.
pub fn counties(c: &mut AnyConn) -> Result<&'static [County]> {
    let count = facts::get(c, COUNTY_COUNT)?.and_then(|text| text.parse().ok());
    Ok(count.and_then(|count| COUNTIES.get(..count)).unwrap_or(&COUNTIES))
}

pub fn read(c: &mut AnyConn) -> Result<Option<Marker>> {
    let Some(value) = facts::get(c, NAME)? else { return Ok(None) };
    let (word, rest) = value.split_once(' ').unwrap_or_default();
    let Some((day, EDITION)) = rest.split_once(' ') else {
        return Err(Error::internal("这个演示文件夹是旧版本做的，请用 --data 指定一个空文件夹"));
    };
    let day = day.parse().map_err(|e| Error::internal(format!("fact {NAME}: {e}")))?;
    Ok(Some(Marker { day, done: word == "laid" }))
}

pub fn write(c: &mut AnyConn, marker: Marker) -> Result<()> {
    facts::set(c, NAME, &format!("{} {} {EDITION}", if marker.done { "laid" } else { "laying" }, marker.day))
}
