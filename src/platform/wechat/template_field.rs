//! Fits values to the field types of subscribe-message templates, so that WeChat does not refuse a message with 47003.
//!
//! Source: 发送订阅消息, 订阅消息参数值内容限制说明. WeChat does not say how it counts a character beyond the basic plane; here it is one.

use chrono::{NaiveDate, NaiveTime};

const THING: usize = 20;
const NAME_HAN: usize = 10;
const NAME_LETTERS: usize = 20;
const PHRASE: usize = 5;
const LONG: usize = 32;
const PHONE: usize = 17;
const AMOUNT_DIGITS: usize = 10;
const CURRENCY: [char; 5] = ['¥', '￥', '$', '€', '£'];

/// Why a value cannot be made to fit. It is a mistake in our template data, not in the resident's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldFault {
    /// The key is not a type name and a number, or the type is not one that we send.
    #[error("not a field type that is sent")]
    UnknownType,
    /// Nothing is left of the value; WeChat refuses empty fields.
    #[error("the value is empty")]
    Empty,
    /// Longer than that many characters, and cutting would falsify it.
    #[error("the value is longer than {0} characters")]
    TooLong(usize),
    /// Holds characters, or a form, that the type does not take.
    #[error("the value does not have the form of its type")]
    WrongForm,
}

/// Fits `value` to the type in `key` (`thing7` is a `thing`). Line breaks and control characters become single spaces. Only
/// `thing` (with `…`) and `name` are cut; numbers, dates and phrases are true or refused.
///
/// # Errors
/// [`FieldFault`].
pub fn fit(key: &str, value: &str) -> Result<String, FieldFault> {
    let kind = key.trim_end_matches(|c: char| c.is_ascii_digit());
    if kind.len() == key.len() {
        return Err(FieldFault::UnknownType);
    }
    let value = one_line(value);
    if value.is_empty() {
        return Err(FieldFault::Empty);
    }
    match kind {
        "thing" => Ok(thing(&value)),
        "name" => name(value),
        "phrase" => bounded(value, PHRASE, |text| text.chars().all(is_han)),
        "character_string" => bounded(value, LONG, |text| text.chars().all(|c| c.is_ascii_graphic() || c == ' ')),
        "number" => bounded(value, LONG, |text| is_number(text.strip_prefix('-').unwrap_or(text))),
        "phone_number" => bounded(value, PHONE, is_phone),
        "amount" => amount(value),
        "date" => range(value, |part| is_date(part) || dated_time(part)),
        "time" => range(value, |part| is_time(part) || dated_time(part)),
        _ => Err(FieldFault::UnknownType),
    }
}

/// Line and paragraph separators are no control characters to Unicode, yet break the card all the same.
fn one_line(value: &str) -> String {
    let spaced: String =
        value.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bounded(value: String, limit: usize, form: impl Fn(&str) -> bool) -> Result<String, FieldFault> {
    if !form(&value) {
        return Err(FieldFault::WrongForm);
    }
    if value.chars().count() > limit { Err(FieldFault::TooLong(limit)) } else { Ok(value) }
}

fn thing(value: &str) -> String {
    if value.chars().count() <= THING {
        return value.to_owned();
    }
    let head: String = value.chars().take(THING.saturating_sub(1)).collect();
    // Never leave half of a joined emoji, or a space, before the mark.
    format!("{}…", head.trim_end_matches(['\u{200d}', ' ']))
}

/// Shortens a name that is longer than the field, such as many Uyghur ones: the part before the dot, or the first characters.
fn name(value: String) -> Result<String, FieldFault> {
    if value.chars().any(|c| c.is_numeric() && !is_han(c)) {
        return Err(FieldFault::WrongForm);
    }
    let limit = if value.chars().any(is_han) { NAME_HAN } else { NAME_LETTERS };
    if value.chars().count() <= limit {
        return Ok(value);
    }
    let given = value.split(['·', '•', '・']).next().unwrap_or(&value);
    let cut: String = given.chars().take(limit).collect();
    Ok(cut.trim_end().to_owned())
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Digits, with at most one point between them.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('.').map_or_else(|| digits(text), |(whole, fraction)| digits(whole) && digits(fraction))
}

fn is_phone(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' ' | '*'))
        && text.chars().any(|c| c.is_ascii_digit())
}

fn amount(value: String) -> Result<String, FieldFault> {
    let bare = value.strip_prefix(CURRENCY).unwrap_or(&value);
    let bare = bare.strip_suffix('元').unwrap_or(bare);
    if !is_number(bare) {
        return Err(FieldFault::WrongForm);
    }
    if bare.bytes().filter(u8::is_ascii_digit).count() > AMOUNT_DIGITS {
        Err(FieldFault::TooLong(AMOUNT_DIGITS))
    } else {
        Ok(value)
    }
}

/// One point in time, or two joined by `~`.
fn range(value: String, form: impl Fn(&str) -> bool) -> Result<String, FieldFault> {
    let fits = match value.split_once('~') {
        Some((from, to)) => form(from.trim()) && form(to.trim()),
        None => form(&value),
    };
    if fits { Ok(value) } else { Err(FieldFault::WrongForm) }
}

fn dated_time(part: &str) -> bool {
    part.split_once(' ').is_some_and(|(date, time)| is_date(date) && is_time(time))
}

/// `15:01` or `15:01:59`, two digits each.
fn is_time(text: &str) -> bool {
    let two = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()));
    let numbers: Option<Vec<u32>> = text.split(':').map(two).collect();
    match numbers.as_deref() {
        Some([hour, minute]) => NaiveTime::from_hms_opt(*hour, *minute, 0).is_some(),
        Some([hour, minute, second]) => NaiveTime::from_hms_opt(*hour, *minute, *second).is_some(),
        _ => false,
    }
}

/// `2019年10月1日`, `2019年10月`, `10月1日`, or with `-`, `/`, `.` for the signs.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = if text.contains('月') {
        let marked = text.strip_suffix('日').map_or(text.strip_suffix('月'), Some);
        marked.map(|bare| bare.split(['年', '月']).collect()).unwrap_or_default()
    } else {
        ['-', '/', '.'].iter().find(|sign| text.contains(**sign)).map(|sign| text.split(*sign).collect()).unwrap_or_default()
    };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| number(part)).collect();
    let (year, month, day) = match numbers.as_deref() {
        Some([year, month, day]) => (*year, *month, *day),
        Some([year, month]) if *year >= 1000 => (*year, *month, 1),
        // A leap year, so that 29 February stands.
        Some([month, day]) => (2000, *month, *day),
        _ => return false,
    };
    year >= 1000 && i32::try_from(year).is_ok_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

#[cfg(test)]
#[path = "template_field_tests.rs"]
mod tests;
