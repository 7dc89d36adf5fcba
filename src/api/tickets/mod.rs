//! What residents report or ask for outside a case.

pub mod figures; // how many were reported
pub mod mine; // what a resident may call
pub mod staff; // what a worker may call
pub mod terms; // days and desks, by county

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    mine::routes(cfg);
    figures::routes(cfg);
    staff::routes(cfg);
    terms::routes(cfg);
}
