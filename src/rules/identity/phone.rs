//! Mobile phone numbers of the mainland.

use std::fmt;

use utoipa::openapi::schema::{Object, Type};

use super::IdentityFault;
use crate::rules::glyphs::compact;
use crate::rules::typed::{Refusal, Typed, typed};

/// Eleven digits that begin with 13 to 19. `Debug` never shows a digit and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as typed: white space, dashes and brackets go, so does the country code `86`, `+86` or `0086`.
    pub fn parse(text: &str) -> Result<PhoneNumber, IdentityFault> {
        let text = compact(text).replace(['-', '(', ')'], "");
        if text.is_empty() {
            return Err(IdentityFault::PhoneEmpty);
        }
        let number = ["+86", "0086", "86"].iter().find_map(|country| text.strip_prefix(country)).unwrap_or(&text);
        let mut bytes = number.bytes();
        let fits = bytes.next() == Some(b'1')
            && bytes.next().is_some_and(|b| (b'3'..=b'9').contains(&b))
            && bytes.len() == 9
            && bytes.all(|b| b.is_ascii_digit());
        if fits { Ok(PhoneNumber(number.to_owned())) } else { Err(IdentityFault::PhoneFormat) }
    }

    /// The 11 digits, for sealing and for calling. Never log them.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As `138****1234`.
    pub fn masked(&self) -> String {
        let head = self.0.get(..3).unwrap_or_default();
        let tail = self.0.get(7..).unwrap_or_default();
        format!("{head}****{tail}")
    }
}

impl Typed for PhoneNumber {
    fn read(text: &str) -> Result<PhoneNumber, Refusal> {
        Ok(PhoneNumber::parse(text)?)
    }

    fn stand_in() -> PhoneNumber {
        PhoneNumber("19100000000".to_owned())
    }

    fn schema() -> Object {
        let words = "11 位手机号码；空格、横线、括号和开头的 86、+86 会去掉。";
        let of = Object::builder().schema_type(Type::String).min_length(Some(11)).max_length(Some(30));
        of.description(Some(words)).examples(["13800001234"]).build()
    }
}

typed!(=> PhoneNumber);

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(<redacted>)")
    }
}
