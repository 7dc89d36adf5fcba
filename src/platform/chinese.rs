//! Chinese for what the code says in English to those who write front ends. The pairs are a table
//! (`assets/contract/chinese.tsv`): English, a tab, Chinese.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../assets/contract/chinese.tsv");

static WORDS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| pairs().collect());

/// The table, line by line.
pub fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter_map(|line| line.split_once('\t'))
}

/// The Chinese of an English sentence, when the table has it; breaks of lines do not matter.
pub fn of(english: &str) -> Option<&'static str> {
    let one_line: Vec<&str> = english.split_whitespace().collect();
    WORDS.get(one_line.join(" ").as_str()).copied()
}
