//! HTTP as the contract wants it: envelope, bodies, keys against doing things twice, cursors, limits.

pub mod body;
pub mod csv_body;
pub mod envelope;
pub mod faults;
pub mod limits;
mod numbers;
pub mod once;
pub mod paging;
pub mod parts;
pub mod request;

pub use body::{Body, PathId, Query, Sent};
pub use csv_body::CsvBody;
pub use envelope::{Answer, Envelope, Failure, Labelled, Page};
pub use once::Once;
pub use parts::Parts;
