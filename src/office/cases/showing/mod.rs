//! What people see of a case.

pub mod views; // the same words for everybody // the papers of a case
pub mod mine; // an applicant's own cases
pub mod prints;
