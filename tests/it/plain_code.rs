//! One binding a line: a tuple of names bound to a tuple of values hides which value belongs to which name.

use crate::floors::sources;

plain![each_binding_stands_on_a_line_of_its_own, a_scan_finds_zipped_tuples_and_nothing_else];

fn each_binding_stands_on_a_line_of_its_own() {
    let mut faults = Vec::new();
    // The samples of the test below are such tuples.
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources).filter(|s| !s.path.ends_with("/plain_code.rs")) {
        faults.extend(zipped(&source.text).into_iter().map(|line| format!("{}:{line}", source.path)));
    }
    assert!(faults.is_empty(), "write one `let` a line:\n{}", faults.join("\n"));
}

/// The lines on which a statement `let (a, b) = (x, y);` begins. A tuple with `else` is left alone: there the values are
/// matched together, and none is bound when one does not fit.
fn zipped(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if is_zipped(rest) {
            found.push(line);
        }
        let length = opaque(rest).unwrap_or(next.len_utf8());
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// A zipped statement begins here.
fn is_zipped(text: &str) -> bool {
    let value = || {
        let names = text.strip_prefix("let ").filter(|t| t.starts_with('('))?;
        let after = names[closed(names)?..].trim_start();
        let after = match after.strip_prefix(':').map(str::trim_start) {
            Some(types) => types[closed(types)?..].trim_start(),
            None => after,
        };
        let value = after.strip_prefix('=')?.trim_start();
        let end = closed(value)?;
        value[end..].trim_start().starts_with(';').then(|| &value[1..end - 1])
    };
    value().is_some_and(|inside| parts(inside) > 1)
}

/// The length of the group in brackets with which the text begins.
fn closed(text: &str) -> Option<usize> {
    if !text.starts_with('(') {
        return None;
    }
    let mut depth = 0;
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if let Some(length) = opaque(&text[at..]) {
            at += length;
            continue;
        }
        at += next.len_utf8();
        match next {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// How many values a tuple has, by the commas outside of brackets; one that is last does not count.
fn parts(inside: &str) -> usize {
    let mut depth = 0;
    let mut commas = 0;
    let mut at = 0;
    let inside = inside.trim_end().trim_end_matches(',');
    while let Some(next) = inside[at..].chars().next() {
        if let Some(length) = opaque(&inside[at..]) {
            at += length;
            continue;
        }
        at += next.len_utf8();
        match next {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => commas += 1,
            _ => {}
        }
    }
    commas + 1
}

/// The length of a comment, a text or a character that begins here: what stands inside is no code.
fn opaque(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    for (opens, closes) in [("r##\"", "\"##"), ("r#\"", "\"#")] {
        if let Some(raw) = text.strip_prefix(opens) {
            return Some(opens.len() + raw.find(closes)? + closes.len());
        }
    }
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some(at + 1);
        }
        // A lifetime: a character is one sign, or begins with a backslash.
        if quote == '\'' && at > 1 && !text[1..].starts_with('\\') && text[1..].chars().nth(1) != Some('\'') {
            return None;
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn a_scan_finds_zipped_tuples_and_nothing_else() {
    let one = ["let (a, b) = (x, y);", "let (a, b): (u8, u8) =\n    (f(1, 2), [3, 4]);", "let (mut a, _) = ('(', \")\");"];
    for text in one {
        assert_eq!(zipped(text), [1], "{text}");
    }
    assert_eq!(zipped("fn f<'a>(x: &'a str) {\n    let (a, b) = (x, \"\\\"\");\n}\n"), [2]);
    let none = [
        "let (a, b) = pair();",
        "let (a, b) = (x, y).into();",
        "let (Some(a), Some(b)) = (x, y) else { return };",
        "// let (a, b) = (x, y);",
        "let text = \"let (a, b) = (x, y);\";",
        "let a = (x, y);",
        "let (a, b) = (pair());",
    ];
    for text in none {
        assert_eq!(zipped(text), [] as [usize; 0], "{text}");
    }
}
