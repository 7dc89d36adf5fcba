//! Lays the invented province: areas, working days, policies, people with their families and cards.

pub mod figures;
pub mod chance;
mod names;
pub mod cards;
pub mod people;
pub mod policies;
pub mod marker;
pub mod lay;
pub mod figures_counted;
#[cfg(test)]
mod tests;

pub use lay::{areas_of_the_province, load};

/// The areas of the province, as a list that the office imports.
pub const AREAS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/areas.csv"));
