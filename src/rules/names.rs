//! Names of persons: one normal form for one name, the mask of public notices, and keys for search.

#[cfg(test)]
mod tests;

use std::fmt;

use utoipa::openapi::schema::{Object, Type};

use super::coded::fault_enum;
use super::glyphs::{DOT, Fold, fold, is_han, is_selector};
use super::typed::{Refusal, Typed, typed};

fault_enum! {
    /// Why a text is no name. It never quotes the text.
    pub enum NameFault {
        Empty = "name_empty", "没有填写姓名。", "请按身份证填写姓名。";
        TooShort = "name_too_short", "姓名太短。", "请按身份证填写完整姓名，至少两个字。";
        TooLong = "name_too_long", "姓名太长。", "姓名最多 40 个字，请按身份证填写。";
        Digit = "name_digit", "姓名中不能有数字。", "请去掉数字，按身份证填写姓名。";
        Mask = "name_mask", "姓名被遮盖了，不完整。", "请填写完整姓名，不要用 * 代替。";
        Character = "name_character", "姓名中有不能使用的符号。", "姓名可用汉字、拉丁字母和间隔号“·”；生僻字打不出来时，请到窗口由工作人员录入。";
        Separator = "name_separator", "姓名中的间隔号或连接符位置不对。", "间隔号“·”应放在两部分名字之间，例如 阿里·木沙。";
    }
}

/// A name in its normal form: folded ([`Fold::Name`]), without invisible characters, 2 to 40 letters. `Debug` never shows it and there is
/// no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name as typed. Chinese characters of every block with their variation selectors, and Latin letters
    /// with space, hyphen, apostrophe and dot, are taken; the variants of each sign become one.
    pub fn parse(text: &str) -> Result<PersonName, NameFault> {
        let mut name: Vec<char> = Vec::new();
        for c in fold(text, Fold::Name).chars() {
            check_sign(c)?;
            let last = name.last().copied();
            match c {
                ' ' if last.is_none_or(|l| !is_latin(l)) => continue,
                _ if last == Some(' ') && !is_latin(c) => {
                    name.pop(); // a space only separates Latin words: 王　四 is 王四
                }
                _ => {}
            }
            let last = name.last().copied();
            if is_selector(c) && !last.is_some_and(is_han) {
                return Err(NameFault::Character);
            }
            if is_separator(c) && last.is_none_or(is_separator) {
                return Err(NameFault::Separator);
            }
            name.push(c);
        }
        while name.last() == Some(&' ') {
            name.pop();
        }
        if name.last().copied().is_some_and(is_separator) {
            return Err(NameFault::Separator);
        }
        match name.iter().filter(|c| is_letter(**c)).count() {
            0 => Err(NameFault::Empty),
            1 => Err(NameFault::TooShort),
            _ if name.len() > 40 => Err(NameFault::TooLong),
            _ => Ok(PersonName(name.into_iter().collect())),
        }
    }

    /// The name, for sealing, letters and print. Never log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The name for public notices: 王四 becomes 王*, 王小四 becomes 王*四, and of a name with dots only the part
    /// before the first dot stays. One star stands for one letter.
    pub fn masked(&self) -> String {
        let letters = self.0.chars().filter(|c| is_letter(*c)).count();
        let has_dot = self.0.contains(DOT);
        let mut seen = 0_usize;
        let mut after_dot = false;
        let mut shown = false;
        let mut out = String::new();
        for c in self.0.chars() {
            if is_selector(c) {
                if shown {
                    out.push(c); // a selector stays or goes with its character
                }
                continue;
            }
            after_dot |= c == DOT;
            if is_separator(c) {
                out.push(c);
                continue;
            }
            seen = seen.saturating_add(1);
            shown = if has_dot { !after_dot } else { seen == 1 || (seen == letters && letters >= 3) };
            out.push(if shown { c } else { '*' });
        }
        out
    }

    /// The pairs of neighbouring letters, each once, in order, for keyed search. Case, separators and variation
    /// selectors do not count, so that a name is found however it is typed.
    pub fn bigrams(&self) -> Vec<String> {
        let letters: Vec<char> = self.0.chars().filter(|c| is_letter(*c)).flat_map(char::to_lowercase).collect();
        let mut pairs: Vec<String> = Vec::new();
        for pair in letters.windows(2) {
            let pair: String = pair.iter().collect();
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        pairs
    }
}

impl Typed for PersonName {
    fn read(text: &str) -> Result<PersonName, Refusal> {
        Ok(PersonName::parse(text)?)
    }

    fn stand_in() -> PersonName {
        PersonName("某某".to_owned())
    }

    fn schema() -> Object {
        Object::builder().schema_type(Type::String).min_length(Some(2)).max_length(Some(40)).examples(["王小四"]).build()
    }
}

typed!(=> PersonName);

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(<redacted>)")
    }
}

fn check_sign(c: char) -> Result<(), NameFault> {
    match c {
        _ if is_letter(c) || is_separator(c) || is_selector(c) => Ok(()),
        '*' | '×' | '●' | '□' | '■' => Err(NameFault::Mask),
        _ if c.is_numeric() => Err(NameFault::Digit),
        _ => Err(NameFault::Character),
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '\'' | DOT)
}

fn is_letter(c: char) -> bool {
    is_han(c) || is_latin(c)
}

fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}
