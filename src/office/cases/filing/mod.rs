//! What an applicant hands in.

pub mod drafts; // sections saved on the server
pub mod papers; // uploads, each tied to a material
pub mod check; // what keeps a case from being submitted
pub mod paper_files; // their files in the vault
pub mod taking_on; // cases whose applicant may no longer act
pub mod viewings; // who opened which paper
