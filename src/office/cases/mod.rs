//! Cases: drafts, papers, actions, history, corrections; what every service's application shares.

pub mod record; // the case, its history, who acts on it
pub mod service; // what the office asks of a service
pub mod access; // who may load a case, by what right, and who must not decide it
pub mod moving; // one action: version, table, desk, clock, history, outbox
pub mod filing; // drafts, papers, submission, taking a case on
pub mod showing; // what people see, lists, prints
