//! Floor 2, the spine: what all services share.

pub mod accounts; // who signs in, in what role, for whom
pub mod administration; // what the administrator does
pub mod announcements; // what everybody is told when the app starts
pub mod cases; // drafts, papers, actions, history, corrections
pub mod day_sheets; // whom to see in a village, and what came of it
pub mod desks; // queues, claims, decisions
pub mod frame;
pub mod notices; // who is told what, and by which channel
pub mod people; // persons, family, the register of certificates
pub mod policy; // areas, working days, county policy
pub mod reports; // figures from the same definitions as lists, and XLSX
pub mod stored; // reading stored text back into domain types
pub mod tickets; // what residents report, and what must be done about it outside a case // what every handler works with, and its one call
