//! Text that is kept: words of people on one line or several, codes that people key in, codes of programs, passwords.

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use utoipa::openapi::schema::{Object, Type};

use super::glyphs::{Fold, fold, is_invisible};
use super::typed::{Refusal, Typed, typed};

/// Words of a person: folded, without anything invisible, trimmed, and then `MIN` to `MAX` characters long. `LINES` keeps
/// line breaks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PlainText<const MIN: usize, const MAX: usize, const LINES: bool = false>(String);

/// Words on several lines.
pub type Note<const MIN: usize, const MAX: usize> = PlainText<MIN, MAX, true>;

/// A code that a person keys in or a scanner reads (a label, a number from a text message): folded as a number is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct KeyedCode<const MIN: usize, const MAX: usize>(String);

/// A code that one program hands to another (a service, a cursor, a token): printable ASCII, kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Code<const MIN: usize, const MAX: usize>(String);

/// A password: nothing is folded or trimmed, and `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize, const LINES: bool> Typed for PlainText<MIN, MAX, LINES> {
    fn read(text: &str) -> Result<Self, Refusal> {
        if text.contains('\u{FFFD}') {
            let way_out = "请删掉后重新输入。";
            return Err(Refusal::new("bad_character", "有没能识别的字（显示为 �）。", way_out));
        }
        let kept = fold(text, if LINES { Fold::Lines } else { Fold::Line });
        bounded(&kept, MIN, MAX, "字")?;
        Ok(PlainText(kept))
    }

    fn stand_in() -> Self {
        PlainText("某".repeat(MIN))
    }

    fn schema() -> Object {
        words(MIN, MAX, if MIN > 0 { Some("\\S") } else { None })
    }
}

impl<const MIN: usize, const MAX: usize, const LINES: bool> PlainText<MIN, MAX, LINES> {
    /// A text that was read before it was kept: of a row, not of a request.
    pub fn kept(text: &str) -> Self {
        PlainText(text.to_owned())
    }
}

impl<const MIN: usize, const MAX: usize> Typed for KeyedCode<MIN, MAX> {
    fn read(text: &str) -> Result<Self, Refusal> {
        let kept = fold(text, Fold::Number);
        bounded(&kept, MIN, MAX, "位")?;
        Ok(KeyedCode(kept))
    }

    fn stand_in() -> Self {
        KeyedCode("0".repeat(MIN))
    }

    fn schema() -> Object {
        words(MIN, MAX, if MIN > 0 { Some("\\S") } else { None })
    }
}

impl<const MIN: usize, const MAX: usize> Typed for Code<MIN, MAX> {
    fn read(text: &str) -> Result<Self, Refusal> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Refusal::new("bad_code", "这一项不是有效的代码。", PROGRAM));
        }
        if !(MIN..=MAX).contains(&text.len()) {
            return Err(Refusal::new("bad_code", "这一项的长度不对。", PROGRAM));
        }
        Ok(Code(text.to_owned()))
    }

    fn stand_in() -> Self {
        Code("0".repeat(MIN))
    }

    fn schema() -> Object {
        words(MIN, MAX, Some("^[!-~]+$"))
    }
}

/// What a person can do about a fault of the front end.
const PROGRAM: &str = "不是您填写的内容有误，请返回上一页重新进入，或者更新程序后再试；还不行请联系残联。";

impl<const MIN: usize, const MAX: usize> Typed for Password<MIN, MAX> {
    fn read(text: &str) -> Result<Self, Refusal> {
        if text.chars().any(is_invisible) {
            return Err(Refusal::new("bad_character", "密码中有看不见的字符。", "请重新输入，不要粘贴。"));
        }
        bounded(if text.trim().is_empty() { "" } else { text }, MIN, MAX, "位")?;
        Ok(Password(text.to_owned()))
    }

    fn stand_in() -> Self {
        Password("0".repeat(MIN))
    }

    fn schema() -> Object {
        words(MIN, MAX, None)
    }
}

typed!(const MIN: usize, const MAX: usize, const LINES: bool, => PlainText<MIN, MAX, LINES>);
typed!(const MIN: usize, const MAX: usize, => KeyedCode<MIN, MAX>);
typed!(const MIN: usize, const MAX: usize, => Code<MIN, MAX>);
typed!(const MIN: usize, const MAX: usize, => Password<MIN, MAX>);

/// Counts what is kept.
fn bounded(kept: &str, min: usize, max: usize, unit: &str) -> Result<(), Refusal> {
    let count = kept.chars().count();
    let range =
        if min == max { format!("{max} 个{unit}") } else { format!("{} 到 {max} 个{unit}", min.max(1)) }.replace("个位", "位");
    let refusal =
        |code, reason: String, suggestion: String| Refusal { code, reason: reason.into(), suggestion: suggestion.into() };
    match count {
        0 if min > 0 => Err(refusal("required", "这一项没有填写。".to_owned(), format!("请填写 {range}。"))),
        n if n < min => Err(refusal("too_short", "填写的内容太短。".to_owned(), format!("请填写 {range}。"))),
        n if n > max => {
            let over = n.saturating_sub(max);
            Err(refusal(
                "too_long",
                format!("填写的内容多了 {over} 个{unit}。").replace("个位", "位"),
                format!("请填写 {range}。"),
            ))
        }
        _ => Ok(()),
    }
}

fn words(min: usize, max: usize, pattern: Option<&str>) -> Object {
    Object::builder().schema_type(Type::String).min_length(Some(min)).max_length(Some(max)).pattern(pattern).build()
}

macro_rules! text {
    ($($t:ident<$($n:ident: $of:ty),*>;)+) => { $(
        impl<$(const $n: $of),*> $t<$($n),*> {
            /// What is kept.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What is kept, as a string of its own.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl<$(const $n: $of),*> Deref for $t<$($n),*> {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<$(const $n: $of),*> From<$t<$($n),*>> for String {
            fn from(text: $t<$($n),*>) -> String {
                text.0
            }
        }
    )+ };
}

text! {
    PlainText<MIN: usize, MAX: usize, LINES: bool>;
    KeyedCode<MIN: usize, MAX: usize>;
    Code<MIN: usize, MAX: usize>;
    Password<MIN: usize, MAX: usize>;
}

macro_rules! shown {
    ($($t:ident<$($n:ident: $of:ty),*>;)+) => { $(
        impl<$(const $n: $of),*> fmt::Display for $t<$($n),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

shown! {
    PlainText<MIN: usize, MAX: usize, LINES: bool>;
    KeyedCode<MIN: usize, MAX: usize>;
    Code<MIN: usize, MAX: usize>;
}

impl<const MIN: usize, const MAX: usize> fmt::Debug for Password<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(<redacted>)")
    }
}
