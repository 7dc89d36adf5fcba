//! Each field type at its limit, one beyond, with emoji and with a line break.
#![allow(clippy::unwrap_used)]

use super::*;

fn fits(key: &str, value: &str) {
    assert_eq!(fit(key, value).as_deref(), Ok(value), "{key} {value}");
}

fn wrong(key: &str, value: &str) {
    assert_eq!(fit(key, value), Err(FieldFault::WrongForm), "{key} {value}");
}

#[test]
fn a_thing_has_twenty_characters_at_most_and_shows_that_it_was_cut() {
    fits("thing7", &"助".repeat(20));
    assert_eq!(fit("thing7", &"助".repeat(21)).unwrap(), format!("{}…", "助".repeat(19)));
    fits("thing7", &"😀".repeat(20));
    assert_eq!(fit("thing7", &"😀".repeat(21)).unwrap().chars().count(), 20);
    // The joined emoji is not cut in half: no joiner stays before the mark.
    let family = format!("{}👩\u{200d}👧", "助".repeat(17));
    fits("thing1", &family);
    assert_eq!(fit("thing1", &format!("{family}们")).unwrap(), format!("{}👩…", "助".repeat(17)));
}

#[test]
fn no_control_character_or_line_break_gets_through() {
    assert_eq!(fit("thing1", " 请带\r\n身份证\u{2028}\t原件\u{0} ").unwrap(), "请带 身份证 原件");
    for key in ["thing1", "name1", "phrase1", "character_string1", "number1", "phone_number1", "amount1", "date1", "time1"] {
        assert_eq!(fit(key, "\n\t \u{7}"), Err(FieldFault::Empty), "{key}");
        if let Ok(value) = fit(key, "1\n2") {
            assert!(!value.contains(char::is_control), "{key}");
        }
    }
}

#[test]
fn a_phrase_is_five_pure_han_characters_and_is_never_cut() {
    fits("phrase3", "审核未通过");
    assert_eq!(fit("phrase3", "审核没有通过"), Err(FieldFault::TooLong(5)));
    for value in ["通过!", "ok", "通 过", "通过😀", "通过1"] {
        wrong("phrase3", value);
    }
}

#[test]
fn a_character_string_takes_no_chinese() {
    fits("character_string2", &"A".repeat(32));
    fits("character_string2", "EA-2026-000123");
    assert_eq!(fit("character_string2", &"A".repeat(33)), Err(FieldFault::TooLong(32)));
    wrong("character_string2", "编号1");
    wrong("character_string2", "A😀");
}

#[test]
fn a_name_counts_by_its_script_and_a_long_one_is_shortened() {
    fits("name1", &"王".repeat(10));
    assert_eq!(fit("name1", &"王".repeat(11)).unwrap(), "王".repeat(10));
    assert_eq!(fit("name1", "阿布都热合曼·吐尔逊江").unwrap(), "阿布都热合曼");
    fits("name1", &"a".repeat(20));
    assert_eq!(fit("name1", &"a".repeat(21)).unwrap(), "a".repeat(20));
    wrong("name1", "王1");
}

#[test]
fn numbers_amounts_and_phones_keep_their_digits_or_are_refused() {
    for value in ["0", "-3", "12.50", &"9".repeat(32)] {
        fits("number1", value);
    }
    assert_eq!(fit("number1", &"9".repeat(33)), Err(FieldFault::TooLong(32)));
    for value in ["1,000", ".5", "5.", "1.2.3", "１２", "3个", "😀", "1\n2"] {
        wrong("number1", value);
    }
    for value in ["￥100", "100.50元", "¥1234567890", "8元"] {
        fits("amount1", value);
    }
    assert_eq!(fit("amount1", "12345678901"), Err(FieldFault::TooLong(10)));
    for value in ["￥￥1", "元", "1百元", "￥", "1😀"] {
        wrong("amount1", value);
    }
    fits("phone_number1", "+86-0766-66888866");
    assert_eq!(fit("phone_number1", "+86-0766-668888661"), Err(FieldFault::TooLong(17)));
    for value in ["电话1", "--", "1😀"] {
        wrong("phone_number1", value);
    }
}

#[test]
fn dates_and_times_are_real_ones_in_wechats_forms() {
    let dates = [
        "2019年10月1日",
        "2018-01-01",
        "2018/01/01",
        "2018.1.1",
        "2018-01",
        "01-01",
        "2019年10月",
        "2月29日",
        "2019年10月1日 15:01",
        "2019年10月1日~2019年10月3日",
    ];
    for value in dates {
        fits("date2", value);
    }
    for value in [
        "2019年13月1日",
        "2019-02-29",
        "2019年",
        "15:01",
        "明天",
        "2019年10月1日~",
        "20191001",
        "10月1日😀",
        "+1-1",
        "2019年10月1",
    ] {
        wrong("date2", value);
    }
    for value in ["15:01", "15:01:59", "2019年10月1日 15:01", "09:00~17:30", "2019年10月1日 15:01 ~ 2019年10月1日 16:01"]
    {
        fits("time2", value);
    }
    for value in ["24:00", "15:60", "下午3点", "2019年10月1日", "15:01:60", "15"] {
        wrong("time2", value);
    }
}

#[test]
fn a_key_is_a_known_type_and_a_number() {
    for key in ["thing", "7", "", "enum1", "Thing1", "thing1.DATA"] {
        assert_eq!(fit(key, "x"), Err(FieldFault::UnknownType), "{key}");
    }
}
