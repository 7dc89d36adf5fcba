//! Figures for those who answer for an area, as JSON and as workbooks.

pub mod desk; // each report as JSON
pub mod xlsx; // each report as a workbook
pub mod yearly; // the yearly report as both

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    desk::routes(to);
    yearly::routes(to);
    xlsx::routes(to);
}
