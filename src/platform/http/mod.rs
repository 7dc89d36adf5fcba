//! HTTP as the contract wants it: envelope, bodies, keys against doing things twice, cursors, limits.

pub mod body;
pub mod csv_body;
pub mod envelope;
pub mod labelled;
pub mod limits;
pub mod once;
pub mod paging;
pub mod parts;
pub mod public;
pub mod request;

pub use body::{Body, PathId, Query};
pub use csv_body::CsvBody;
pub use envelope::{Answer, Envelope, Failure, Page};
pub use labelled::Labelled;
pub use once::Once;
pub use parts::Parts;
