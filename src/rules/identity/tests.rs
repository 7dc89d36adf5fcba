//! What sign-in, applications and payments rely on: typed numbers are read or refused with a reason, and never shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-06-15")
}

fn read(text: &str) -> Result<CitizenId, IdentityFault> {
    CitizenId::parse(text, today())
}

prop_compose! {
    fn invented()(area in 990_000u32..1_000_000, days in 0i64..45_000, serial in 0u16..1000) -> CitizenId {
        invent(&area.to_string(), today() - TimeDelta::days(days), serial).unwrap()
    }
}

proptest! {
    #[test]
    fn invented_people_have_valid_ids_that_read_back(id in invented()) {
        prop_assert_eq!(&read(id.reveal()), &Ok(id.clone()));
        prop_assert_eq!(id.reveal().get(6..14).unwrap(), id.birth_date().format("%Y%m%d").to_string());
    }

    #[test]
    fn one_wrong_digit_never_passes(id in invented(), at in 0usize..17, other in 1u8..10) {
        let mut bytes = id.reveal().as_bytes().to_vec();
        bytes[at] = b'0' + (bytes[at] - b'0' + other) % 10;
        prop_assert!(read(&String::from_utf8(bytes).unwrap()).is_err());
    }

    #[test]
    fn two_neighbours_swapped_never_pass(id in invented(), at in 0usize..16) {
        let mut bytes = id.reveal().as_bytes().to_vec();
        prop_assume!(bytes[at] != bytes[at + 1]);
        bytes.swap(at, at + 1);
        prop_assert!(read(&String::from_utf8(bytes).unwrap()).is_err());
    }

    #[test]
    fn full_width_digits_spaces_and_small_x_are_forgiven(id in invented()) {
        let wide: String = id.reveal().to_lowercase().chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        prop_assert_eq!(read(&format!("\u{FEFF} {wide}\u{3000}\u{200B}")), Ok(id));
    }

    #[test]
    fn masks_and_debug_keep_the_birth_date_to_themselves(id in invented()) {
        prop_assert_eq!(id.masked().len(), 18);
        prop_assert_eq!(id.masked().matches('*').count(), 16);
        prop_assert_eq!(format!("{id:?}"), "CitizenId(<redacted>)");
    }

    #[test]
    fn no_text_breaks_a_parser(text in "\\PC{0,24}", digits in "[0-9xX*+ -]{10,22}") {
        for t in [&text, &digits] {
            let _ = (read(t), PhoneNumber::parse(t), BankCard::parse(t), check_digit(t));
        }
    }

    #[test]
    fn age_is_the_number_of_birthdays(id in invented(), years in 0u32..100) {
        let birthday = id.birth_date().checked_add_months(chrono::Months::new(years * 12)).unwrap();
        // Born on 29 February, the birthday of a common year is 1 March.
        let birthday = if birthday.day() == id.birth_date().day() { birthday } else { birthday.succ_opt().unwrap() };
        prop_assert_eq!(id.age_on(birthday), years);
        prop_assert_eq!(id.age_on(birthday.pred_opt().unwrap()), years.saturating_sub(1));
        prop_assert_eq!(id.is_minor_on(birthday), years < 18);
    }

    #[test]
    fn phones_read_back_and_hide_their_middle(number in "1[3-9][0-9]{9}") {
        let phone = PhoneNumber::parse(&format!("+86 {}-{} {}", &number[..3], &number[3..7], &number[7..])).unwrap();
        prop_assert_eq!(phone.reveal(), &number);
        prop_assert_eq!(phone.masked(), format!("{}****{}", &number[..3], &number[7..]));
        prop_assert_eq!(format!("{phone:?}"), "PhoneNumber(<redacted>)");
    }

    #[test]
    fn one_wrong_digit_of_a_card_is_noticed_by_luhn(body in "[0-9]{11,18}", at in 0usize..11, other in 1u8..10) {
        let valid = (0..10).map(|d| format!("{body}{d}")).find(|n| BankCard::parse(n).unwrap().passes_luhn()).unwrap();
        let mut bytes = valid.into_bytes();
        bytes[at] = b'0' + (bytes[at] - b'0' + other) % 10;
        prop_assert!(!BankCard::parse(&String::from_utf8(bytes).unwrap()).unwrap().passes_luhn());
    }
}

#[test]
fn the_example_of_the_standard_has_its_check_digit() {
    assert_eq!(check_digit("11010519491231002"), Some('X')); // GB 11643-1999, annex
    assert_eq!(check_digit("44052418800101001"), Some('4'));
    assert_eq!(check_digit("1101051949123100"), None);
    assert_eq!(check_digit("1101051949123100X"), None);
    let id = read("11010519491231002x").unwrap();
    assert_eq!((id.birth_date(), id.sex(), id.age_on(today())), (day("1949-12-31"), Sex::Female, 76));
    assert_eq!(id.masked(), "1****************X");
}

#[test]
fn a_refused_id_says_what_is_wrong() {
    let with_check = |body: &str| format!("{body}{}", check_digit(body).unwrap());
    for (text, fault) in [
        (" ".to_owned(), IdentityFault::CitizenIdEmpty),
        ("110105491231002".to_owned(), IdentityFault::CitizenIdOld),
        ("11010519491231002".to_owned(), IdentityFault::CitizenIdLength),
        ("1101051949123100AX".to_owned(), IdentityFault::CitizenIdCharacters),
        ("11010519491231002Y".to_owned(), IdentityFault::CitizenIdCharacters),
        ("一二三四五六七八九十一二三四五六七八".to_owned(), IdentityFault::CitizenIdCharacters),
        ("1****************X".to_owned(), IdentityFault::CitizenIdCharacters),
        (with_check("00000019491231002"), IdentityFault::CitizenIdArea),
        (with_check("99010120230229001"), IdentityFault::CitizenIdBirthDate),
        (with_check("99010100000101001"), IdentityFault::CitizenIdBirthDate),
        (with_check("99010118600101001"), IdentityFault::CitizenIdBirthDate),
        (with_check("99010120260616001"), IdentityFault::CitizenIdBirthInFuture),
        ("110105194912310021".to_owned(), IdentityFault::CitizenIdCheckDigit),
    ] {
        assert_eq!(read(&text), Err(fault), "{text}");
    }
    assert!(read(&with_check("99010120260615001")).is_ok());
}

#[test]
fn real_areas_and_long_serials_are_never_invented() {
    let birth = day("2010-01-01");
    assert_eq!(invent("110105", birth, 1), Err(IdentityFault::CitizenIdArea));
    assert_eq!(invent("9901", birth, 1), Err(IdentityFault::CitizenIdArea));
    assert_eq!(invent("99010a", birth, 1), Err(IdentityFault::CitizenIdCharacters));
    assert_eq!(invent("99é01", birth, 1), Err(IdentityFault::CitizenIdCharacters));
    assert_eq!(invent("990101", birth, 1000), Err(IdentityFault::CitizenIdArea));
    assert_eq!(invent("990101", birth, 7).map(|id| id.sex()), Ok(Sex::Male));
}

#[test]
fn a_person_comes_of_age_on_the_eighteenth_birthday() {
    let id = invent("990101", day("2008-06-15"), 2).unwrap();
    assert!(id.is_minor_on(day("2026-06-14")));
    assert!(!id.is_minor_on(day("2026-06-15")));
    assert_eq!(id.age_on(day("2000-01-01")), 0);
}

#[test]
fn landlines_and_short_numbers_are_no_mobile_phones() {
    assert_eq!(PhoneNumber::parse(" "), Err(IdentityFault::PhoneEmpty));
    for text in
        ["010-12345678", "12345678901", "1381234567", "138123456789", "138****1234", "+8513812345678", "861381234567", "86"]
    {
        assert_eq!(PhoneNumber::parse(text), Err(IdentityFault::PhoneFormat), "{text}");
    }
}

#[test]
fn a_country_code_brackets_and_dashes_of_all_kinds_are_forgiven() {
    for text in [
        "００８６138 1234 5678",
        "8613812345678",
        "(+86)13812345678",
        "（+86）138-1234-5678",
        "+86 138‑1234‑5678",
        "138–1234—5678",
    ] {
        assert_eq!(PhoneNumber::parse(text).unwrap().reveal(), "13812345678", "{text}");
    }
}

#[test]
fn passbooks_without_a_luhn_digit_are_taken_and_flagged() {
    let card = BankCard::parse("6222 0000-0000 0000 001").unwrap();
    assert_eq!(card.masked(), "****0001");
    assert!(!card.passes_luhn());
    assert!(BankCard::parse("4111111111111111").unwrap().passes_luhn());
    assert_eq!(BankCard::parse(""), Err(IdentityFault::BankCardEmpty));
    assert_eq!(BankCard::parse("62220000000"), Err(IdentityFault::BankCardLength));
    assert_eq!(BankCard::parse("6222000000000000000X"), Err(IdentityFault::BankCardCharacters));
    assert_eq!(format!("{card:?}"), "BankCard(<redacted>)");
}

#[test]
fn every_fault_has_its_own_code_and_full_sentences() {
    let codes: BTreeSet<_> = IdentityFault::ALL.iter().map(|f| f.code()).collect();
    assert_eq!(codes.len(), IdentityFault::ALL.len());
    for fault in IdentityFault::ALL {
        assert!(fault.reason().ends_with('。') && fault.suggestion().ends_with('。'));
        assert_eq!(fault.to_string(), fault.code());
    }
    assert_eq!(Sex::from_code("female").map(Sex::label), Some("女"));
}
