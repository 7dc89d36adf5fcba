//! Where a line may end, after GB/T 15834 and the usual kinsoku: no mark that closes at the start, none that opens at
//! the end, dashes and dots of a pair together, Latin words and numbers whole.

use super::font::joins;

/// Never at the start of a line.
fn closes(c: char) -> bool {
    "，。、；：？！）》〉」』】〕〗”’·％‰℃,.;:?!)]}%，．；：？！）］｝～".contains(c)
}

/// Never at the end of a line.
fn opens(c: char) -> bool {
    "（《〈「『【〔〖“‘￥([{（［｛$".contains(c)
}

/// Part of a Latin word or a number.
fn spells(c: char) -> bool {
    c.is_ascii_graphic() || matches!(c, '\u{C0}'..='\u{24F}')
}

/// Whether a line may end between these two neighbours.
pub fn may_break(before: char, after: char) -> bool {
    let pair = before == after && matches!(before, '—' | '…');
    let word = spells(before) && (spells(after) || after == '’') || before == '’' && spells(after);
    !(after == ' ' || joins(after) || closes(after) || opens(before) || pair || word)
}

/// A text in lines that fit `width`; put together again they are the text. Spaces at an end hang over the edge. A
/// word that is longer than the line is cut at the edge.
pub fn lines(text: &str, width: f32, wide: &dyn Fn(char) -> f32) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    let mut rest = chars.as_slice();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(one(rest, width, wide));
        lines.push(line.iter().collect());
        rest = more;
    }
    lines
}

/// How many characters the first line takes; at least one.
fn one(chars: &[char], width: f32, wide: &dyn Fn(char) -> f32) -> usize {
    let mut used = 0.0;
    let mut last_break = None;
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| chars.get(b));
        if before.is_some_and(|b| may_break(*b, *c)) {
            last_break = Some(at);
        }
        used += wide(*c);
        if used > width && *c != ' ' {
            let full = last_break.unwrap_or(at).max(1);
            let tail = chars.iter().skip(full).take_while(|c| joins(**c)).count();
            return full.saturating_add(tail);
        }
    }
    chars.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wide(c: char) -> f32 {
        if joins(c) {
            0.0
        } else if c.is_ascii() {
            0.5
        } else {
            1.0
        }
    }

    fn set(text: &str, width: f32) -> Vec<String> {
        lines(text, width, &wide)
    }

    #[test]
    fn a_full_stop_takes_its_character_along() {
        assert_eq!(set("请补交户口簿。谢谢", 6.0), ["请补交户口", "簿。谢谢"]);
        assert_eq!(set("材料（原件）都要", 3.0), ["材料", "（原", "件）都", "要"]);
    }

    #[test]
    fn words_and_numbers_stay_whole_and_spaces_hang() {
        assert_eq!(set("电话 0555-1234567 联系", 7.0), ["电话 ", "0555-1234567 ", "联系"]);
        assert_eq!(set("共300元", 3.0), ["共300", "元"]);
    }

    #[test]
    fn dashes_and_dots_of_a_pair_stay_together() {
        assert_eq!(set("残联——我们", 3.0), ["残联", "——我", "们"]);
        assert_eq!(set("等等……好", 3.0), ["等等", "……好"]);
    }

    #[test]
    fn what_cannot_be_divided_is_cut_at_the_edge() {
        assert_eq!(set("abcdefghij", 2.0), ["abcd", "efgh", "ij"]);
        assert_eq!(set("好", 0.1), ["好"]);
    }

    #[test]
    fn a_selector_stays_with_its_character() {
        assert_eq!(set("葛\u{E0100}葛\u{E0101}葛", 1.0), ["葛\u{E0100}", "葛\u{E0101}", "葛"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_begins_or_ends_where_it_must_not(
            text in "[请补交户口簿残联，。、；：！？）（《》“”……—— 0-9a-z.%\u{E0100}]{0,80}", width in 1.0_f32..30.0
        ) {
            let found = set(&text, width);
            prop_assert_eq!(found.concat(), text.clone());
            for pair in found.windows(2) {
                let end = pair[0].chars().next_back().unwrap();
                let start = pair[1].chars().next().unwrap();
                let inner: Vec<char> = pair[0].chars().collect();
                let could = inner.windows(2).any(|w| may_break(w[0], w[1]));
                // A line breaks at a forbidden place only when it holds no allowed one.
                prop_assert!(may_break(end, start) || !could, "{:?}", pair);
                prop_assert!(!joins(start));
            }
            for line in &found {
                let used: f32 = line.trim_end_matches(|c| c == ' ' || joins(c)).chars().map(wide).sum();
                prop_assert!(used <= width || line.chars().filter(|c| !joins(*c)).count() == 1, "{line} {used}");
            }
        }
    }
}
