//! The invented counties show the report's figures, and the province can be laid, broken off and laid again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
