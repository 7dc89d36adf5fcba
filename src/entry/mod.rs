//! Floor 5, the roof: the ways in.

pub mod routes; // every operation
pub mod docs; // the OpenAPI document
pub mod worker; // outbox and clocks
pub mod server; // the actix app
pub mod cli; // the command line
