//! What the administrator does so that nothing needs SQL: workers, policies, areas, working days, words of notices.

pub mod codes; // what can be refused
pub mod desks; // who serves which desk
pub mod scope; // what lies in an administrator's areas
pub mod drafting; // policies in the making
pub mod events; // one line for every change
pub mod invitations; // one-time codes
pub mod enrolment; // what a worker does with one
pub mod posts; // which posts may be given
pub mod publishing; // checked whole, then published
pub mod preview; // a draft tried on past cases
pub mod staffing; // workers come, move and go
pub mod workers; // workers within reach
pub mod account_changes; // what is done to their accounts
