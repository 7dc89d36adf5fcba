//! Who is calling and for whom they may act: residents, workers, their sessions and links.

pub mod absences; // who is away, and who stands in
#[cfg(test)]
pub(crate) mod bench;
pub mod counter_codes; // codes that a worker hands out
pub mod faults;
pub mod guards; // who may call, by argument type
pub mod identity; // who a resident is
pub mod link_desk; // what workers decide about links
pub mod links; // for whom a resident may act
pub(crate) mod passwords;
pub mod residents;
pub mod serving; // who serves a desk
pub mod sessions; // begun, refreshed, ended
pub mod sign_in;
pub mod sms_codes; // codes by text message
pub mod staff; // workers and their posts
pub mod staff_admin; // add, assign, ban, unlock
pub mod staff_login;
pub mod tables;
pub mod tokens; // access tokens
pub mod watch;
pub mod wechat_events; // what WeChat tells about its users

pub use guards::{
    Administrator, AreaOfficer, Assessor, Auditor, Caller, CountyOfficer, DeskLead, DeskOfficer, FinanceOfficer, Overseer,
    PointKeeper, Post, Resident, Worker,
};
pub use sign_in::{Rates, SignIn};
pub use watch::RevocationWatch;
