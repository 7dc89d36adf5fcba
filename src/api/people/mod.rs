//! Persons and the register of certificates.

pub mod enrol; // writing somebody into the register
pub mod mine; // what a resident sees
pub mod register; // counts and lists for workers
pub mod staff; // what a worker sees of a person
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    mine::routes(cfg);
    staff::routes(cfg);
    enrol::routes(cfg);
    register::routes(cfg);
}
