//! Figures for those who answer for an area: counted from history and cases by the definitions of the lists.

#[macro_use]
mod scope; // what is asked, and how far the caller sees
mod ages; // what lies on desks now, by pace and age
pub mod api; // each report as JSON
mod desk_times; // how long cases lay on each desk
mod returns; // why cases came back or were refused
mod rows; // the views that reports count
mod satisfaction; // grades and the work orders of bad ones
mod tables; // a table of the yearly report
mod volumes; // what happened, by service and month
mod workload; // who holds and decides how much
pub mod xlsx_api; // each report as a workbook
pub mod yearly; // the tables of a year, those of the services and the register's
pub mod yearly_api; // the yearly report as JSON and as a workbook

pub(crate) use scope::in_areas;
pub use scope::{Period, Scope};
pub use tables::{ReportRow, ReportTable, columns};
