//! Every operation under `/api/v1`: each room adds its own here, and the document is made from the same list.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::ROUTES;
use crate::services;

/// Where all operations stand.
pub const BASE: &str = "/api/v1";

/// Mounts the operations of all floors.
pub fn mount(cfg: &mut ServiceConfig) {
    for routes in ROUTES {
        cfg.configure(*routes);
    }
    for service in services::ALL {
        service.mount(cfg);
    }
}

/// Mounts them to be served. What each room says for the document is dropped before the next one speaks: a thread that
/// kept all of it would hold 25 MB for ever.
pub fn serve(cfg: &mut web::ServiceConfig) {
    for routes in ROUTES {
        routes(&mut ServiceConfig::new(cfg));
    }
    for service in services::ALL {
        service.mount(&mut ServiceConfig::new(cfg));
    }
}
