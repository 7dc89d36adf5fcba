//! The people whom cases are about: persons with sealed facts, their kin, and the register of certificates.

pub mod codes; // what can be refused
mod enrol_api; // writing somebody into the register
pub mod kin; // who belongs to whose family
mod my_api; // what a resident sees
pub mod name_keys; // names found by their parts
pub mod persons; // sealed facts, keyed look-ups
pub mod register; // certificates: valid, frozen, cancelled, superseded
mod register_api; // counts and lists for workers
pub mod reveals; // who opened whose facts
pub mod rolls; // who holds a card: counts and lists from one query
mod staff_api; // what a worker sees of a person
pub mod views; // cards and areas in the same words everywhere

#[cfg(test)]
mod api_tests;
#[cfg(test)]
mod tests;

/// The operations of this folder.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    my_api::routes(cfg);
    staff_api::routes(cfg);
    enrol_api::routes(cfg);
    register_api::routes(cfg);
}
