//! What the administrator does, so that nothing needs SQL.

pub mod areas; // the list of areas, previewed and imported
pub mod calendars; // the years of working days
pub mod desks; // who serves which desk
pub mod drafts; // policies: clone, edit, discard
pub mod enrol; // what an invited worker calls
pub mod events; // what an auditor reads
pub mod publishing; // policies: check, preview, publish, versions
pub mod words;
pub mod workers; // list, invite, edit, move // the words of notices
pub mod worker_actions; // ban, reinstate, unlock, reset

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    workers::routes(to);
    worker_actions::routes(to);
    enrol::routes(to);
    events::routes(to);
    drafts::routes(to);
    publishing::routes(to);
    areas::routes(to);
    calendars::routes(to);
    desks::routes(to);
    words::routes(to);
}
