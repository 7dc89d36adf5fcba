//! The demo: an invented county in one folder, with a clock that can be moved.

pub mod control;
pub mod folder;
