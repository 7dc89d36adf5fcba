//! The document in YAML, with what is short on one line (`'404': {$ref: …}`, `type: [string, 'null']`), as people write it.
//!
//! The library writes every list and every object as a block. Its lines are read from the last to the first: a block of one
//! field, or a list of single values, moves up behind its name when it fits. A story holds the result against the JSON.

use utoipa::openapi::OpenApi;

use crate::platform::error::{Error, Result};

/// Longest line that is made of several.
const WIDTH: usize = 120;

/// The same document gives the same bytes.
///
/// # Errors
/// 50000 when the document cannot be written.
pub fn of(api: &OpenApi) -> Result<String> {
    let blocks = api.to_yaml().map_err(Error::internal)?;
    // The lines below the one that is looked at, the next one last.
    let mut below: Vec<Line> = Vec::new();
    for line in Line::all(&blocks).into_iter().rev() {
        let line = with_list(line, &mut below);
        let line = with_field(line, &mut below);
        below.push(line);
    }
    let mut yaml = String::with_capacity(blocks.len());
    for line in below.iter().rev() {
        yaml.push_str(&line.text);
        yaml.push('\n');
    }
    Ok(yaml)
}

/// A line of YAML as the library writes it.
struct Line {
    text: String,
    /// A line of a text in several lines, which is no YAML by itself.
    literal: bool,
}

impl Line {
    fn all(yaml: &str) -> Vec<Line> {
        // As deep as the name of the text that is being passed.
        let mut inside: Option<usize> = None;
        let mut lines = Vec::new();
        for text in yaml.lines() {
            let mut line = Line { text: text.to_owned(), literal: false };
            line.literal = inside.is_some_and(|depth| text.is_empty() || line.indent() > depth);
            if !line.literal {
                inside = [": |-", ": |", ": |+"].iter().any(|mark| text.ends_with(mark)).then(|| line.depth());
            }
            lines.push(line);
        }
        lines
    }

    fn words(&self) -> &str {
        self.text.trim_start()
    }

    fn indent(&self) -> usize {
        self.text.len().saturating_sub(self.words().len())
    }

    /// Where the name stands, behind the dash of an item.
    fn depth(&self) -> usize {
        self.indent().saturating_add(if self.item().is_some() { 2 } else { 0 })
    }

    /// What stands behind the dash of an item.
    fn item(&self) -> Option<&str> {
        self.words().strip_prefix("- ").filter(|_| !self.literal)
    }

    fn opens_block(&self) -> bool {
        !self.literal && self.text.ends_with(':')
    }

    /// With this behind its name, if the line does not become too long.
    fn joined(&self, value: &str) -> Option<Line> {
        let text = format!("{} {value}", self.text);
        (text.len() <= WIDTH).then_some(Line { text, literal: false })
    }
}

/// The name of a list with its items behind it.
fn with_list(line: Line, below: &mut Vec<Line>) -> Line {
    if !line.opens_block() {
        return line;
    }
    let depth = line.depth();
    let items: Vec<&Line> = below.iter().rev().take_while(|l| l.indent() == depth && l.item().is_some()).collect();
    let values: Option<Vec<String>> = items.iter().map(|item| item.item().and_then(in_list)).collect();
    let count = items.len();
    // An item of several lines goes on below the last one that was taken.
    let goes_on = below.iter().rev().nth(count).is_some_and(|l| l.literal || l.indent() > depth);
    match values.filter(|values| !values.is_empty() && !goes_on).and_then(|all| line.joined(&format!("[{}]", all.join(", ")))) {
        Some(joined) => {
            below.truncate(below.len().saturating_sub(count));
            joined
        }
        None => line,
    }
}

/// The name of an object with its only field behind it.
fn with_field(line: Line, below: &mut Vec<Line>) -> Line {
    let depth = line.depth().saturating_add(2);
    let mut after = below.iter().rev();
    let Some(field) = after.next().filter(|l| line.opens_block() && !l.literal && l.indent() == depth && l.item().is_none())
    else {
        return line;
    };
    let alone = after.next().is_none_or(|l| !l.literal && l.indent() < depth);
    match entry(field.words()).filter(|_| alone).and_then(|_| line.joined(&format!("{{{}}}", field.words()))) {
        Some(joined) => {
            below.pop();
            joined
        }
        None => line,
    }
}

/// An item as it stands between brackets.
fn in_list(item: &str) -> Option<String> {
    match entry(item) {
        Some(_) => Some(format!("{{{item}}}")),
        None => is_value(item).then(|| item.to_owned()),
    }
}

/// A name and its value, when both may stand between brackets.
fn entry(words: &str) -> Option<&str> {
    let (name, value) = words.split_once(": ")?;
    (is_value(name) && !name.starts_with(['{', '[']) && is_value(value)).then_some(value)
}

/// A value of one line that means the same between brackets: quoted, in brackets itself, or plain without their signs.
fn is_value(text: &str) -> bool {
    let between = |open: char, close: char| text.len() > 1 && text.starts_with(open) && text.ends_with(close);
    let plain = !text.contains([',', '[', ']', '{', '}', '"', '\'', '#', '|', '>', '&', '*', '!', '%', '@', '`'])
        && !text.contains(": ")
        && !text.ends_with(':');
    !text.is_empty() && (between('\'', '\'') || between('{', '}') || between('[', ']') || plain)
}
