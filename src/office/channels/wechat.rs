//! One subscribe message: prepared with its notice, sent at most once, and its fate written down.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::undelivered::{self, Channel, Origin, Undelivered};
use super::wechat_credits;
use crate::office::accounts::residents;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::Settled;
use crate::platform::wechat::{MiniProgramState, WeChatFault, fit};
use crate::rules::moments::Moment;

diesel::table! {
    wechat_messages (id) {
        id -> Binary,
        notice_id -> Binary,
        account_id -> Binary,
        template -> Text,
        state -> Text,
        updated_at -> BigInt,
    }
}

/// Kind of the outbox row.
pub const MESSAGE: &str = "wechat_message";

/// What a message says; nothing that a stranger may not read on a lock screen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    pub notice: Id,
    pub account: Id,
    pub template: String,
    pub service: String,
    pub state: String,
    pub day: String,
    pub page: String,
    /// The event that it tells of, if it is a case's.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// Notes that a message is on its way.
pub fn prepare(c: &mut AnyConn, notice: Id, account: Id, template: &str, now: Moment) -> Result<()> {
    use wechat_messages::dsl as m;
    let row = (
        m::id.eq(Id::at(now)),
        m::notice_id.eq(notice),
        m::account_id.eq(account),
        m::template.eq(template),
        m::state.eq("waiting"),
        m::updated_at.eq(now),
    );
    diesel::insert_into(m::wechat_messages).values(row).execute(c)?;
    Ok(())
}

/// A message was prepared for this notice.
pub fn prepared(c: &mut AnyConn, notice: Id) -> Result<bool> {
    use wechat_messages::dsl as m;
    let found = m::wechat_messages.filter(m::notice_id.eq(notice)).count().get_result::<i64>(c)?;
    Ok(found > 0)
}

/// How many are on their way to this resident.
fn waiting(c: &mut AnyConn, account: Id, template: &str) -> Result<i64> {
    use wechat_messages::dsl as m;
    let waiting = m::account_id.eq(account).and(m::template.eq(template)).and(m::state.eq("waiting"));
    Ok(m::wechat_messages.filter(waiting).count().get_result(c)?)
}

/// One more message of this template may be sent, beside those that are on their way.
pub fn allows(c: &mut AnyConn, account: Id, template: &str) -> Result<bool> {
    Ok(wechat_credits::left(c, account, template)? > waiting(c, account, template)?)
}

/// Sends a message and tells the outbox what became of it. A lost answer is `unknown` for ever.
pub async fn send(app: &App, message: &Message) -> Result<Settled> {
    let Some(program) = app.mini_program(None) else { return Ok(Settled::Park("no mini-program is configured".into())) };
    let (account, appid, keys) = (message.account, program.appid().to_owned(), app.keys.clone());
    let openid = app.db.read(move |c| residents::openid_of(c, &keys, account, &appid)).await?;
    let Some(openid) = openid else {
        fate(app, message, "refused").await?;
        return Ok(Settled::Done);
    };
    let fields = [("thing1", &message.service), ("phrase2", &message.state), ("date3", &message.day)];
    let mut data = Vec::new();
    for (key, value) in fields {
        match fit(key, value) {
            Ok(value) => data.push((key.to_owned(), value)),
            Err(_) => return Ok(Settled::Park(format!("field {key} does not fit"))),
        }
    }
    let sent = program.send(&openid, &message.template, Some(&message.page), &data, MiniProgramState::Formal).await;
    let (state, settled) = match sent {
        Ok(()) => ("sent", Settled::Done),
        Err(WeChatFault::NoCredit) => ("no_credit", Settled::Done),
        Err(WeChatFault::BadRecipient | WeChatFault::Sensitive) => ("refused", Settled::Done),
        Err(WeChatFault::Unknown) => ("unknown", Settled::Unknown("the answer was lost".into())),
        Err(e @ (WeChatFault::Config(_) | WeChatFault::TemplateData { .. })) => return Ok(Settled::Park(e.to_string())),
        Err(e) => return Ok(Settled::Later(e.to_string())),
    };
    // It may have left: whatever goes wrong from here on must not send it again.
    match fate(app, message, state).await {
        Ok(()) => Ok(settled),
        Err(e) => Ok(Settled::Unknown(format!("its fate could not be written: {e:?}"))),
    }
}

/// Writes the fate down, and reports what surely did not arrive.
async fn fate(app: &App, message: &Message, state: &'static str) -> Result<()> {
    let keys = app.keys.clone();
    let now = app.clock.now();
    let message = message.clone();
    app.db
        .write(move |c| {
            use wechat_messages::dsl as m;
            let row = m::wechat_messages.filter(m::notice_id.eq(message.notice));
            diesel::update(row).set((m::state.eq(state), m::updated_at.eq(now))).execute(c)?;
            if matches!(state, "sent" | "unknown" | "no_credit") {
                wechat_credits::spend(c, message.account, &message.template, state == "no_credit", now)?;
            }
            match message.origin {
                Some(origin) if matches!(state, "no_credit" | "refused") => {
                    let lost = Undelivered { origin, recipient: message.account, by: Channel::WeChat };
                    undelivered::report(c, &keys, lost, now)
                }
                _ => Ok(()),
            }
        })
        .await
}
