//! What a worker may do with a one-time code: make the own account, set a new password, change the one-time codes.

use super::events::{Change, Event};
use super::invitations::{self, Purpose};
use super::{codes, scope};
use crate::office::accounts::sessions::{self, Ending};
use crate::office::accounts::staff;
use crate::office::accounts::staff_admin::{self, Login};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// The worker whom a code was given to, with what the account signs in with now.
pub struct CodeHolder {
    pub id: Id,
    pub username: String,
    /// The hash of the password.
    pub password: String,
}

/// The worker of a code that is good for this purpose now. A code that is over and an account that has another status
/// give one answer, so that a guesser learns nothing.
///
/// # Errors
/// 27001.
pub fn holder(c: &mut AnyConn, code: &[u8; 32], purpose: Purpose, now: Moment) -> Result<CodeHolder> {
    let id = invitations::holder(c, code, purpose, now)?;
    let found = staff_admin::credentials(c, id, purpose.asks())?.ok_or_else(|| Error::new(&codes::CODE_OVER))?;
    Ok(CodeHolder { id, username: found.username, password: found.password })
}

/// Makes the account usable with what the worker chose.
///
/// # Errors
/// 10002 when the user name is taken; 27001.
pub fn enrol(c: &mut AnyConn, code: &[u8; 32], login: &Login, now: Moment) -> Result<Id> {
    let found = holder(c, code, Purpose::Enrol, now)?;
    login.give(c, found.id)?;
    settle(c, code, Purpose::Enrol, Change::WorkerEnrolled, now)?;
    Ok(found.id)
}

/// Stores the hash of a new password and lifts the lock of failed sign-ins. Answers the sessions that end, to be noted
/// after the commit.
///
/// # Errors
/// 27001.
pub fn set_password(c: &mut AnyConn, code: &[u8; 32], hash: &str, now: Moment) -> Result<Vec<Id>> {
    let found = holder(c, code, Purpose::Password, now)?;
    staff_admin::set_password(c, found.id, hash)?;
    staff_admin::lift_lock(c, found.id)?;
    settle(c, code, Purpose::Password, Change::PasswordSet, now)?;
    sessions::end_all(c, found.id, Ending::Renewed, now)
}

/// Stores a new sealed secret for one-time codes. Answers the sessions that end, to be noted after the commit.
///
/// # Errors
/// 27001.
pub fn set_totp(c: &mut AnyConn, code: &[u8; 32], sealed: &[u8], now: Moment) -> Result<Vec<Id>> {
    let found = holder(c, code, Purpose::Totp, now)?;
    staff_admin::set_totp(c, found.id, sealed)?;
    settle(c, code, Purpose::Totp, Change::TotpSet, now)?;
    sessions::end_all(c, found.id, Ending::Renewed, now)
}

/// Uses the code up, counts the account's version on, and leaves a line.
fn settle(c: &mut AnyConn, code: &[u8; 32], purpose: Purpose, change: Change, now: Moment) -> Result<()> {
    let worker = invitations::redeem(c, code, purpose, now)?;
    staff_admin::count_version(c, worker)?;
    let posts = staff::posts_at(c, worker, now)?;
    Event::new(now, Some(worker), change, worker, scope::around(posts.iter().map(|p| &p.area))).record(c)
}
