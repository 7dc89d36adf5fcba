//! Floor 0, the rules: pure. Values and dates in, reasons out; no IO, no clock, no database.

pub(crate) mod coded;
pub mod lifecycle;
