//! The pure floor: plain values in, values or reasons out.

pub(crate) mod coded; // enums whose variants have a stable code and a Chinese label
pub mod areas; // twelve-digit area codes and what lies under what
pub mod calendar; // working days, make-up days, Beijing time
pub mod glyphs; // folds what input methods and copy-and-paste leave in typed text
pub mod identity; // citizen IDs, phone numbers, bank cards
pub mod certificate; // disability certificates: number, renewal window, need of assessment
pub mod lifecycle; // states, actions, roles: what can happen to a case
pub mod money; // sums in fen
pub mod names;
pub mod pace; // on time, at risk, overdue // names of persons: normal form, masks, search keys
