//! What a printed paper holds: its words, its language, its structure tree, and a glyph for each character.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lopdf::{Document, Object};

use super::layout::{Part, lay};
use super::{Block, Paper, Press, font, pdf};
use crate::rules::moments::Moment;

fn paper(blocks: Vec<Block>) -> Paper {
    let title = "一次性告知书".to_owned();
    let running = "JY1-BZ1".to_owned();
    let author = "甲区残疾人联合会".to_owned();
    Paper { title, running, author, issued_at: Moment::of_ms(1_773_104_400_000), blocks }
}

fn long() -> Paper {
    let rows =
        (1..=90).map(|n| [n.to_string(), "户口簿".to_owned(), "照片不清楚，请把户主页和本人页都拍清楚。".repeat(3)]).collect();
    paper(vec![
        Block::heading("要补的内容"),
        Block::facts([("编号", "JY1".to_owned()), ("申请人", "𠮷㛃·木沙".to_owned())]),
        Block::table([("序号", 1), ("内容", 2), ("说明", 4)], rows),
        Block::Steps(vec!["用手机补。".to_owned(), "到窗口补。".to_owned()]),
        Block::Closing(vec!["甲区残疾人联合会".to_owned()]),
    ])
}

fn text_of(document: &Document) -> String {
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document.extract_text(&pages).unwrap().replace('\n', "")
}

fn kinds(document: &Document) -> Vec<String> {
    let kind = |o: &Object| {
        let dict = o.as_dict().ok()?;
        dict.get(b"P").ok()?;
        Some(String::from_utf8(dict.get(b"S").ok()?.as_name().ok()?.to_vec()).unwrap())
    };
    document.objects.values().filter_map(kind).collect()
}

#[test]
fn a_paper_has_language_title_tree_and_its_words() {
    let bytes = pdf::write(&long()).unwrap();
    let document = Document::load_mem(&bytes).unwrap();
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
    assert!(catalog.get(b"StructTreeRoot").is_ok() && catalog.get(b"Outlines").is_ok());
    let kinds = kinds(&document);
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!((count("H1"), count("H2"), count("Table"), count("TH")), (1, 1, 1, 3));
    assert_eq!((count("TR"), count("TD"), count("L"), count("LI")), (91, 270, 2, 4));
    let text = text_of(&document);
    assert!(text.contains("一次性告知书") && text.contains("𠮷㛃·木沙") && text.contains("甲区残疾人联合会"), "{text}");
    assert!(document.get_pages().len() > 5 && text.contains("第 2 页"));
    assert_eq!(bytes, pdf::write(&long()).unwrap(), "printed again it is the same");
}

#[test]
fn no_line_leaves_the_paper_and_no_word_is_lost() {
    let paper = long();
    let laid = lay(font::face().unwrap(), &paper);
    let mut body = String::new();
    for line in laid.sheets.iter().flat_map(|s| &s.lines) {
        let wide: f32 = line.text.trim_end().chars().map(|c| font::face().unwrap().width(c) * line.size).sum();
        assert!(line.x >= 63.9 && line.x + wide <= 531.4 && line.y < 815.0, "{line:?}");
        if matches!(line.part, Part::Leaf(_)) {
            body.push_str(&line.text);
        }
    }
    assert_eq!(body.matches('户').count(), 90 + 90 * 3);
}

#[test]
fn a_character_that_the_font_lacks_is_shown_as_such_and_told_at_the_end() {
    let bytes = pdf::write(&paper(vec![Block::paragraph("申请人：王\u{323AF}😀，葛\u{E0100}兰")])).unwrap();
    let text = text_of(&Document::load_mem(&bytes).unwrap());
    assert!(text.contains("这些字的国际编码依次是：U+323AF、U+1F600。"), "{text}");
    let laid = lay(font::face().unwrap(), &paper(vec![Block::paragraph("𠮷㛃")]));
    assert!(laid.sheets.iter().flat_map(|s| &s.lines).all(|l| !l.text.contains("国际编码")));
}

#[test]
fn what_shows_nothing_is_not_printed() {
    assert_eq!(font::printable(" 王\u{0}\u{FEFF}\u{202E}四\r\n东村\u{200B} "), "王四  东村");
    pdf::write(&paper(vec![Block::paragraph("\u{0}\u{FEFF}\u{FFFE}"), Block::facts([("", String::new())])])).unwrap();
}

#[tokio::test]
async fn many_at_once_all_get_an_answer() {
    let press = Press::default();
    let one = || paper(vec![Block::paragraph("好")]);
    let tasks: Vec<_> =
        (0..30).map(|_| (press.clone(), one())).map(|(p, o)| tokio::spawn(async move { p.print(o).await })).collect();
    let mut printed = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => printed += 1,
            Err(e) => assert_eq!(e.code().number, 50003),
        }
    }
    assert!(printed >= 18, "{printed}");
}
