//! Folds what Chinese input methods and copy-and-paste leave in typed text: full-width forms and invisible characters.

/// The format characters (general category Cf) of Unicode 16, as inclusive ranges.
const FORMAT: &[(char, char)] = &[
    ('\u{AD}', '\u{AD}'),
    ('\u{600}', '\u{605}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{6DD}', '\u{6DD}'),
    ('\u{70F}', '\u{70F}'),
    ('\u{890}', '\u{891}'),
    ('\u{8E2}', '\u{8E2}'),
    ('\u{180E}', '\u{180E}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFF9}', '\u{FFFB}'),
    ('\u{110BD}', '\u{110BD}'),
    ('\u{110CD}', '\u{110CD}'),
    ('\u{13430}', '\u{1343F}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0001}', '\u{E007F}'),
];

/// The ASCII form of a full-width character; any other character stays as it is.
pub fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).saturating_sub(0xFEE0)).unwrap_or(c),
        _ => c,
    }
}

/// Whether a character shows nothing: control and format characters, zero-width ones among them.
pub fn is_invisible(c: char) -> bool {
    c.is_control() || FORMAT.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// A number as typed, without white space and invisible characters, full-width forms folded, letters upper case.
pub fn compact(text: &str) -> String {
    text.chars().map(narrow).filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_pasted_from_a_chat_loses_its_invisible_companions() {
        assert_eq!(compact("\u{FEFF} １２３\u{200B}４x\u{3000}\n\u{202C}"), "1234X");
    }

    #[test]
    fn visible_characters_are_kept() {
        assert_eq!(compact("王-1*"), "王-1*");
        assert!(!is_invisible('王'));
    }
}
