//! What search, matching and public notices rely on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn masked(text: &str) -> String {
    name(text).masked()
}

proptest! {
    #[test]
    fn the_normal_form_is_its_own_normal_form(text in "[王李小欧〇𠮷𰻝A-Zéñ ·•'‐\u{3000}\u{200B}\u{E0100}-]{0,12}") {
        if let Ok(read) = PersonName::parse(&text) {
            prop_assert_eq!(&name(read.reveal()), &read);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}", wild in any::<String>()) {
        for t in [text, wild] {
            if let Ok(read) = PersonName::parse(&t) {
                prop_assert!((2..=40).contains(&read.reveal().chars().count()));
                prop_assert!(!read.reveal().contains('*'));
            }
        }
    }

    #[test]
    fn a_mask_always_hides_something_and_debug_hides_everything(text in "[王李小欧𠮷ab]{2,6}(·[王李小]{1,5}){0,2}") {
        let read = name(&text);
        let mask = read.masked();
        prop_assert!(mask.contains('*'));
        prop_assert_eq!(mask.chars().count(), read.reveal().chars().count());
        prop_assert_eq!(format!("{read:?}"), "PersonName(<redacted>)");
    }

    #[test]
    fn a_part_of_a_name_has_only_bigrams_of_the_name(whole in "[王李小欧阳锋张]{4,10}", at in 0usize..3) {
        let part: String = whole.chars().skip(at).take(2).collect();
        prop_assert!(name(&part).bigrams().iter().all(|b| name(&whole).bigrams().contains(b)));
    }
}

#[test]
fn notices_show_the_first_and_the_last_character_only() {
    assert_eq!(masked("王四"), "王*");
    assert_eq!(masked("王小四"), "王*四");
    assert_eq!(masked("欧阳小锋"), "欧**锋");
    assert_eq!(masked("阿卜杜·克里木"), "阿卜杜·***");
    assert_eq!(masked("阿依·古丽·买买提"), "阿依·**·***");
    assert_eq!(masked("John Smith"), "J*** ****h");
    assert_eq!(masked("葛\u{E0100}小\u{E0101}𠮷"), "葛\u{E0100}*𠮷");
}

#[test]
fn one_name_has_one_form_however_it_was_typed() {
    for typed in
        ["阿里·木沙", "阿里•木沙", "阿里‧木沙", "阿里・木沙", "阿里･木沙", " 阿里 · 木沙\u{200B}", "阿\u{202E}里\u{0387}木沙\n"]
    {
        assert_eq!(name(typed).reveal(), "阿里·木沙", "{typed:?}");
    }
    assert_eq!(name("王\u{3000}四").reveal(), "王四");
    assert_eq!(name("\u{E0100}王四").reveal(), "王四"); // a selector that selects nothing
    assert_eq!(name("王\u{2F2D}").reveal(), "王山");
    assert_eq!(name("阿里.木沙").reveal(), "阿里·木沙");
    assert_eq!(name("Ｊｏｈｎ  O’Brien").reveal(), "John O'Brien");
    assert_eq!(name("Rene\u{301}e").reveal(), "Renée");
    assert_eq!(name("\u{F9B5}小").reveal(), "例小"); // a compatibility form becomes the unified character
}

#[test]
fn rare_characters_are_names_too() {
    for rare in ["王㐂", "𠮷田", "王𫖯", "王𬱟", "𰻝王", "王\u{31350}", "王\u{323B0}", "王〇", "葛\u{E0100}小"]
    {
        assert_eq!(name(rare).reveal(), rare);
    }
}

#[test]
fn what_is_no_name_is_refused_with_its_reason() {
    for (text, fault) in [
        ("", NameFault::Empty),
        (" \u{200B}\t", NameFault::Empty),
        ("王", NameFault::TooShort),
        ("王\u{E0100}", NameFault::TooShort),
        ("王4", NameFault::Digit),
        ("王４", NameFault::Digit),
        ("王①", NameFault::Digit),
        ("王*四", NameFault::Mask),
        ("王＊", NameFault::Mask),
        ("王×四", NameFault::Mask),
        ("王😀四", NameFault::Character),
        ("王❤\u{FE0F}", NameFault::Character),
        ("王,四", NameFault::Character),
        ("<王四>", NameFault::Character),
        ("王\u{E000}四", NameFault::Character),
        ("·王四", NameFault::Separator),
        ("王四·", NameFault::Separator),
        ("阿里··木沙", NameFault::Separator),
        ("Mary--Jane", NameFault::Separator),
        ("--", NameFault::Separator),
    ] {
        assert_eq!(PersonName::parse(text), Err(fault), "{text:?}");
    }
    assert_eq!(PersonName::parse(&"王".repeat(41)), Err(NameFault::TooLong));
    assert!(PersonName::parse(&"王".repeat(40)).is_ok());
}

#[test]
fn search_keys_forget_case_dots_and_selectors() {
    assert_eq!(name("王小四").bigrams(), ["王小", "小四"]);
    assert_eq!(name("阿里·木沙").bigrams(), name("阿里木沙").bigrams());
    assert_eq!(name("Li NA").bigrams(), ["li", "in", "na"]);
    assert_eq!(name("葛\u{E0100}小").bigrams(), ["葛小"]);
    assert_eq!(name("王王王").bigrams(), ["王王"]);
}
