//! Desks: what lies on a worker's desks, taking the next, deciding.

pub mod absences_api; // who is away, and who stands in
pub mod api; // what a caseworker may call
pub mod bulk_api; // one decision about many cases
pub mod decisions_api; // what a caseworker decides
pub mod hand_over_api; // a desk passes to somebody else
pub mod held; // claims that outlive the right to them
pub mod queue; // one definition for the list, the counts and get-next
pub mod search; // finding cases in scope
pub mod search_api; // the same over HTTP
