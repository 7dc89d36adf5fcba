//! Every operation under `/api/v1`: each room adds its own here, and the document is made from the same list.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::{
    accounts, administration, announcements, cases, day_sheets, desks, notices, people, policy, reports, tickets,
};
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

static ROUTES: &[fn(&mut ServiceConfig)] = &[
    super::bootstrap::routes,
    super::error_codes::routes,
    accounts::routes,
    people::routes,
    policy::api::routes,
    policy::guides_api::routes,
    announcements::api::routes,
    cases::api::routes,
    cases::board_api::routes,
    cases::papers_api::routes,
    cases::prints::api::routes,
    cases::prints::staff_api::routes,
    cases::viewings_api::routes,
    day_sheets::routes,
    desks::search_api::routes,
    desks::bulk_api::routes,
    desks::absences_api::routes,
    desks::hand_over_api::routes,
    desks::api::routes,
    desks::decisions_api::routes,
    notices::api::routes,
    reports::api::routes,
    reports::yearly_api::routes,
    reports::xlsx_api::routes,
    tickets::my_api::routes,
    tickets::figures::routes,
    tickets::staff_api::routes,
    tickets::terms_api::routes,
    administration::routes,
];
