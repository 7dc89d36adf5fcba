//! Floor 4, the counters of the office: a file for each family of operations of the office. Handlers only.

pub mod accounts; // signing in, the resident's own account, links
pub mod people; // persons and the register
pub mod policy; // published policies, areas, working days, guides
pub mod announcements; // announcements and maintenance windows
pub mod cases; // the applicant's cases, papers, prints
pub mod desks; // queues, claims, decisions
pub mod day_sheets; // whom to see in a village
pub mod notices; // what a resident was told
pub mod tickets; // what residents report // the table of codes, served
pub mod reports; // figures, as JSON and as workbooks
pub mod administration; // what the administrator does
pub mod bootstrap; // what a front end asks first
pub mod error_codes;

use crate::platform::http::Operations;

/// Every family of operations, in the order in which the document shows them.
pub static ROUTES: &[fn(&mut Operations)] = &[
    bootstrap::routes,
    error_codes::routes,
    accounts::routes,
    people::routes,
    policy::routes,
    announcements::routes,
    cases::routes,
    day_sheets::routes,
    desks::routes,
    notices::routes,
    reports::routes,
    tickets::routes,
    administration::routes,
];
