//! Tickets: what residents report or ask for outside a case, and what a bad rating or an unreachable resident sets going.

pub mod codes;
pub mod ticket; // the ticket and the only ways to load one
pub mod entries; // append-only, sealed
pub mod four_eyes; // who must not handle a ticket
pub mod place; // which desk
pub mod rules; // pure: where a close leads
pub mod terms; // days and desks, by county
pub mod acts; // what workers do
pub mod open;
pub mod queue; // one definition for lists and counts
pub mod asking; // what residents do
pub mod clock; // late ones climb, answered ones close
pub mod figures; // how many were reported
pub mod recount; // the calendar changed
pub mod views; // what people see

pub use acts::seen_to;
pub use open::{NewTicket, open};
pub use queue::{AskedContact, answered_of, asked_contacts_in, live_of};
pub use ticket::{Kind, Outcome};
