//! One text message: prepared with its cause, sent at most once, and its fate written down.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::undelivered::{self, Channel, Origin, Undelivered};
use crate::office::accounts::residents;
use crate::office::people::persons;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect, Settled};
use crate::platform::sms::{SmsFault, Template};
use crate::rules::coded::coded_enum;
use crate::rules::identity::PhoneNumber;
use crate::rules::moments::Moment;

diesel::table! {
    sms_messages (id) {
        id -> Binary,
        template -> Text,
        recipient -> Nullable<Binary>,
        case_id -> Nullable<Binary>,
        event_seq -> Nullable<BigInt>,
        state -> Text,
        serial -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

coded_enum! {
    /// What became of a message.
    pub enum Fate {
        Waiting = "waiting", "待发送";
        Sent = "sent", "已发送";
        Refused = "refused", "号码不能接收";
        DayLimit = "day_limit", "当天次数已满";
        Expired = "expired", "已过时，没有发送";
        Failed = "failed", "配置有误，没有发送";
        Unknown = "unknown", "结果不明";
    }
}

crate::text_columns!(Fate, Template);

/// Kind of the outbox row.
pub const TEXT: &str = "sms";

/// Where a message goes; numbers are looked up when it leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// A number that nobody is known by yet.
    Number(String),
    Account(Id),
    Person(Id),
}

/// A message; its values may stand on a lock screen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Text {
    pub id: Id,
    pub template: Template,
    pub to: To,
    pub values: Vec<String>,
    /// The event that it tells of, if it is a case's.
    pub origin: Option<Origin>,
    /// Not sent after this, epoch milliseconds.
    pub good_until: Option<Moment>,
}

impl Text {
    fn recipient(&self) -> Option<Id> {
        match &self.to {
            To::Number(_) => None,
            To::Account(id) | To::Person(id) => Some(*id),
        }
    }
}

/// Notes a message and lets it leave once. One lane a recipient, so that news come in order.
pub fn push(c: &mut AnyConn, keys: &Keyring, text: &Text, now: Moment) -> Result<()> {
    use sms_messages::dsl as m;
    let row = (
        (m::id.eq(text.id), m::template.eq(text.template), m::recipient.eq(text.recipient())),
        (m::case_id.eq(text.origin.map(|o| o.case)), m::event_seq.eq(text.origin.map(|o| o.seq))),
        (m::state.eq(Fate::Waiting), m::created_at.eq(now), m::updated_at.eq(now)),
    );
    diesel::insert_into(m::sms_messages).values(row).execute(c)?;
    let lane = format!("sms:{}", text.recipient().unwrap_or(text.id));
    outbox::push(c, keys, &Effect { kind: TEXT, class: Class::OnceOnly, lane: &lane, body: text }, now)
}

/// A message was prepared for this event and recipient.
pub fn prepared(c: &mut AnyConn, origin: Origin, recipient: Id) -> Result<bool> {
    use sms_messages::dsl as m;
    let same = m::case_id.eq(origin.case).and(m::event_seq.eq(origin.seq)).and(m::recipient.eq(recipient));
    Ok(m::sms_messages.filter(same).count().get_result::<i64>(c)? > 0)
}

/// A message of this id was prepared.
pub fn noted(c: &mut AnyConn, id: Id) -> Result<bool> {
    Ok(sms_messages::table.find(id).count().get_result::<i64>(c)? > 0)
}

/// Sends a message and tells the outbox what became of it. A lost answer is `unknown` for ever.
pub async fn send(app: &App, text: &Text) -> Result<Settled> {
    let Some(sms) = &app.sms else { return settle_fate(app, text, Fate::Failed, None).await };
    if text.good_until.is_some_and(|until| until <= app.clock.now()) {
        return settle_fate(app, text, Fate::Expired, None).await;
    }
    let Some(phone) = number(app, &text.to).await? else {
        return settle_fate(app, text, Fate::Refused, None).await;
    };
    let (fate, serial) = match sms.send(text.template, &phone, &text.values).await {
        Ok(serial) => (Fate::Sent, Some(serial)),
        Err(SmsFault::RefusedNumber) => (Fate::Refused, None),
        Err(SmsFault::DayLimit) => (Fate::DayLimit, None),
        Err(SmsFault::Unknown) => (Fate::Unknown, None),
        // A sign-in code is of no use once the operator has mended it.
        Err(SmsFault::Config(_)) if text.good_until.is_some() => (Fate::Failed, None),
        Err(e @ SmsFault::Config(_)) => return Ok(Settled::Park(e.to_string())),
        Err(e) => return Ok(Settled::Later(e.to_string())),
    };
    // It may have left: whatever goes wrong from here on must not send it again.
    match settle_fate(app, text, fate, serial).await {
        Ok(settled) => Ok(settled),
        Err(e) => Ok(Settled::Unknown(format!("its fate could not be written: {e:?}"))),
    }
}

async fn number(app: &App, to: &To) -> Result<Option<PhoneNumber>> {
    let keys = app.keys.clone();
    let to = to.clone();
    let read = app.db.read(move |c| match &to {
        To::Number(text) => Ok(PhoneNumber::parse(text).ok()),
        To::Account(id) => residents::phone_of(c, &keys, *id),
        To::Person(id) => Ok(persons::open(c, &keys, *id)?.phone),
    });
    read.await
}

/// Writes the fate down, and reports what surely did not arrive.
async fn settle_fate(app: &App, text: &Text, fate: Fate, serial: Option<String>) -> Result<Settled> {
    let keys = app.keys.clone();
    let now = app.clock.now();
    let message = text.clone();
    let written = app.db.write(move |c| {
        use sms_messages::dsl as m;
        diesel::update(m::sms_messages.find(message.id))
            .set((m::state.eq(fate), m::serial.eq(serial.clone()), m::updated_at.eq(now)))
            .execute(c)?;
        match (fate, message.origin, message.recipient()) {
            (Fate::Refused | Fate::DayLimit | Fate::Failed, Some(origin), Some(recipient)) => {
                undelivered::report(c, &keys, Undelivered { origin, recipient, by: Channel::Sms }, now)
            }
            _ => Ok(()),
        }
    });
    written.await?;
    Ok(if fate == Fate::Unknown { Settled::Unknown("the answer was lost".into()) } else { Settled::Done })
}
