//! Tables as an XLSX workbook: Chinese headings, what was asked, and text that stays text.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::platform::error::{Error, Result};
use crate::platform::http::operation::{self, Description, Gives};

/// One field of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(i64),
    /// Shown with one decimal; an empty field when there is nothing to divide by.
    Share(Option<f64>),
}

impl Cell {
    pub fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

/// One sheet.
#[derive(Clone, Debug)]
pub struct Table {
    /// At most 31 characters, none of `[]:*?/\`.
    pub name: &'static str,
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

/// What was asked, above each table: label and words.
pub type Notes = Vec<(&'static str, String)>;

/// Writes the workbook on a thread of its own; rows leave memory as they are written.
///
/// # Errors
/// 50000 when a name or a size is not one of XLSX.
pub async fn write(notes: Notes, tables: Vec<Table>) -> Result<Vec<u8>> {
    let task = tokio::task::spawn_blocking(move || book(&notes, &tables).map_err(Error::internal));
    task.await.map_err(|_| Error::internal("writing a workbook panicked"))?
}

fn book(notes: &Notes, tables: &[Table]) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    for table in tables {
        sheet(book.add_worksheet_with_constant_memory()?, notes, table)?;
    }
    book.save_to_buffer()
}

fn sheet(sheet: &mut Worksheet, notes: &Notes, table: &Table) -> std::result::Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let share = Format::new().set_num_format("0.0");
    sheet.set_name(table.name)?;
    // Rows go out in order, so widths come first: room for a heading of two-cell characters.
    for (column, head) in (0_u16..).zip(&table.head) {
        let width = u32::try_from(head.chars().count()).unwrap_or(10).saturating_mul(2).clamp(12, 40);
        sheet.set_column_width(column, width)?;
    }
    let mut row = 0_u32;
    for (label, words) in notes {
        sheet.write_string_with_format(row, 0, *label, &bold)?;
        write_text(sheet, row, 1, words)?;
        row = row.saturating_add(1);
    }
    row = row.saturating_add(1);
    for (column, head) in (0_u16..).zip(&table.head) {
        sheet.write_string_with_format(row, column, *head, &bold)?;
    }
    for cells in &table.rows {
        row = row.saturating_add(1);
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) => write_text(sheet, row, column, text)?,
                // Counts of cases, far below 2^53.
                Cell::Number(number) => {
                    sheet.write_number(row, column, *number as f64)?;
                }
                Cell::Share(Some(value)) => {
                    sheet.write_number_with_format(row, column, *value, &share)?;
                }
                Cell::Share(None) => {}
            }
        }
    }
    Ok(())
}

/// Always a string. One that a spreadsheet would read as a formula when somebody edits it again is quoted besides.
fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> std::result::Result<(), XlsxError> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        sheet.write_string_with_format(row, column, text, &Format::new().set_quote_prefix())?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

/// The content type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook on its way out: to be saved, kept by no cache.
pub struct Download {
    pub xlsx: Vec<u8>,
    /// Latin letters, digits and hyphens, for clients that know no other names.
    pub plain_name: String,
    /// As people call it.
    pub name: String,
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let name: String = form_urlencoded::byte_serialize(self.name.as_bytes()).collect();
        let name = name.replace('+', "%20");
        let saved = format!("attachment; filename=\"{}.xlsx\"; filename*=UTF-8''{name}.xlsx", self.plain_name);
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, XLSX))
            .insert_header((header::CACHE_CONTROL, "private, no-store"))
            .insert_header((header::CONTENT_DISPOSITION, saved))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(self.xlsx)
    }
}

impl Gives for Download {
    fn describe(to: &mut Description) {
        operation::file(to, XLSX);
    }
}
