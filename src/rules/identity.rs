//! Citizen IDs (GB 11643-1999): reading, birth date, sex, age, mask. Phones and bank cards stand beside them.

mod bank_card;
mod fault;
mod phone;
#[cfg(test)]
mod tests;

use std::fmt;

use chrono::{Datelike, NaiveDate};
use utoipa::openapi::schema::{Object, Type};

pub use bank_card::BankCard;
pub use fault::IdentityFault;
pub use phone::PhoneNumber;

use super::coded::coded_enum;
use super::glyphs::compact;
use super::typed::{self, Refusal, Typed, typed};

coded_enum! {
    /// The sex that an ID tells: odd serial numbers are given to men.
    pub enum Sex {
        Male = "male", "男";
        Female = "female", "女";
    }
}

/// The weights of the first 17 digits, `2^(17-i) mod 11`, and the check digit for each remainder (GB 11643, ISO 7064).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Nobody older than this applies; an earlier birth year is a typing error.
const OLDEST_AGE: u32 = 150;

/// A valid 18-digit citizen ID. `Debug` never shows a digit and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId {
    digits: String,
    birth: NaiveDate,
    sex: Sex,
}

impl CitizenId {
    /// Reads an ID as typed: full-width forms, white space and invisible characters are folded, `x` becomes `X`.
    /// Birth dates after `today` are refused.
    pub fn parse(text: &str, today: NaiveDate) -> Result<CitizenId, IdentityFault> {
        let digits = compact(text).replace('-', "");
        if digits.is_empty() {
            return Err(IdentityFault::CitizenIdEmpty);
        }
        if digits.len() == 15 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentityFault::CitizenIdOld);
        }
        if digits.chars().count() != 18 {
            return Err(IdentityFault::CitizenIdLength);
        }
        let (Some(body), Some(check)) = (digits.get(..17), digits.chars().last()) else {
            return Err(IdentityFault::CitizenIdCharacters);
        };
        let Some(expected) = check_digit(body).filter(|_| check == 'X' || check.is_ascii_digit()) else {
            return Err(IdentityFault::CitizenIdCharacters);
        };
        if body.starts_with('0') {
            return Err(IdentityFault::CitizenIdArea);
        }
        let birth = body.get(6..14).and_then(compact_date).ok_or(IdentityFault::CitizenIdBirthDate)?;
        if birth > today {
            return Err(IdentityFault::CitizenIdBirthInFuture);
        }
        if today.years_since(birth).is_some_and(|age| age > OLDEST_AGE) {
            return Err(IdentityFault::CitizenIdBirthDate);
        }
        if check != expected {
            return Err(IdentityFault::CitizenIdCheckDigit);
        }
        let odd = body.bytes().last().is_some_and(|b| b % 2 == 1); // ASCII digits keep their parity
        Ok(CitizenId { birth, sex: if odd { Sex::Male } else { Sex::Female }, digits })
    }

    /// The 18 characters, for sealing, matching and print. Never log them.
    pub fn reveal(&self) -> &str {
        &self.digits
    }

    /// The date of birth.
    pub fn birth_date(&self) -> NaiveDate {
        self.birth
    }

    /// The sex.
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Full years (周岁) on that day; zero before birth. Who was born on 29 February turns a year older on 1 March
    /// of a common year.
    pub fn age_on(&self, date: NaiveDate) -> u32 {
        date.years_since(self.birth).unwrap_or(0)
    }

    /// Whether the person is under 18 on that day.
    pub fn is_minor_on(&self, date: NaiveDate) -> bool {
        self.age_on(date) < 18
    }

    /// Whether the person may agree to what is done with their facts; for younger ones a guardian does (个人信息保护法 art. 31).
    pub fn may_agree_on(&self, date: NaiveDate) -> bool {
        self.age_on(date) >= 14
    }

    /// The first and the last character with sixteen stars between them.
    pub fn masked(&self) -> String {
        let mut ends = self.digits.chars();
        let first = ends.next().unwrap_or('*');
        let last = ends.last().unwrap_or('*');
        format!("{first}{}{last}", "*".repeat(16))
    }
}

impl Typed for CitizenId {
    fn read(text: &str) -> Result<CitizenId, Refusal> {
        // The day of the form; a stored ID was looked at when it came.
        Ok(CitizenId::parse(text, typed::today().unwrap_or_default())?)
    }

    fn stand_in() -> CitizenId {
        CitizenId { digits: "99010119700101001X".to_owned(), birth: NaiveDate::default(), sex: Sex::Male }
    }

    fn schema() -> Object {
        let of = Object::builder().schema_type(Type::String).min_length(Some(18)).max_length(Some(40));
        of.description(Some("18 位身份证号码；空格和横线会去掉。")).examples(["99010120100307001X"]).build()
    }
}

typed!(=> CitizenId);

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenId(<redacted>)")
    }
}

/// The check digit of the first 17 digits, or `None` when they are not 17 ASCII digits.
pub fn check_digit(first17: &str) -> Option<char> {
    if first17.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0_u32;
    for (digit, weight) in first17.chars().zip(WEIGHTS) {
        sum = sum.saturating_add(digit.to_digit(10)?.saturating_mul(weight));
    }
    CHECK.get(usize::try_from(sum % 11).ok()?).copied()
}

/// Makes the ID of an invented person for the demonstration. The area must begin with 99, which no real ID does, and
/// `serial` is at most 999; odd is male.
pub fn invent(area6: &str, birth: NaiveDate, serial: u16) -> Result<CitizenId, IdentityFault> {
    if !area6.starts_with("99") || area6.len() != 6 || serial > 999 {
        return Err(IdentityFault::CitizenIdArea);
    }
    let body = format!("{area6}{:04}{:02}{:02}{serial:03}", birth.year(), birth.month(), birth.day());
    let check = check_digit(&body).ok_or(IdentityFault::CitizenIdCharacters)?;
    CitizenId::parse(&format!("{body}{check}"), birth)
}

fn compact_date(yyyymmdd: &str) -> Option<NaiveDate> {
    let (year, rest) = yyyymmdd.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}
