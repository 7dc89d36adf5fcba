//! The papers of a case: correction notices, acceptance, refusals, approval, and the file of the office. Each is made from the
//! history when it is asked for, so that printing again gives the same words and the same date.

pub mod api; // what an applicant may print
mod case_file; // everything of a case on paper
mod correction; // one complete notice
mod decision; // accepted, not accepted, approved, not approved
mod facts; // who, what, which office
pub mod record; // who printed what and when
pub mod staff_api; // what a worker may print

pub use decision::Document;
