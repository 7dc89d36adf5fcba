//! Floor 2, the office: what all services share. The rooms in reading order; each uses only those before it.

pub mod policy; // areas, working days, county policy
pub mod people; // persons, family, the register of certificates
pub mod accounts; // who signs in, in what role, for whom
pub mod channels; // the app's inbox, WeChat and SMS: what leaves, what comes back
pub mod cases; // drafts, papers, actions, history, corrections
pub mod guides; // what a county's policy says, in plain words
pub mod tickets; // what residents report, and what must be done about it outside a case
pub mod ratings; // five grades, and what a bad one sets going
pub mod notices; // who is told what, and by which channel
pub mod desks; // queues, claims, decisions
pub mod day_sheets; // whom to see in a village, and what came of it
pub mod alarms; // what clocks and calendars do to cases
pub mod announcements; // what everybody is told when the app starts
pub mod reports; // figures from the same definitions as lists, and XLSX
pub mod administration; // what the administrator does
pub mod frame; // what every handler works with, and its one call
