//! Days and moments as front ends send them: four-digit years near the present.

use std::ops::Deref;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use serde::Serialize;
use utoipa::openapi::schema::{KnownFormat, Object, SchemaFormat, Type};

use super::glyphs::{Fold, fold};
use super::moments::Moment;
use super::typed::{Refusal, Typed, typed};

/// A day as `2026-03-10`, of the years 2000 to 2099 unless the type says others. A person's birth is read from the citizen
/// ID, by its own rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Day<const FIRST: i32 = 2000, const LAST: i32 = 2099>(pub NaiveDate);

/// A moment as `2026-03-10T09:00:00+08:00` (RFC 3339), of the years 2000 to 2099.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SentMoment(DateTime<FixedOffset>);

fn year_fault(first: i32, last: i32) -> Refusal {
    let suggestion = format!("年份应在 {first} 年到 {last} 年之间，请重新选择。").into();
    Refusal { suggestion, ..Refusal::new("year_out_of_range", "年份不对。", "") }
}

impl<const FIRST: i32, const LAST: i32> Typed for Day<FIRST, LAST> {
    fn read(text: &str) -> Result<Self, Refusal> {
        let typed = fold(text, Fold::Number);
        let refusal = || Refusal::new("bad_date", "日期不正确。", "请重新选择日期，格式为 2026-03-10。");
        let dash = |at: usize| matches!(at, 4 | 7);
        let plain =
            typed.len() == 10 && typed.bytes().enumerate().all(|(at, b)| if dash(at) { b == b'-' } else { b.is_ascii_digit() });
        let day: NaiveDate = Some(typed).filter(|_| plain).and_then(|t| t.parse().ok()).ok_or_else(refusal)?;
        if (FIRST..=LAST).contains(&day.year()) { Ok(Day(day)) } else { Err(year_fault(FIRST, LAST)) }
    }

    fn stand_in() -> Self {
        Day(NaiveDate::default())
    }

    fn schema() -> Object {
        of_format(KnownFormat::Date).examples(["2026-03-10"]).build()
    }
}

impl Typed for SentMoment {
    fn read(text: &str) -> Result<SentMoment, Refusal> {
        let refusal = |_| Refusal::new("wrong_time", "时间的格式不正确。", "请重新选择日期和时间。");
        let at = DateTime::parse_from_rfc3339(text.trim()).map_err(refusal)?;
        if (2000..=2099).contains(&at.year()) { Ok(SentMoment(at)) } else { Err(year_fault(2000, 2099)) }
    }

    fn stand_in() -> SentMoment {
        SentMoment(DateTime::default())
    }

    fn schema() -> Object {
        of_format(KnownFormat::DateTime).examples(["2026-03-10T09:00:00+08:00"]).build()
    }
}

fn of_format(format: KnownFormat) -> utoipa::openapi::schema::ObjectBuilder {
    Object::builder().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
}

typed!(const FIRST: i32, const LAST: i32, => Day<FIRST, LAST>);
typed!(=> SentMoment);

impl<const FIRST: i32, const LAST: i32> Deref for Day<FIRST, LAST> {
    type Target = NaiveDate;

    fn deref(&self) -> &NaiveDate {
        &self.0
    }
}

impl<const FIRST: i32, const LAST: i32> From<Day<FIRST, LAST>> for NaiveDate {
    fn from(day: Day<FIRST, LAST>) -> NaiveDate {
        day.0
    }
}

impl Serialize for SentMoment {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0.to_rfc3339())
    }
}

impl SentMoment {
    /// The moment itself, without its offset.
    pub fn at(self) -> Moment {
        Moment::of_ms(self.0.timestamp_millis())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::rules::typed::read;

    #[test]
    fn a_day_has_a_four_digit_year_near_the_present() {
        for text in ["2026-03-10", " ２０２６-０３-１０ ", "2026‑03–10"] {
            assert_eq!(read::<Day>(text).unwrap().to_string(), "2026-03-10", "{text}");
        }
        for (text, code) in [
            ("+10000-01-01", "bad_date"),
            ("26-12-10", "bad_date"),
            ("-026-12-10", "bad_date"),
            ("2026-3-10", "bad_date"),
            ("2026-02-30", "bad_date"),
            ("", "bad_date"),
            ("1999-12-31", "year_out_of_range"),
            ("2100-01-01", "year_out_of_range"),
            ("0026-12-10", "year_out_of_range"),
        ] {
            assert_eq!(read::<Day>(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn a_moment_says_its_offset() {
        assert_eq!(read::<SentMoment>("2026-03-10T09:00:00+08:00").unwrap().at(), Moment::of_ms(1_773_104_400_000));
        assert_eq!(read::<SentMoment>("2026-03-10T09:00:00").unwrap_err().code, "wrong_time");
        assert_eq!(read::<SentMoment>("0001-03-10T09:00:00Z").unwrap_err().code, "year_out_of_range");
    }
}
