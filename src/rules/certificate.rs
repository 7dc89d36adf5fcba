//! The disability certificate (残疾人证): category, level and number (第二代、第三代残疾人证编号规则).

mod assessment;
mod renewal;
#[cfg(test)]
mod tests;

use std::fmt;

use chrono::NaiveDate;
use utoipa::openapi::schema::{Object, Type};

pub use assessment::{AssessmentNeed, AssessmentPolicy, AssessmentReason, CardFacts, GrantedBy, assessment_needed};
pub use renewal::{OpensRule, RenewalPolicy, RenewalWindow, WindowPhase, expires_on, renewal_window};

use super::coded::coded_enum;
use super::glyphs::compact;
use super::identity::{CitizenId, IdentityFault};
use super::typed::{self, Refusal, Typed, typed};

coded_enum! {
    /// The category of disability, by GB/T 26341.
    pub enum Category {
        Visual = "visual", "视力";
        Hearing = "hearing", "听力";
        Speech = "speech", "言语";
        Physical = "physical", "肢体";
        Intellectual = "intellectual", "智力";
        Mental = "mental", "精神";
        Multiple = "multiple", "多重";
    }
}

impl Category {
    /// The digit in the number, 1 to 7.
    pub fn digit(self) -> u8 {
        match self {
            Category::Visual => 1,
            Category::Hearing => 2,
            Category::Speech => 3,
            Category::Physical => 4,
            Category::Intellectual => 5,
            Category::Mental => 6,
            Category::Multiple => 7,
        }
    }

    /// The category of a digit 1 to 7.
    pub fn from_digit(digit: u8) -> Option<Category> {
        Category::ALL.iter().find(|c| c.digit() == digit).copied()
    }
}

coded_enum! {
    /// The level of disability; 1 is the most severe.
    pub enum Level {
        One = "level_1", "一级";
        Two = "level_2", "二级";
        Three = "level_3", "三级";
        Four = "level_4", "四级";
    }
}

impl Level {
    /// The digit in the number, 1 to 4.
    pub fn digit(self) -> u8 {
        match self {
            Level::One => 1,
            Level::Two => 2,
            Level::Three => 3,
            Level::Four => 4,
        }
    }

    /// The level of a digit 1 to 4.
    pub fn from_digit(digit: u8) -> Option<Level> {
        Level::ALL.iter().find(|l| l.digit() == digit).copied()
    }

    /// Whether this is 重度: level 1 or 2.
    pub fn severe(self) -> bool {
        matches!(self, Level::One | Level::Two)
    }
}

/// Why a text is no certificate number. It never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.code())]
pub enum CertificateFault {
    /// Neither 20 characters nor 20 with a suffix.
    Length,
    /// The first 18 characters are no citizen ID.
    Holder(IdentityFault),
    /// Character 19 is not 1 to 7.
    Category,
    /// Character 20 is not 1 to 4.
    Level,
    /// What follows is not B1 to B99.
    Suffix,
}

impl CertificateFault {
    /// The stable snake_case code; of a faulty holder, the code of the identity fault.
    pub fn code(self) -> &'static str {
        match self {
            CertificateFault::Length => "certificate_length",
            CertificateFault::Holder(fault) => fault.code(),
            CertificateFault::Category => "certificate_category",
            CertificateFault::Level => "certificate_level",
            CertificateFault::Suffix => "certificate_suffix",
        }
    }

    /// What is wrong, in one plain Chinese sentence.
    pub fn reason(self) -> &'static str {
        match self {
            CertificateFault::Length => "残疾人证号应为 20 位，补办过的证后面还有 B1、B2 等。",
            CertificateFault::Holder(_) => "残疾人证号的前 18 位应是身份证号码，现在的号码不正确。",
            CertificateFault::Category => "残疾人证号的第 19 位（残疾类别）应是 1 到 7。",
            CertificateFault::Level => "残疾人证号的第 20 位（残疾等级）应是 1 到 4。",
            CertificateFault::Suffix => "残疾人证号末尾的补办标记不正确。",
        }
    }

    /// What the person can do about it, in one plain Chinese sentence.
    pub fn suggestion(self) -> &'static str {
        match self {
            CertificateFault::Suffix => "补办标记是 B1 到 B99；没有补办过的，只填 20 位证号。",
            CertificateFault::Holder(fault) => fault.suggestion(),
            _ => "请对照残疾人证逐位检查。",
        }
    }
}

impl From<CertificateFault> for Refusal {
    fn from(fault: CertificateFault) -> Refusal {
        Refusal::new(fault.code(), fault.reason(), fault.suggestion())
    }
}

/// A certificate number: citizen ID, category digit, level digit, and after a re-issue B1 to B99. `Debug` never shows
/// it and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CertificateNumber {
    holder: CitizenId,
    category: Category,
    level: Level,
    reissue: Option<u8>,
}

impl CertificateNumber {
    /// Reads a number as typed, folded as a citizen ID is; `today` bounds the date of birth.
    pub fn parse(text: &str, today: NaiveDate) -> Result<CertificateNumber, CertificateFault> {
        let text = compact(text).replace('-', "");
        let mut rest = text.chars();
        let holder: String = rest.by_ref().take(18).collect();
        let (Some(category), Some(level)) = (rest.next(), rest.next()) else {
            return Err(CertificateFault::Length);
        };
        let digit = |c: char| c.to_digit(10).and_then(|d| u8::try_from(d).ok());
        Ok(CertificateNumber {
            holder: CitizenId::parse(&holder, today).map_err(CertificateFault::Holder)?,
            category: digit(category).and_then(Category::from_digit).ok_or(CertificateFault::Category)?,
            level: digit(level).and_then(Level::from_digit).ok_or(CertificateFault::Level)?,
            reissue: reissue_of(rest.as_str())?,
        })
    }

    /// The number of a holder's card; `None` when `reissue` is neither empty nor 1 to 99.
    pub fn compose(holder: CitizenId, category: Category, level: Level, reissue: Option<u8>) -> Option<CertificateNumber> {
        let fits = reissue.is_none_or(|n| (1..=99).contains(&n));
        fits.then_some(CertificateNumber { holder, category, level, reissue })
    }

    /// The citizen ID in the number.
    pub fn holder(&self) -> &CitizenId {
        &self.holder
    }

    /// The category.
    pub fn category(&self) -> Category {
        self.category
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// How many times the card was re-issued, 1 to 99; `None` for a first card.
    pub fn reissue(&self) -> Option<u8> {
        self.reissue
    }

    /// The number in full, for sealing, matching and print. Never log it.
    pub fn reveal(&self) -> String {
        format!("{}{}{}{}", self.holder.reveal(), self.category.digit(), self.level.digit(), self.suffix())
    }

    /// The masked citizen ID, stars for category and level, which are health data, and the suffix.
    pub fn masked(&self) -> String {
        format!("{}**{}", self.holder.masked(), self.suffix())
    }

    fn suffix(&self) -> String {
        self.reissue.map(|n| format!("B{n}")).unwrap_or_default()
    }
}

impl Typed for CertificateNumber {
    fn read(text: &str) -> Result<CertificateNumber, Refusal> {
        Ok(CertificateNumber::parse(text, typed::today().unwrap_or_default())?)
    }

    fn stand_in() -> CertificateNumber {
        CertificateNumber { holder: CitizenId::stand_in(), category: Category::Visual, level: Level::One, reissue: None }
    }

    fn schema() -> Object {
        let words = "20 位残疾人证号，补办过的后面还有 B1、B2 等；空格和横线会去掉。";
        let of = Object::builder().schema_type(Type::String).min_length(Some(20)).max_length(Some(44));
        of.description(Some(words)).examples(["99010119700101001X43"]).build()
    }
}

typed!(=> CertificateNumber);

/// The citizen ID of a holder, typed as such or as the certificate's number, which begins with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderNumber(CitizenId);

impl HolderNumber {
    pub fn holder(&self) -> &CitizenId {
        &self.0
    }
}

impl Typed for HolderNumber {
    fn read(text: &str) -> Result<HolderNumber, Refusal> {
        let card = CertificateNumber::read(text).map(|card| card.holder);
        card.or_else(|_| CitizenId::read(text)).map(HolderNumber)
    }

    fn stand_in() -> HolderNumber {
        HolderNumber(CitizenId::stand_in())
    }

    fn schema() -> Object {
        let of = Object::builder().schema_type(Type::String).min_length(Some(18)).max_length(Some(44));
        of.description(Some("18 位身份证号码，或者残疾人证号；空格和横线会去掉。")).examples(["99010119700101001X"]).build()
    }
}

typed!(=> HolderNumber);

impl fmt::Debug for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateNumber(<redacted>)")
    }
}

fn reissue_of(suffix: &str) -> Result<Option<u8>, CertificateFault> {
    let Some(number) = suffix.strip_prefix('B') else {
        return if suffix.is_empty() { Ok(None) } else { Err(CertificateFault::Suffix) };
    };
    let plain = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    let count = number.parse().ok().filter(|n| plain && (1..=99).contains(n));
    count.map(Some).ok_or(CertificateFault::Suffix)
}
