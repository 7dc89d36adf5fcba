//! The pure floor: plain values in, values or reasons out.

pub mod glyphs; // folds what input methods and copy-and-paste leave in typed text
pub mod typed; // how a text becomes a value of a type, or is refused with a reason
pub(crate) mod coded; // enums whose variants have a stable code and a Chinese label
pub mod moments; // epoch milliseconds
pub mod versions; // which state of a row somebody saw
pub mod areas; // twelve-digit area codes and what lies under what
pub mod dates; // days and moments as sent
pub mod text; // words, codes and passwords as they are kept
pub mod calendar; // working days, make-up days, Beijing time
pub mod identity; // citizen IDs, phone numbers, bank cards
pub mod certificate; // disability certificates: number, renewal window, need of assessment
pub mod desks; // desks and the roles that serve them, the office's and those of services
pub mod lifecycle; // states, actions, roles: what can happen to a case
pub mod money; // sums in fen
pub mod names; // names of persons: normal form, masks, search keys
pub mod pace; // on time, at risk, overdue
