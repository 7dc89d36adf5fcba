//! Desks: what lies on a worker's desks, taking the next, deciding.

pub mod api; // what a caseworker may call
pub mod decisions_api; // what a caseworker decides
pub mod queue; // one definition for the list, the counts and get-next
