//! What moves a case: one action in one write.

pub mod clocks; // what is due when
pub mod corrections; // one complete notice, answered item by item
pub mod circumstances; // why an action that the table permits cannot be taken now
pub mod permit; // what must hold before an action
pub mod notice_board; // public notices with masked names
pub mod routing; // which desk
pub mod undo; // taking a decision back
mod merging; // two cases of one person about the same service
pub mod act; // an action: permit, state, desk, clock, history, outbox
