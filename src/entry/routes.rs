//! Every operation under `/api/v1`: each room adds its own here, and the document is made from the same list.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::{accounts, cases, desks, notices, people, policy};
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

static ROUTES: &[fn(&mut ServiceConfig)] = &[
    super::bootstrap::routes,
    super::error_codes::routes,
    accounts::routes,
    people::routes,
    policy::api::routes,
    cases::api::routes,
    cases::board_api::routes,
    cases::papers_api::routes,
    desks::api::routes,
    desks::decisions_api::routes,
    notices::api::routes,
];
