//! A case as it is stored: its row, its history, and who acts on it.

pub mod actor; // who acts, what they do
pub mod codes; // what can be refused
pub mod reason; // why the office itself moves a case
pub mod case; // the case
pub mod history; // append-only and chained // hourly signed digests of history
pub mod anchors;
