//! The content of a paper without its layout: a title, and blocks in reading order.

use crate::rules::moments::Moment;
/// One paper. Two of the same content become the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The first heading, and the title that a screen reader says first.
    pub title: String,
    /// Printed small at the head of every page, beside the title: the number and whose paper it is.
    pub running: String,
    /// The issuing office, for the author field of the PDF.
    pub author: String,
    /// Epoch milliseconds; when it was issued, not when it was printed.
    pub issued_at: Moment,
    pub blocks: Vec<Block>,
}

/// One part of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading under the title.
    Heading(String),
    Paragraph(String),
    /// Terms and their values.
    Facts(Vec<(String, String)>),
    /// Numbered points.
    Steps(Vec<String>),
    /// A table with its first row as headers.
    Table {
        columns: Vec<Column>,
        rows: Vec<Vec<String>>,
    },
    /// Lines at the right: office, seal, date.
    Closing(Vec<String>),
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    /// Its part of the width, against the sum of all.
    pub share: u16,
}

impl Block {
    pub fn heading(text: &str) -> Block {
        Block::Heading(text.to_owned())
    }

    pub fn paragraph(text: &str) -> Block {
        Block::Paragraph(text.to_owned())
    }

    /// Terms and their values, with borrowed terms.
    pub fn facts<const N: usize>(rows: [(&str, String); N]) -> Block {
        Block::Facts(rows.into_iter().map(|(term, value)| (term.to_owned(), value)).collect())
    }

    /// A table with titles and shares of its columns.
    pub fn table<const N: usize>(columns: [(&str, u16); N], rows: Vec<[String; N]>) -> Block {
        let columns = columns.into_iter().map(|(title, share)| Column { title: title.to_owned(), share }).collect();
        Block::Table { columns, rows: rows.into_iter().map(Vec::from).collect() }
    }
}
