//! A case as it is stored: its row in groups, its history, and who acts on it.

pub mod actor; // who acts, what they do with what it needs
pub mod codes; // what can be refused
pub mod reason; // why the office itself moves a case
pub mod table; // the table
pub mod place; // where it lies, who works on it
pub mod limits; // by when it has to move
pub mod decision; // what was decided last, and where it was before
pub mod course; // how it came in, what happened when, what keeps it
pub mod case; // the case
mod scope; // who may know of it
pub mod history; // append-only and chained
pub mod anchors; // hourly signed digests of history
