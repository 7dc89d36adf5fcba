//! What applicants and finance rely on: the pure rules, and payments and proofs over a fresh SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod rules;
mod policy;
mod payments;
mod proofs;
