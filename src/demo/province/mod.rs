//! Lays the invented province: areas, working days, policies, people with their families and cards.

pub mod cards;
pub mod chance;
pub mod figures;
pub mod figures_counted;
pub mod lay;
pub mod marker;
mod names;
pub mod people;
pub mod policies;
#[cfg(test)]
mod tests;

pub use lay::{areas_of_the_province, load};

/// The areas of the province, as a list that the office imports.
pub const AREAS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/areas.csv"));
