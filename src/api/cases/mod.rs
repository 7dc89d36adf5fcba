//! Cases for those who apply: drafts, actions, papers, prints, and help in person.

pub mod board; // the public board
pub mod mandates; // who agreed that a worker acts for somebody
pub mod mine; // my cases and the actions on them
pub mod papers; // uploading and looking at papers
pub mod prints; // what an applicant may print
pub mod staff_prints; // what a worker may print
pub mod taking_on; // cases whose applicant may no longer act
pub mod viewings; // who opened which paper

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    mine::routes(cfg);
    board::routes(cfg);
    papers::routes(cfg);
    prints::routes(cfg);
    staff_prints::routes(cfg);
    viewings::routes(cfg);
}
