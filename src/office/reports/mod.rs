//! Figures for those who answer for an area: counted from history and cases by the definitions of the lists.

#[macro_use]
pub mod scope; // what is asked, and how far the caller sees
pub mod ages; // what lies on desks now, by pace and age
pub mod desk_times; // how long cases lay on each desk
pub mod returns; // why cases came back or were refused
pub mod rows; // the views that reports count
pub mod satisfaction; // grades and the work orders of bad ones
pub mod tables; // a table of the yearly report
pub mod volumes; // what happened, by service and month
pub mod workload; // who holds and decides how much
pub mod yearly; // the tables of a year, those of the services and the register's

pub(crate) use scope::in_areas;
pub use scope::{Period, Scope};
pub use tables::{ReportRow, ReportTable, columns};
