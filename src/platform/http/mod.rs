//! HTTP by the rules of the contract: envelope, bodies, idempotency keys, cursors, rate limits.

pub mod faults;
mod numbers;
pub mod operation;
pub mod body;
pub mod csv_body;
pub mod request;
pub mod public;
pub mod envelope;
pub mod labelled;
pub mod limits;
pub mod lists;
pub mod once;
pub mod paging;
pub mod parts;
pub mod printed;
pub mod tag;

pub use body::{Body, PathId, Query, Sent};
pub use csv_body::CsvBody;
pub use envelope::{Answer, Created, Envelope, Failure, Public};
pub use labelled::Labelled;
pub use lists::{List, Nullable, Page};
pub use once::Once;
pub use operation::Operations;
pub use parts::Parts;
pub use printed::Printed;
pub use tag::{Tag, tag};
