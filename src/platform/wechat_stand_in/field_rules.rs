//! The stand-in's own reading of the template field rules, written apart from our client's so that one checks the other.

/// Whether WeChat would take `value` for the field `key` (a type name and a number). Source: 发送订阅消息, 参数值内容限制说明.
pub(super) fn accepts(key: &str, value: &str) -> bool {
    let kind = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let length = value.chars().count();
    if value.trim().is_empty() || kind.len() == key.len() || value.chars().any(char::is_control) {
        return false;
    }
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let latin = value.is_ascii();
    match kind {
        "thing" => length <= 20,
        "number" => length <= 32 && value.parse::<f64>().is_ok_and(f64::is_finite),
        "letter" => length <= 32 && value.chars().all(|c| c.is_ascii_alphabetic()),
        "symbol" => length <= 5 && !value.chars().any(char::is_alphanumeric),
        "character_string" => length <= 32 && latin,
        "phone_number" => length <= 17 && latin && digits > 0 && !value.chars().any(|c| c.is_ascii_alphabetic()),
        "car_number" => length <= 8,
        "name" => digits == 0 && length <= if latin { 20 } else { 10 },
        "phrase" => length <= 5 && value.chars().all(|c| ('\u{3400}'..='\u{9fff}').contains(&c)),
        "amount" => {
            let bare = value.trim_start_matches(['¥', '￥', '$', '€', '£']).trim_end_matches('元');
            (1..=10).contains(&digits) && bare.parse::<f64>().is_ok()
        }
        "date" => digits >= 2 && value.contains(['年', '月', '-', '/', '.']),
        "time" => digits >= 3 && value.contains(':'),
        _ => false,
    }
}
