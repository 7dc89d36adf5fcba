//! What every stored text relies on: one form, no invisible characters, and folding that changes nothing when it is repeated.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const KINDS: [Fold; 4] = [Fold::Line, Fold::Lines, Fold::Name, Fold::Number];

proptest! {
    #[test]
    fn folding_twice_changes_nothing_and_nothing_invisible_stays(
        wild in any::<String>(),
        likely in "[王山⼭⺀a-cＡ０ 　\u{200B}\u{FEFF}\u{202E}\u{E0100}\u{301}\u{2800}\u{AD}\r\n\t。.·•—－‑1-3(){}，]{0,24}",
    ) {
        for text in [wild, likely] {
            for kind in KINDS {
                let once = fold(&text, kind);
                prop_assert_eq!(&fold(&once, kind), &once, "{:?}", kind);
                prop_assert!(once.chars().all(|c| c == '\n' && kind == Fold::Lines || !is_invisible(c)), "{:?} {:?}", kind, once);
                prop_assert_eq!(once.trim(), &once);
            }
        }
    }
}

#[test]
fn a_number_pasted_from_a_chat_loses_its_invisible_companions() {
    assert_eq!(compact("\u{FEFF} １２３\u{200B}４x\u{3000}\n\u{202C}"), "1234X");
    assert_eq!(compact("191‑0000–0001 ２—３−４－５─６"), "191-0000-00012-3-4-5-6");
}

#[test]
fn visible_characters_are_kept() {
    assert_eq!(compact("王-1*"), "王-1*");
    assert!(!is_invisible('王'));
    assert_eq!(fold("第２中学（东校区），Ａ班：“好”！", Fold::Line), "第2中学（东校区），A班：“好”！");
}

#[test]
fn what_shows_nothing_is_no_text() {
    for nothing in [
        "",
        " ",
        "　　　",
        "\u{200B}",
        "\u{FEFF}\u{202E}\u{2066}",
        "\u{2800}\u{3164}\u{115F}\n\t",
        "\u{FE0F}\u{E0100}\u{AD}\u{34F}",
    ] {
        assert!(KINDS.iter().all(|kind| fold(nothing, *kind).is_empty()), "{nothing:?}");
    }
}

#[test]
fn a_bidi_mark_turns_no_school_round_on_the_screen() {
    assert_eq!(fold("示例\u{202E}大学\u{202C}", Fold::Line), "示例大学");
}

#[test]
fn radicals_are_the_characters_that_they_look_like() {
    assert_eq!(fold("王\u{2F2D}", Fold::Name), "王山");
    assert_eq!(fold("\u{2F2D}东\u{2ED3}安\u{31D0}中", Fold::Line), "山东长安一中");
    assert_eq!(unified('王'), '王');
}

#[test]
fn the_full_stop_between_han_characters_of_a_name_is_the_middle_dot() {
    for typed in ["阿里.木沙", "阿里．木沙", "阿里。木沙", "阿里｡木沙", "阿里•木沙", "阿里・木沙"]
    {
        assert_eq!(fold(typed, Fold::Name), "阿里·木沙", "{typed}");
    }
    assert_eq!(fold("J.R. Smith", Fold::Name), "J.R. Smith");
    assert_eq!(fold("好。谢谢.再见", Fold::Line), "好。谢谢.再见");
}

#[test]
fn a_note_keeps_its_lines_and_loses_its_holes() {
    assert_eq!(fold(" 第一行 \r\n\r\n\r\n第二行\u{2028}第三行\n", Fold::Lines), "第一行\n\n第二行\n第三行");
    assert_eq!(fold("第一行\n第二行\t好", Fold::Line), "第一行 第二行 好");
}
