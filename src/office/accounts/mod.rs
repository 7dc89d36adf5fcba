//! Who is calling and for whom they may act: residents, workers, their sessions and links.

pub mod faults;
pub mod tokens; // access tokens
pub mod tables;
pub mod watch;
pub mod worker; // a worker and the posts held now
pub mod sessions; // begun, refreshed, ended
pub mod open_sessions; // where an account is open now
pub mod absences; // who is away, and who stands in
pub mod staff; // workers and their posts
pub mod admission; // whom guards let in
pub mod guards; // who may call, by argument type
pub mod residents;
pub mod links; // for whom a resident may act
pub mod identity; // who a resident is
pub mod person_desk; // whom workers find and write into the register
pub mod counter_codes; // codes that a worker hands out
pub mod link_desk; // what workers decide about links
pub mod passwords;
pub mod posts; // a post as people see it
pub mod serving; // who serves a desk
pub mod sign_in;
pub mod staff_login;
pub mod staff_admin; // add, assign, ban, unlock
#[cfg(test)]
pub(crate) mod bench;

pub use guards::{
    Administrator, AreaOfficer, Auditor, Caller, CountyOfficer, DeskLead, DeskOfficer, FinanceOfficer, Overseer, Post, Resident,
    Worker,
};
pub use sign_in::{Rates, SignIn};
pub use watch::RevocationWatch;
