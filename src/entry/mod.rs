//! Floor 5: the server, the worker, the command line and the document.

pub mod routes; // every operation
pub mod docs; // the OpenAPI document
pub mod worker; // outbox and clocks
pub mod server; // the actix app
pub mod cli; // the command line
