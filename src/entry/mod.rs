//! Floor 4, the roof: the ways in.

pub mod bootstrap; // what a front end asks first
pub mod cli; // the command line
pub mod docs; // the OpenAPI document
pub mod error_codes; // the table of codes, served
pub mod routes; // every operation
pub mod server; // the actix app
pub mod worker; // outbox and clocks
