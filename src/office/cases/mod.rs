//! Cases: drafts, papers, actions, history, corrections; what every service's application shares.

pub mod act; // one action: right, version, table, desk, clock, history, outbox
pub mod alarms; // what a clock does to cases
pub mod anchors; // hourly signed digests of history
pub mod case; // the case and the only ways to load one
pub mod check; // what keeps a case from being submitted
pub mod circumstances; // what holds an action back
pub mod clocks; // what is due when
pub mod codes; // what can be refused
pub mod consents; // agreement before submission
pub mod corrections; // one complete notice, answered item by item
pub mod drafts; // sections saved on the server
pub mod history; // append-only and chained
pub mod mandates; // who agreed that a worker acts for somebody
pub mod merging; // two cases about the same thing
pub mod mine; // an applicant's own cases
pub mod notice_board; // public notices with masked names
pub mod paper_files; // their files in the vault
pub mod papers; // uploads, each tied to a material
pub mod prints; // the papers of a case
pub mod prior; // second thoughts
pub mod ratings; // five grades
pub mod recount; // the calendar changed
pub mod routing; // which desk
pub mod service; // what the spine asks of a service
pub mod taking_on; // cases whose applicant may no longer act
pub mod viewings; // who opened which paper
pub mod views; // what people see
