//! Floor 4, the roof: the ways in.

pub mod cli;
pub mod demo;
pub mod docs;
pub mod error_codes;
pub mod routes;
pub mod server;
