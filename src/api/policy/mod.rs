//! What anybody may look up about policies, areas, working days and services.

pub mod guides;
pub mod published; // policies, areas, working days // office guides

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    published::routes(cfg);
    guides::routes(cfg);
}
