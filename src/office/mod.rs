//! Floor 2, the spine: what all services share.

pub mod accounts;
