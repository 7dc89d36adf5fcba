//! The papers of a case: correction notices, acceptance, refusals, approval, and the file of the office. Each is made from the
//! history when it is asked for, so that printing again gives the same words and the same date.

pub mod case_file; // everything of a case on paper
pub mod correction; // one complete notice
pub mod decision; // accepted, not accepted, approved, not approved
pub mod facts; // who, what, which office
pub mod record; // who printed what and when

pub use decision::Document;
