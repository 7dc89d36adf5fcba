//! What the administrator does, so that nothing needs SQL.

pub mod areas; // the list of areas, previewed and imported
pub mod calendars; // the years of working days
pub mod desks; // who serves which desk
pub mod drafts; // policies: clone, edit, discard
pub mod enrol; // what an invited worker calls
pub mod events; // what an auditor reads
pub mod publishing; // policies: check, preview, publish, versions
pub mod words;
pub mod worker_actions; // ban, reinstate, unlock, reset
pub mod workers; // list, invite, edit, move // the words of notices

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    workers::routes(cfg);
    worker_actions::routes(cfg);
    enrol::routes(cfg);
    events::routes(cfg);
    drafts::routes(cfg);
    publishing::routes(cfg);
    areas::routes(cfg);
    calendars::routes(cfg);
    desks::routes(cfg);
    words::routes(cfg);
}
