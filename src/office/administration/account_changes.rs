//! What an administrator does to an account: a new code, ban, reinstate, unlock; what each asks of the account, and its line.

use super::events::Change;
use super::invitations::{Code, Purpose};
use super::{staffing, workers};
use crate::office::accounts::guards::Worker;
use crate::office::accounts::staff::Standing;
use crate::office::accounts::staff_admin;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// Issues a drawn code for this purpose to a worker within reach, on the version that was seen. Answers until when it holds
/// (epoch milliseconds).
///
/// # Errors
/// 10006, 10030, 12005 for oneself; 27002 when the account's status does not allow it.
pub fn issue(c: &mut AnyConn, admin: &Worker, id: Id, seen: i64, code: &Code, purpose: Purpose, now: Moment) -> Result<Moment> {
    let (row, posts) = workers::take(c, admin, id, seen, now)?;
    row.must_be(purpose.asks())?;
    let expires_at = code.issue(c, id, purpose, now)?;
    let change = match purpose {
        Purpose::Enrol => Change::CodeIssued,
        Purpose::Password => Change::PasswordReset,
        Purpose::Totp => Change::TotpReset,
    };
    workers::event(admin, change, id, &posts, now).record(c)?;
    Ok(expires_at)
}

/// A change of whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    Ban,
    Reinstate,
    /// Lifts the lock of failed sign-ins.
    Unlock,
}

impl AccountChange {
    /// Changes the account of a worker within reach, on the version that was seen, and leaves a line. Answers the sessions
    /// that end, to be noted after the commit.
    ///
    /// # Errors
    /// 10006, 10030, 12005 for oneself; 27002 when the account's status does not allow it.
    pub fn make(self, c: &mut AnyConn, office: &Office, admin: &Worker, id: Id, seen: i64) -> Result<Vec<Id>> {
        let (row, posts) = workers::take(c, admin, id, seen, office.now)?;
        let (change, ended) = match self {
            AccountChange::Ban => {
                if row.status != Standing::Invited {
                    row.must_be(Standing::Active)?;
                }
                (Change::WorkerBanned, staffing::shut_out(c, office, id)?)
            }
            AccountChange::Reinstate => {
                row.must_be(Standing::Banned)?;
                // Banned before the code was used: there is no password yet.
                let back = if row.has_enrolled() { Standing::Active } else { Standing::Invited };
                staff_admin::set_status(c, id, back)?;
                (Change::WorkerReinstated, Vec::new())
            }
            AccountChange::Unlock => {
                staff_admin::lift_lock(c, id)?;
                (Change::WorkerUnlocked, Vec::new())
            }
        };
        workers::event(admin, change, id, &posts, office.now).record(c)?;
        Ok(ended)
    }
}
