//! A message about a case's event that surely did not arrive: whoever knows other ways is told through the outbox.

use serde::{Deserialize, Serialize};

use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::moments::Moment;

/// The event of which a message tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub case: Id,
    pub seq: i64,
}

/// By what a message was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    WeChat,
    Sms,
}

/// A message that did not arrive.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Undelivered {
    pub origin: Origin,
    /// The account or the person for whom it was.
    pub recipient: Id,
    pub by: Channel,
}

/// Kind of the outbox row that [`report`] leaves.
pub const UNDELIVERED: &str = "undelivered";

/// Asks for the next way, in the write that notes the fate of the message.
///
/// # Errors
/// Those of the database and the key ring.
pub fn report(c: &mut AnyConn, keys: &Keyring, message: Undelivered, now: Moment) -> Result<()> {
    let lane = message.origin.case.to_string();
    outbox::push(c, keys, &Effect { kind: UNDELIVERED, class: Class::Repeatable, lane: &lane, body: &message }, now)
}
