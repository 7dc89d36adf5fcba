//! What lies on a worker's desks, taking the next, deciding.

pub mod absences; // who is away, and who stands in
pub mod bulk; // one decision about many cases
pub mod decisions; // what a caseworker decides
pub mod hand_over; // a desk passes to somebody else
pub mod queue;
pub mod search; // finding cases in scope // the list, its counts, get-next

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    search::routes(cfg);
    bulk::routes(cfg);
    absences::routes(cfg);
    hand_over::routes(cfg);
    queue::routes(cfg);
    decisions::routes(cfg);
}
