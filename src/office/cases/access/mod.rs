//! Who may see and touch a case, and by what right.

pub mod consents; // agreement before submission
pub mod four_eyes; // nobody decides about themselves
pub mod mandates; // who agreed that a worker acts for somebody
pub mod loading; // the only ways to load a case for somebody
pub mod reveal; // facts of a person that a worker opens
