//! The people whom cases are about: persons with sealed facts, their kin, and the register of certificates.

pub mod codes; // what can be refused
pub mod kin; // who belongs to whose family
pub mod name_keys; // names found by their parts
pub mod persons; // sealed facts, keyed look-ups
pub mod register; // certificates: valid, frozen, cancelled, superseded
pub mod reveals; // who opened whose facts
pub mod rolls; // who holds a card: counts and lists from one query
pub mod views; // cards and areas in the same words everywhere

#[cfg(test)]
mod tests;
