//! What clocks and a changed calendar do.

pub mod cases; // deemed accepted, reminded, lapsed, climbed
pub mod recount; // limits counted anew
