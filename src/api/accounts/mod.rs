//! Signing in, the account of a resident, the posts of a worker, and links between accounts and persons.

pub mod auth; // residents sign in, refresh, sign out
pub mod codes; // codes by text message and at the counter
pub mod me; // who I am, my links, my phone
pub mod my_sessions; // where my account is open
pub mod link_desk; // workers look at links
pub mod resident_desk; // workers look at accounts
pub mod staff; // workers sign in
#[cfg(test)]
mod tests;

use crate::platform::http::Operations;

/// The operations of this folder.
pub fn routes(to: &mut Operations) {
    auth::routes(to);
    codes::routes(to);
    me::routes(to);
    my_sessions::routes(to);
    staff::routes(to);
    link_desk::routes(to);
    resident_desk::routes(to);
}
