//! Zhucan (助残). The floors in reading order; each uses only those above it in this list.
//!
//! What must never exist here: a handler that decides a rule, a side effect inside a transaction,
//! a clock, key or random number taken by another door than `platform`, a service that knows another.

pub mod rules;
#[macro_use]
pub mod platform;
pub mod api;
pub mod entry;
pub mod office;
pub mod services;
