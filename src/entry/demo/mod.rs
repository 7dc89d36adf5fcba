//! The demonstration: an invented province, under area codes that begin with 99, which no real person has.

pub mod province;
