//! What residents report or ask for outside a case.

pub mod figures; // how many were reported
pub mod mine; // what a resident may call
pub mod staff; // what a worker may call
pub mod terms; // days and desks, by county

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    mine::routes(to);
    figures::routes(to);
    staff::routes(to);
    terms::routes(to);
}
