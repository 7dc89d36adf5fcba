//! Every operation under `/api/v1`: each room adds its own here, and the document is made from the same list.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::cases::service::{Service, Services};

/// Where all operations stand.
pub const BASE: &str = "/api/v1";

/// Mounts the operations of all floors.
pub fn mount(cfg: &mut ServiceConfig) {
    for routes in ROUTES {
        cfg.configure(*routes);
    }
    for service in SERVICES {
        service.mount(cfg);
    }
}

/// The services of this program.
pub fn services() -> Services {
    Services::new(SERVICES)
}

static SERVICES: &[&dyn Service] = &[];

static ROUTES: &[fn(&mut ServiceConfig)] = &[super::error_codes::routes];
