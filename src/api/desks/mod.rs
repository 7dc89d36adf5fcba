//! What lies on a worker's desks, taking the next, deciding.

pub mod absences; // who is away, and who stands in
pub mod decisions; // what a caseworker decides
pub mod bulk; // one decision about many cases
pub mod hand_over; // a desk passes to somebody else
pub mod queue;
pub mod search; // finding cases in scope // the list, its counts, get-next

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    search::routes(to);
    bulk::routes(to);
    absences::routes(to);
    hand_over::routes(to);
    queue::routes(to);
    decisions::routes(to);
}
