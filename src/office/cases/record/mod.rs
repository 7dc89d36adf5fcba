//! A case as it is stored: its row, its history, and who acts on it.

pub mod actor; // who acts, what they do
pub mod codes; // what can be refused
pub mod case; // the case
mod scope; // who may know of it
pub mod history; // append-only and chained // hourly signed digests of history
pub mod anchors;
