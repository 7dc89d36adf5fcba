//! A whole number of JSON may be written `3.0` or `3e0` (Lua and Dart do): here it becomes `3` before the body is read.

use std::borrow::Cow;

/// Beyond this a double no longer tells one integer from the next (RFC 8259, section 6).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The same JSON with every whole number written as an integer; what is no JSON stays as it is.
pub fn whole(json: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut rest = json;
    let mut in_text = false;
    let mut changed = false;
    while let Some((&byte, after)) = rest.split_first() {
        if in_text {
            let taken = if byte == b'\\' { 2 } else { 1 };
            in_text = byte != b'"';
            let (taken, after) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            out.extend_from_slice(taken);
            rest = after;
        } else if byte == b'-' || byte.is_ascii_digit() {
            let length = rest.iter().position(|b| !is_of_number(*b)).unwrap_or(rest.len());
            let (number, after) = rest.split_at(length);
            let integer = integer(number);
            changed |= integer.is_some();
            out.extend_from_slice(integer.as_deref().map_or(number, str::as_bytes));
            rest = after;
        } else {
            in_text = byte == b'"';
            out.push(byte);
            rest = after;
        }
    }
    if changed { Cow::Owned(out) } else { Cow::Borrowed(json) }
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn integer(number: &[u8]) -> Option<String> {
    number.iter().find(|b| matches!(b, b'.' | b'e' | b'E'))?;
    let value = serde_json::from_slice::<f64>(number).ok()?;
    let plain = if value == 0.0 { 0.0 } else { value }; // there is no integer -0
    (value.fract() == 0.0 && value.abs() < EXACT).then(|| format!("{plain:.0}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_become_integers_and_nothing_else_changes() {
        for (sent, read) in [
            (r#"{"version":3.0}"#, r#"{"version":3}"#),
            (r#"{"version": -264.0, "x": 1E2 , "y":[0.0,-0.0]}"#, r#"{"version": -264, "x": 100 , "y":[0,0]}"#),
            (r#"{"a":"3.0","b\"":"1.0\\","c":3.5}"#, r#"{"a":"3.0","b\"":"1.0\\","c":3.5}"#),
            (r#"{"a":1e999,"b":9007199254740993.0,"c":1.2.3}"#, r#"{"a":1e999,"b":9007199254740993.0,"c":1.2.3}"#),
            ("\"\\", "\"\\"),
        ] {
            assert_eq!(String::from_utf8(whole(sent.as_bytes()).into_owned()).unwrap(), read);
        }
    }
}
