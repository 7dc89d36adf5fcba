//! Every operation under `/api/v1`: each room adds its own here, and the document is made from the same list.

use crate::api::ROUTES;
use crate::platform::http::Operations;
use crate::services;

/// Where all operations stand.
pub const BASE: &str = "/api/v1";

/// Mounts the operations of all floors, to be served or to be described.
pub fn mount(to: &mut Operations) {
    for routes in ROUTES {
        routes(to);
    }
    for service in services::ALL {
        service.mount(to);
    }
}
