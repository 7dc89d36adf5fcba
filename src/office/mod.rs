//! Floor 2, the spine: what all services share. Of services it knows only names and typed terms.

pub mod people; // persons, their families, the register of certificates
pub mod policy; // county policy, areas, working days: data with dates
pub(crate) mod stored; // area codes and days as they stand in TEXT columns
