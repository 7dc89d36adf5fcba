//! The file that goes to the bank: CSV in GB 18030 (GBK and the rare characters beyond it), without cells that a
//! spreadsheet would take for formulas.

use crate::platform::error::{Error, Result};
use crate::rules::money::Fen;

/// One payment.
pub struct Payment {
    pub line_no: i64,
    pub holder_name: String,
    pub card: String,
    pub bank: String,
    pub amount: Fen,
    pub purpose: String,
}

/// The bytes of a batch: a line with number, count and total, a line of headings, and the payments.
pub fn write(number: &str, payments: &[Payment]) -> Result<Vec<u8>> {
    let total = Fen::checked_sum(payments.iter().map(|p| p.amount)).ok_or_else(|| Error::internal("a batch overflows"))?;
    let mut csv = csv::WriterBuilder::new()
        .flexible(true)
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let count = payments.len().to_string();
    let total = total.to_string();
    csv.write_record(["批次号", number, "总笔数", &count, "总金额（元）", &total]).map_err(Error::internal)?;
    csv.write_record(["序号", "户名", "账号", "开户银行", "金额（元）", "用途"]).map_err(Error::internal)?;
    for p in payments {
        let no = p.line_no.to_string();
        let amount = p.amount.to_string();
        let cells = [no, cell(&p.holder_name), cell(&p.card), cell(&p.bank), amount, cell(&p.purpose)];
        csv.write_record(cells).map_err(Error::internal)?;
    }
    let text = csv.into_inner().map_err(Error::internal)?;
    let text = String::from_utf8(text).map_err(Error::internal)?;
    let (bytes, _, lost) = encoding_rs::GB18030.encode(&text);
    if lost {
        return Err(Error::internal("a batch holds characters outside GB 18030"));
    }
    Ok(bytes.into_owned())
}

/// Text that a spreadsheet takes for text: one line, and never the beginning of a formula.
fn cell(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    let formula = plain.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{plain}") } else { plain }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let (text, _, lost) = encoding_rs::GB18030.decode(bytes);
        assert!(!lost);
        let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        rows.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn payment(name: &str, bank: &str, fen: i64) -> Payment {
        Payment {
            line_no: 1,
            holder_name: name.into(),
            card: "6217000010001234567".into(),
            bank: bank.into(),
            amount: Fen(fen),
            purpose: "教育救助".into(),
        }
    }

    #[test]
    fn a_rare_character_reaches_the_bank_and_common_ones_are_plain_gbk() {
        let bytes = write("B1", &[payment("𠮷田", "农行", 300_000)]).unwrap();
        assert_eq!(read(&bytes)[2][1], "𠮷田");
        let common = write("B1", &[payment("王小四", "农行", 300_000)]).unwrap();
        let (text, _, lost) = encoding_rs::GBK.decode(&common);
        assert!(!lost && text.contains("王小四") && text.contains("3000.00"));
    }

    proptest! {
        #[test]
        fn the_totals_are_those_of_the_lines(fens in proptest::collection::vec(1_i64..10_000_000, 0..40)) {
            let payments: Vec<Payment> = fens.iter().map(|f| payment("王四", "农行", *f)).collect();
            let rows = read(&write("B1", &payments).unwrap());
            prop_assert_eq!(&rows[0][3], &fens.len().to_string());
            prop_assert_eq!(&rows[0][5], &Fen(fens.iter().sum()).to_string());
            prop_assert_eq!(rows.len(), fens.len() + 2);
        }

        #[test]
        fn no_cell_is_a_formula_and_no_text_breaks_a_line(name in "\\PC{0,12}", bank in "[=+@\\-＝\t\r\n\"',]{0,4}\\PC{0,6}") {
            if let Ok(bytes) = write("B1", &[payment(&name, &bank, 1)]) {
                let rows = read(&bytes);
                prop_assert_eq!(rows.len(), 3);
                for text in rows.iter().flatten() {
                    prop_assert!(!text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']));
                }
            }
        }
    }
}
