//! Every operation under `/api/v1`: each room adds its own here, and the document is made from the same list.

use crate::api::ROUTES;
use crate::office::cases::service::Services;
use crate::platform::http::Operations;

/// Where all operations stand.
pub const BASE: &str = "/api/v1";

/// Mounts the operations of the spine and of these services, to be served or to be described.
pub fn mount(to: &mut Operations, services: &Services) {
    for routes in ROUTES {
        routes(to);
    }
    for service in services.all() {
        service.mount(to);
    }
}
