//! Sums of money in fen, so that no amount ever passes through a floating-point number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::coded::fault_enum;
use super::glyphs::compact;

/// An amount in fen (1 yuan = 100 fen). JSON and the database hold the integer; `Display` gives yuan, as `3000.00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

fault_enum! {
    /// Why a text is no amount in yuan.
    pub enum MoneyFault {
        Empty = "money_empty", "没有填写金额。", "请填写以元为单位的金额，例如 3000 或 3000.50。";
        Format = "money_format", "金额的格式不对。", "请只填数字，小数点后最多两位，例如 3000 或 3000.50。";
        Decimals = "money_decimals", "金额的小数超过了两位。", "金额最小到分，请保留两位小数。";
        TooLarge = "money_too_large", "金额太大。", "请核对金额，单位是元。";
    }
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// Reads yuan: digits, an optional minus, at most two decimals; full-width digits and spaces are folded.
    pub fn parse_yuan(text: &str) -> Result<Fen, MoneyFault> {
        let text = compact(text);
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        if text.is_empty() {
            return Err(if negative { MoneyFault::Format } else { MoneyFault::Empty });
        }
        let (yuan, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(yuan) || !digits(decimals) {
            return Err(MoneyFault::Format);
        }
        if decimals.len() > 2 {
            return Err(MoneyFault::Decimals);
        }
        let sign = if negative { -1_i64 } else { 1 };
        // The sign goes in before the sum, so that the smallest i64 can be read back.
        let yuan = yuan.parse::<i64>().ok().and_then(|y| y.checked_mul(sign)?.checked_mul(100));
        let cents = format!("{decimals:0<2}").parse::<i64>().ok().and_then(|c| c.checked_mul(sign));
        match (yuan, cents) {
            (Some(y), Some(c)) => y.checked_add(c).map(Fen).ok_or(MoneyFault::TooLarge),
            _ => Err(MoneyFault::TooLarge),
        }
    }

    /// The sum, or `None` on overflow.
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// The difference, or `None` on overflow.
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// The amount `times` over, or `None` on overflow.
    pub fn checked_mul(self, times: i64) -> Option<Fen> {
        self.0.checked_mul(times).map(Fen)
    }

    /// The sum of all amounts, or `None` on overflow; no amounts sum to zero.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add)
    }
}

impl FromStr for Fen {
    type Err = MoneyFault;

    /// As [`Fen::parse_yuan`].
    fn from_str(text: &str) -> Result<Fen, MoneyFault> {
        Fen::parse_yuan(text)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", amount / 100, amount % 100)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_amount_reads_back_from_its_yuan_text(fen in any::<i64>()) {
            prop_assert_eq!(Fen::parse_yuan(&Fen(fen).to_string()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_makes_the_parser_fail_otherwise_than_with_a_reason(text in "\\PC{0,30}") {
            let _ = Fen::parse_yuan(&text);
        }

        #[test]
        fn a_sum_is_the_exact_sum_or_none(amounts in proptest::collection::vec(any::<i64>(), 0..5)) {
            let exact: i128 = amounts.iter().map(|a| i128::from(*a)).sum();
            if let Some(sum) = Fen::checked_sum(amounts.into_iter().map(Fen)) {
                prop_assert_eq!(i128::from(sum.0), exact);
            }
        }
    }

    #[test]
    fn the_smallest_and_largest_amounts_read_back() {
        for fen in [Fen(i64::MIN), Fen(i64::MAX), Fen(-5), Fen(0)] {
            assert_eq!(Fen::parse_yuan(&fen.to_string()), Ok(fen));
        }
    }

    #[test]
    fn yuan_are_read_as_people_write_them() {
        let read = |text| Fen::parse_yuan(text);
        assert_eq!(read("3000"), Ok(Fen(300_000)));
        assert_eq!(read(" ３０００.5 "), Ok(Fen(300_050)));
        assert_eq!(read("0.05"), Ok(Fen(5)));
        assert_eq!(Fen(300_000).to_string(), "3000.00");
        assert_eq!(Fen(-5).to_string(), "-0.05");
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        let read = |text| Fen::parse_yuan(text);
        assert_eq!(read("  "), Err(MoneyFault::Empty));
        assert_eq!(read("1.005"), Err(MoneyFault::Decimals));
        assert_eq!(read("99999999999999999999"), Err(MoneyFault::TooLarge));
        for text in ["-", "三千", "1.", ".5", "1e3", "3,000", "--1", "+1", "1.2.3", "NaN"] {
            assert_eq!(read(text), Err(MoneyFault::Format), "{text}");
        }
    }

    #[test]
    fn overflow_is_told_not_wrapped() {
        assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), None);
        assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), None);
        assert_eq!(Fen(i64::MAX).checked_mul(2), None);
        assert_eq!(Fen::checked_sum([Fen(i64::MAX), Fen(1)]), None);
        assert_eq!(Fen::checked_sum([]), Some(Fen::ZERO));
    }

    #[test]
    fn json_holds_the_integer_of_fen() {
        assert_eq!(serde_json::to_string(&Fen(300_000)).unwrap(), "300000");
        assert_eq!(serde_json::from_str::<Fen>("5").unwrap(), Fen(5));
        assert!(serde_json::from_str::<Fen>("5.5").is_err());
    }
}
