//! Desks: what lies on a worker's desks, taking the next, deciding.

pub mod held; // claims that outlive the right to them
pub mod queue; // one definition for the list, the counts and get-next
pub mod search; // finding cases in scope
