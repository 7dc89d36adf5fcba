//! What every form relies on: the value that was checked is the value that is kept, and all refusals come together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::NaiveDate;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::rules::typed::{all_refusals, blank_is_none, read};

proptest! {
    #[test]
    fn what_is_kept_is_within_its_bounds_visible_and_reads_back_as_itself(wild in any::<String>(), likely in "[学校a １\u{200B}\u{202E}\n]{0,12}") {
        for text in [wild, likely] {
            if let Ok(kept) = read::<PlainText<2, 6>>(&text) {
                prop_assert!((2..=6).contains(&kept.chars().count()));
                prop_assert!(!kept.chars().any(is_invisible));
                prop_assert_eq!(read::<PlainText<2, 6>>(&kept), Ok(kept));
            }
            if let Ok(kept) = read::<Note<1, 8>>(&text) {
                prop_assert!((1..=8).contains(&kept.chars().count()));
                prop_assert_eq!(read::<Note<1, 8>>(&kept), Ok(kept));
            }
        }
    }
}

fn code_of<T: Typed>(text: &str) -> &'static str {
    read::<T>(text).err().map_or("kept", |r| r.code)
}

#[test]
fn blank_invisible_and_overlong_text_is_refused_and_length_is_counted_on_what_is_kept() {
    for blank in ["", "　　　", "\u{200B}\u{FEFF}", " \u{202E} "] {
        assert_eq!(code_of::<PlainText<2, 60>>(blank), "required");
    }
    assert_eq!(code_of::<PlainText<2, 4>>(" 校 "), "too_short");
    assert_eq!(code_of::<PlainText<2, 4>>(" 示\u{200B}例大学 "), "kept");
    assert_eq!(code_of::<PlainText<2, 4>>("示例大学院"), "too_long");
    assert_eq!(code_of::<PlainText<2, 4>>("示\0例"), "bad_character");
    assert_eq!(code_of::<PlainText<2, 4>>("示\u{FFFD}例"), "bad_character");
    assert_eq!(code_of::<KeyedCode<6, 6>>("１２３ ４５６"), "kept");
    assert_eq!(code_of::<Code<1, 9>>("a b"), "bad_code");
    assert_eq!(code_of::<Password<1, 9>>("a\u{200B}b"), "bad_character");
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Sent {
    school: PlainText<2, 60>,
    #[serde(default, deserialize_with = "blank_is_none")]
    number: Option<KeyedCode<1, 8>>,
    bank: PlainText<2, 40>,
}

#[test]
fn all_refusals_of_a_form_are_found_and_a_blank_option_is_none() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
    let parse = |json: &str| all_refusals(day, || serde_json::from_str::<Sent>(json));
    let (_, refused) = parse(r#"{"school":"　","number":"123456789","bank":"x"}"#);
    assert_eq!(refused.iter().map(|(_, r)| r.code).collect::<Vec<_>>(), ["required", "too_long", "too_short"]);
    for number in [r#""number":"","#, r#""number":"　","#, r#""number":null,"#, ""] {
        let (sent, refused) = parse(&format!(r#"{{"school":"示例",{number}"bank":"农商"}}"#));
        assert!(refused.is_empty() && sent.unwrap().unwrap().number.is_none());
    }
    assert!(serde_json::from_str::<Sent>(r#"{"school":"","bank":"农商"}"#).is_err(), "outside a form too");
}
