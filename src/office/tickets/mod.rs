//! Tickets: what residents report or ask for outside a case, and what a bad rating or an unreachable resident sets going.

mod acts; // what workers do
mod asking; // what residents do
pub mod clock; // late ones climb, answered ones close
pub mod codes;
pub mod entries; // append-only, sealed
pub mod figures; // how many were reported
mod four_eyes; // who must not handle a ticket
pub mod my_api;
mod open;
mod place; // which desk
mod queue; // one definition for lists and counts
pub mod recount; // the calendar changed
mod rules; // pure: where a close leads
pub mod staff_api;
pub mod terms; // days and desks, by county
pub mod terms_api;
pub mod ticket; // the ticket and the only ways to load one
pub mod views; // what people see

pub use acts::seen_to;
pub use open::{NewTicket, open};
pub use queue::{Wanted, answered_of, live_of, wanted_in};
pub use ticket::{Kind, Outcome};
