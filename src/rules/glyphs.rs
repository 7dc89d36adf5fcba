//! The one function that folds what input methods, scanners and copy-and-paste leave in a text that a person typed or a file brought.

mod radicals;
#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

use radicals::unified;

/// The dot between the parts of a name (间隔号), by GB/T 15834 and the rule for names on ID cards.
pub const DOT: char = '\u{B7}';

/// What a text is, which says what may be folded in it without changing what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Words on one line: full-width punctuation stays, because it is Chinese punctuation; every run of white space is one space.
    Line,
    /// Words on several lines: as `Line`, with at most one empty line in a row.
    Lines,
    /// A person's name: every sign in its one form, the full stop between Han characters is the middle dot.
    Name,
    /// A number or code: no white space, dashes are `-`, letters upper case.
    Number,
}

/// Characters that show nothing although they are no control characters: format characters, fillers, selectors of emoji
/// and of print styles, places that Unicode keeps for such, noncharacters. As inclusive ranges.
const INVISIBLE: &[(char, char)] = &[
    ('\u{AD}', '\u{AD}'),
    ('\u{34F}', '\u{34F}'),
    ('\u{600}', '\u{605}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{6DD}', '\u{6DD}'),
    ('\u{70F}', '\u{70F}'),
    ('\u{890}', '\u{891}'),
    ('\u{8E2}', '\u{8E2}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FDD0}', '\u{FDEF}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFFC}'),
    ('\u{110BD}', '\u{110BD}'),
    ('\u{110CD}', '\u{110CD}'),
    ('\u{13430}', '\u{1343F}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E00FF}'),
    ('\u{E01F0}', '\u{E0FFF}'),
];

/// Whether a character shows nothing: control and format characters, zero-width ones among them. The selectors of the
/// Ideographic Variation Database are not among them: they choose how a Han character before them is written.
pub fn is_invisible(c: char) -> bool {
    let nonchar = u32::from(c) & 0xFFFE == 0xFFFE;
    c.is_control() || nonchar || INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// A control character that no keyboard puts into a text: all but tab and the ends of lines.
pub fn is_stray_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}')
}

/// A variation selector of the Ideographic Variation Database: one written form of one character.
pub fn is_selector(c: char) -> bool {
    ('\u{E0100}'..='\u{E01EF}').contains(&c)
}

/// The CJK ideographs: 〇, the basic block, the compatibility blocks and the extensions A to J.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3007}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2A6DF}'
        | '\u{2A700}'..='\u{2EE5F}'
        | '\u{2F800}'..='\u{2FA1F}'
        | '\u{30000}'..='\u{3347F}')
}

/// Folds a text to its one form. Folding twice changes nothing, and what comes out holds no invisible character.
pub fn fold(raw: &str, kind: Fold) -> String {
    let one_form: String = match kind {
        Fold::Name | Fold::Number => raw.nfkc().collect(),
        Fold::Line | Fold::Lines => raw.nfc().collect(),
    };
    let mut signs: Vec<char> = Vec::with_capacity(one_form.len());
    let shown = |c: &char| *c == '\n' || !(is_invisible(*c) || kind == Fold::Number && *c == ' ');
    for c in one_form.chars().map(|c| sign(c, kind)).filter(shown) {
        // A selector without a Han character before it selects nothing, and shows nothing.
        if !is_selector(c) || signs.last().copied().is_some_and(is_han) {
            signs.push(c);
        }
    }
    let signs: Vec<char> = signs.into_iter().nfc().collect();
    match kind {
        Fold::Line => one_line(&signs),
        Fold::Lines => lines(&signs),
        Fold::Name => dotted(signs),
        Fold::Number => signs.into_iter().collect(),
    }
}

/// A number as typed, without white space and invisible characters, full-width forms folded, letters upper case.
pub fn compact(text: &str) -> String {
    fold(text, Fold::Number)
}

/// One sign for the variants of it that keyboards, fonts and old systems give.
fn sign(c: char, kind: Fold) -> char {
    match (kind, c) {
        (Fold::Lines, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}') => '\n',
        (_, '\u{2800}') => ' ', // the empty pattern of Braille
        (_, c) if c.is_whitespace() => ' ',
        (_, '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}') => narrow(c),
        (
            Fold::Name,
            '\u{2022}' | '\u{2027}' | '\u{30FB}' | '\u{2219}' | '\u{22C5}' | '\u{119E}' | '\u{16EB}' | '\u{2E31}' | '\u{2E33}'
            | '\u{A78F}',
        ) => DOT,
        (Fold::Name, '\u{2018}' | '\u{2019}' | '\u{2BC}') => '\'',
        (Fold::Name | Fold::Number, c) if is_dash(c) => '-',
        (Fold::Number, c) => unified(c).to_ascii_uppercase(),
        (_, c) => unified(c),
    }
}

/// The ASCII form of a full-width letter or digit.
fn narrow(c: char) -> char {
    char::from_u32(u32::from(c).saturating_sub(0xFEE0)).unwrap_or(c)
}

/// Hyphens, dashes, minus signs and the line that Chinese keyboards draw for them.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2500}' | '\u{2501}' | '\u{2E3A}' | '\u{2E3B}' | '\u{FE63}'
    )
}

fn one_line(signs: &[char]) -> String {
    let text: String = signs.iter().collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn lines(signs: &[char]) -> String {
    let text: String = signs.iter().collect();
    let mut kept: Vec<&str> = Vec::new();
    for line in text.split('\n').map(|line| line.trim_end_matches(' ')) {
        if !line.is_empty() || kept.last().is_some_and(|before| !before.is_empty()) {
            kept.push(line);
        }
    }
    kept.join("\n").trim_matches([' ', '\n']).to_owned()
}

/// The full stop between Han characters of a name is the middle dot that the keyboard did not have.
fn dotted(mut signs: Vec<char>) -> String {
    let han = |c: Option<&char>| c.is_some_and(|c| is_han(*c) || is_selector(*c));
    for at in 0..signs.len() {
        let (before, rest) = signs.split_at(at);
        let stop = matches!(rest.first(), Some('.' | '。'));
        let next = rest.iter().skip(1).find(|c| **c != ' ');
        let between = stop && han(before.iter().rfind(|c| **c != ' ')) && han(next);
        if let Some(c) = signs.get_mut(at).filter(|_| between) {
            *c = DOT;
        }
    }
    let text: String = signs.into_iter().collect();
    text.trim_matches(' ').to_owned()
}
