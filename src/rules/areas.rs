//! Twelve-digit area codes (统计用区划代码, GB/T 2260 and GB/T 10114): their level and what lies under what.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::openapi::schema::{Object, Type};

use super::coded::{coded_enum, fault_enum};
use super::glyphs::compact;
use super::typed::{Refusal, Typed, typed};

coded_enum! {
    /// The level of an area, from the widest to the narrowest.
    pub enum AreaLevel {
        Province = "province", "省级";
        City = "city", "市级";
        County = "county", "县级";
        Town = "town", "乡级";
        Village = "village", "村级";
    }
}

impl AreaLevel {
    /// How many leading digits of a code name an area of this level.
    pub fn digits(self) -> usize {
        match self {
            AreaLevel::Province => 2,
            AreaLevel::City => 4,
            AreaLevel::County => 6,
            AreaLevel::Town => 9,
            AreaLevel::Village => 12,
        }
    }
}

fault_enum! {
    /// Why a text is no area code.
    pub enum AreaFault {
        Length = "area_length", "行政区划代码应为 12 位。", "请填写 12 位区划代码，不足的位数用 0 补齐。";
        Digits = "area_digits", "行政区划代码只能是数字。", "请填写 12 位数字。";
        Province = "area_province", "行政区划代码的前两位不能是 00。", "请核对省级代码。";
    }
}

/// One area: exactly twelve ASCII digits of which the first two are not both zero. JSON holds the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct AreaCode([u8; 12]);

impl AreaCode {
    /// Reads a code of exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Result<AreaCode, AreaFault> {
        if text.chars().count() != 12 {
            return Err(AreaFault::Length);
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AreaFault::Digits);
        }
        if text.starts_with("00") {
            return Err(AreaFault::Province);
        }
        text.as_bytes().try_into().map(AreaCode).map_err(|_| AreaFault::Length)
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default() // only ASCII digits get in
    }

    /// The level, told by the trailing zeros. A city without counties (such as 4419) has towns directly under it.
    pub fn level(&self) -> AreaLevel {
        let zeros_after = |digits: usize| self.0.iter().skip(digits).all(|b| *b == b'0');
        let fits = |level: &&AreaLevel| zeros_after(level.digits());
        AreaLevel::ALL.iter().find(fits).copied().unwrap_or(AreaLevel::Village)
    }

    /// The digits that name this area: 2, 4, 6, 9 or 12. Every code below it begins with them.
    pub fn prefix(&self) -> &str {
        self.as_str().get(..self.level().digits()).unwrap_or_default()
    }

    /// Whether `other` is this area or lies below it.
    pub fn contains(&self, other: &AreaCode) -> bool {
        other.as_str().starts_with(self.prefix())
    }

    /// The first and the last code that lie in this area, itself included: for an indexed range.
    pub fn bounds(&self) -> (AreaCode, AreaCode) {
        let named = self.level().digits();
        let mut last = [b'9'; 12];
        for (to, from) in last.iter_mut().zip(self.0).take(named) {
            *to = from;
        }
        (*self, AreaCode(last))
    }

    /// The area next above, or `None` for a province.
    pub fn parent(&self) -> Option<AreaCode> {
        let level = self.level();
        let above = AreaLevel::ALL.iter().rev().find(|l| **l < level)?;
        let mut code = [b'0'; 12];
        for (to, from) in code.iter_mut().zip(self.0).take(above.digits()) {
            *to = from;
        }
        Some(AreaCode(code))
    }

    /// All areas above this one, the nearest first, the province last.
    pub fn ancestors(&self) -> Vec<AreaCode> {
        std::iter::successors(self.parent(), AreaCode::parent).collect()
    }
}

impl Typed for AreaCode {
    fn read(text: &str) -> Result<AreaCode, Refusal> {
        Ok(AreaCode::parse(&compact(text))?)
    }

    fn stand_in() -> AreaCode {
        AreaCode(*b"990000000000")
    }

    fn schema() -> Object {
        let of = Object::builder().schema_type(Type::String).min_length(Some(12)).max_length(Some(12));
        of.pattern(Some("^[0-9]{12}$")).examples(["990102000000"]).build()
    }
}

typed!(=> AreaCode);

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AreaCode({})", self.as_str())
    }
}

impl FromStr for AreaCode {
    type Err = AreaFault;

    /// As [`AreaCode::parse`].
    fn from_str(text: &str) -> Result<AreaCode, AreaFault> {
        AreaCode::parse(text)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> String {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn area(text: &str) -> AreaCode {
        AreaCode::parse(text).unwrap()
    }

    /// Codes of every level, small numbers so that relatives are common.
    fn any_area() -> impl Strategy<Value = AreaCode> {
        (11u32..14, 0u32..3, 0u32..3, 0u32..3, 0u32..3)
            .prop_map(|(p, c, k, t, v)| area(&format!("{p:02}{c:02}{k:02}{t:03}{v:03}")))
    }

    proptest! {
        #[test]
        fn whoever_is_above_contains_whoever_is_below(code in any_area()) {
            prop_assert!(code.contains(&code));
            for above in code.ancestors() {
                prop_assert!(above.contains(&code));
                prop_assert!(!code.contains(&above));
                prop_assert!(above.level() < code.level());
            }
        }

        #[test]
        fn containing_is_being_an_ancestor_or_the_same(a in any_area(), b in any_area()) {
            prop_assert_eq!(a.contains(&b), a == b || b.ancestors().contains(&a));
        }

        #[test]
        fn what_lies_in_an_area_lies_within_its_bounds(a in any_area(), b in any_area()) {
            let (first, last) = a.bounds();
            prop_assert_eq!(a.contains(&b), (first..=last).contains(&b));
        }

        #[test]
        fn a_code_reads_back(code in any_area()) {
            prop_assert_eq!(AreaCode::parse(&code.to_string()), Ok(code));
            prop_assert_eq!(code.prefix().len(), code.level().digits());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,14}") {
            if let Ok(code) = AreaCode::parse(&text) {
                prop_assert_eq!(code.as_str(), text);
            }
        }
    }

    #[test]
    fn the_chain_of_a_village_ends_at_its_province() {
        let village = area("990102003004");
        assert_eq!(village.level(), AreaLevel::Village);
        let chain: Vec<String> = village.ancestors().into_iter().map(String::from).collect();
        assert_eq!(chain, ["990102003000", "990102000000", "990100000000", "990000000000"]);
        assert_eq!(area("990102003000").prefix(), "990102003");
        assert_eq!(area("990000000000").parent(), None);
    }

    #[test]
    fn a_town_directly_under_a_city_has_the_city_above_it() {
        assert_eq!(area("441900003000").parent(), Some(area("441900000000")));
        assert_eq!(area("441900000000").level(), AreaLevel::City);
        assert_eq!(area("441900003000").ancestors().len(), 2);
    }

    #[test]
    fn the_level_comes_from_the_trailing_zeros() {
        for (code, level) in [
            ("990000000000", AreaLevel::Province),
            ("100000000000", AreaLevel::Province),
            ("990100000000", AreaLevel::City),
            ("990110000000", AreaLevel::County),
            ("990102100000", AreaLevel::Town),
            ("990102003200", AreaLevel::Village),
        ] {
            assert_eq!(area(code).level(), level, "{code}");
        }
    }

    #[test]
    fn json_holds_the_text_and_refuses_what_is_no_code() {
        let json = serde_json::to_string(&area("990102003004")).unwrap();
        assert_eq!(json, "\"990102003004\"");
        assert_eq!(serde_json::from_str::<AreaCode>(&json).unwrap(), area("990102003004"));
        assert!(serde_json::from_str::<AreaCode>("\"9901\"").is_err());
        assert_eq!(AreaCode::parse("000000000000"), Err(AreaFault::Province));
        assert_eq!(AreaCode::parse("99010200300x"), Err(AreaFault::Digits));
        assert_eq!(AreaCode::parse("９９０１０２００３００４"), Err(AreaFault::Digits));
    }

    #[test]
    fn codes_of_levels_read_back() {
        for level in AreaLevel::ALL {
            assert_eq!(AreaLevel::from_code(level.code()), Some(*level));
            assert_eq!(serde_json::to_string(level).unwrap(), format!("\"{}\"", level.code()));
        }
    }
}
