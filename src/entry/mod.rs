//! Floor 4, the roof: the ways in.

pub mod demo; // an invented province to try everything on
