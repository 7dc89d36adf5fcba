//! What holders, doctors and officers rely on: the pure rules, and cases from draft to card over a fresh SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod rules;
mod town;
mod journeys;
