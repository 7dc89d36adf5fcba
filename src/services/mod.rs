//! Floor 3, the slices: each service with its own tables, rules and bodies; none knows another.

pub mod certificate;
