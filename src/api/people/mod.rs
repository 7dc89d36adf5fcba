//! Persons and the register of certificates.

pub mod staff; // what a worker sees of a person
pub mod enrol; // writing somebody into the register
pub mod mine; // what a resident sees
pub mod register; // counts and lists for workers
#[cfg(test)]
mod tests;

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    mine::routes(to);
    staff::routes(to);
    enrol::routes(to);
    register::routes(to);
}
