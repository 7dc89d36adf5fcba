//! What anybody may look up about policies, areas, working days and services.

pub mod guides;
pub mod published; // policies, areas, working days // office guides

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    published::routes(to);
    guides::routes(to);
}
