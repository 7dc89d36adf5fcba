//! Signing in, the account of a resident, the posts of a worker, and links between accounts and persons.

pub mod auth; // residents sign in, refresh, sign out
pub mod codes; // codes by text message and at the counter
pub mod link_desk; // workers look at links
pub mod me; // who I am, my links, my phone
pub mod resident_desk; // workers look at accounts
pub mod staff; // workers sign in
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    auth::routes(cfg);
    codes::routes(cfg);
    me::routes(cfg);
    staff::routes(cfg);
    link_desk::routes(cfg);
    resident_desk::routes(cfg);
}
