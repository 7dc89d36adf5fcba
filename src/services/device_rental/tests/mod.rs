//! What borrowers and keepers rely on, over a fresh SQLite file and the office's own functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod world;
mod journeys;
mod never_too_many;
mod rules;
