//! Desks: what lies on a worker's desks, taking the next, deciding.

pub mod claims; // claims that outlive the right to them
pub mod leave; // a worker is away, and who stands in
pub mod queue; // one definition for the list, the counts and get-next
pub mod search; // finding cases in scope
pub mod rulings; // what an officer decides, and what must be said with it
