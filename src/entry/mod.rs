//! Floor 5, the roof: the ways in.

pub mod cli; // the command line
pub mod docs; // the OpenAPI document
pub mod routes; // every operation
pub mod server; // the actix app
pub mod worker; // outbox and clocks
