//! The people whom cases are about: persons with sealed facts, their kin, and the register of certificates.

pub mod kin; // who belongs to whose family
pub mod persons;
pub mod register; // certificates: valid, frozen, cancelled, superseded
pub mod rolls; // who holds one: counts and lists from one query

#[cfg(test)]
mod tests;
