//! What the administrator does so that nothing needs SQL: workers, policies, areas, working days, words of notices.

mod areas_api; // the list of areas, previewed and imported
mod calendars_api; // the years of working days
pub mod codes; // what can be refused
mod desks; // who serves which desk
mod desks_api;
mod drafting; // policies in the making
mod drafts_api; // clone, edit, discard
mod enrol_api; // what an invited worker calls
pub mod events; // one line for every change
mod events_api; // what an auditor reads
pub mod invitations; // one-time codes
mod posts; // which posts may be given
mod preview; // a draft tried on past cases
pub mod publishing; // checked whole, then published
mod publishing_api; // check, preview, publish, versions
pub mod scope; // what lies in an administrator's areas
mod words_api; // the words of notices
mod worker_actions_api; // ban, reinstate, unlock, reset
pub mod workers; // workers within reach
mod workers_api; // list, invite, edit, move

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the administrator's operations.
pub fn routes(cfg: &mut ServiceConfig) {
    workers_api::routes(cfg);
    worker_actions_api::routes(cfg);
    enrol_api::routes(cfg);
    events_api::routes(cfg);
    drafts_api::routes(cfg);
    publishing_api::routes(cfg);
    areas_api::routes(cfg);
    calendars_api::routes(cfg);
    desks_api::routes(cfg);
    words_api::routes(cfg);
}
