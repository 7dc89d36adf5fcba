//! Who is calling and for whom they may act: residents, workers, their sessions and links.

pub mod absences; // who is away, and who stands in
#[cfg(test)]
mod api_tests;
mod auth_api;
#[cfg(test)]
pub(crate) mod bench;
mod codes_api;
pub mod counter_codes; // codes that a worker hands out
pub mod faults;
pub mod guards; // who may call, by argument type
pub mod identity; // who a resident is
pub mod link_desk; // what workers decide about links
mod link_desk_api;
pub mod links; // for whom a resident may act
mod me_api;
pub(super) mod passwords;
mod resident_desk_api;
pub mod residents;
pub mod serving; // who serves a desk
pub mod sessions; // begun, refreshed, ended
mod sign_in;
pub mod sms_codes; // codes by text message
pub mod staff; // workers and their posts
pub mod staff_admin; // add, assign, ban, unlock
pub(super) mod staff_api;
pub mod staff_login;
mod tables;
pub mod tokens; // access tokens
mod watch;
pub mod wechat_events; // what WeChat tells about its users

pub use guards::{
    Administrator, AreaOfficer, Assessor, Auditor, Caller, CountyOfficer, DeskLead, DeskOfficer, FinanceOfficer, Overseer,
    PointKeeper, Post, Resident, Worker,
};
pub use sign_in::{Rates, SignIn};
pub use watch::RevocationWatch;

/// Mounts sign-in, the resident's own account, and the workers' part of both.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    auth_api::routes(cfg);
    codes_api::routes(cfg);
    me_api::routes(cfg);
    staff_api::routes(cfg);
    link_desk_api::routes(cfg);
    resident_desk_api::routes(cfg);
}
