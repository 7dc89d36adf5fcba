//! Numbers of bank cards and passbooks that aid is paid to.

use std::fmt;

use utoipa::openapi::schema::{Object, Type};

use super::IdentityFault;
use crate::rules::glyphs::compact;
use crate::rules::typed::{Refusal, Typed, typed};

/// 12 to 19 digits. `Debug` never shows a digit and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BankCard(String);

impl BankCard {
    /// Reads a number as typed; white space and hyphens go. The Luhn digit is not required, because the passbooks of
    /// county banks do not have one; see [`BankCard::passes_luhn`].
    pub fn parse(text: &str) -> Result<BankCard, IdentityFault> {
        let digits = compact(text).replace('-', "");
        if digits.is_empty() {
            return Err(IdentityFault::BankCardEmpty);
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentityFault::BankCardCharacters);
        }
        if !(12..=19).contains(&digits.len()) {
            return Err(IdentityFault::BankCardLength);
        }
        Ok(BankCard(digits))
    }

    /// The digits, for sealing and for the bank file. Never log them.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the last digit fits by Luhn's rule (ISO/IEC 7812). A card that fails deserves a second look, not a
    /// refusal.
    pub fn passes_luhn(&self) -> bool {
        let mut sum = 0_u32;
        for (place, digit) in self.0.chars().rev().filter_map(|c| c.to_digit(10)).enumerate() {
            let doubled = digit.saturating_mul(2);
            let value = match place % 2 {
                0 => digit,
                _ if doubled > 9 => doubled.saturating_sub(9),
                _ => doubled,
            };
            sum = sum.saturating_add(value);
        }
        sum.is_multiple_of(10)
    }

    /// Four stars and the last four digits.
    pub fn masked(&self) -> String {
        let tail = self.0.len().checked_sub(4).and_then(|at| self.0.get(at..)).unwrap_or_default();
        format!("****{tail}")
    }
}

impl Typed for BankCard {
    fn read(text: &str) -> Result<BankCard, Refusal> {
        Ok(BankCard::parse(text)?)
    }

    fn stand_in() -> BankCard {
        BankCard("000000000000".to_owned())
    }

    fn schema() -> Object {
        let words = "12 到 19 位数字；空格和横线会去掉。";
        let of = Object::builder().schema_type(Type::String).min_length(Some(12)).max_length(Some(40));
        of.description(Some(words)).examples(["6217000010001234567"]).build()
    }
}

typed!(=> BankCard);

impl fmt::Debug for BankCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankCard(<redacted>)")
    }
}
