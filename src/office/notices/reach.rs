//! Who is told of a case's event, and how beside the notice in the app. What a resident is shown before submitting and
//! what happens later come from here alike.

use chrono::NaiveDate;

use crate::office::accounts::links::{self, Relation};
use crate::office::accounts::residents::{self, Channel};
use crate::office::channels::wechat;
use crate::office::people::persons;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Action, State};

coded_enum! {
    /// How somebody is reached beside the notice in the app.
    pub enum Reach {
        App = "app", "小程序消息";
        WeChat = "wechat", "微信消息";
        Sms = "sms", "短信";
        Call = "call", "工作人员打电话";
        Visit = "visit", "工作人员上门";
    }
}

crate::text_columns!(Reach);

/// How much an event matters to the resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Good to know: the app, and WeChat where it was allowed.
    Light,
    /// A correction, a decision, a deadline, the end: it must arrive.
    Matters,
}

/// The table of events. A step of fulfilment matters when it sets a day, a pause when it is the applicant's days that stand
/// or run again. What concerns only the office is not told at all (`dispatch::words`).
pub fn weight(action: Action, to: State, deadline: bool) -> Weight {
    match action {
        Action::Hold | Action::Resume if to == State::CorrectionRequested => Weight::Matters,
        Action::Fulfil if !deadline => Weight::Light,
        Action::RequestCorrection
        | Action::Extend
        | Action::Remind
        | Action::Decline
        | Action::ApprovedByRule
        | Action::Approve
        | Action::Reject
        | Action::TakeBack
        | Action::EndNotice
        | Action::Lapse
        | Action::Fulfil
        | Action::Complete => Weight::Matters,
        _ => Weight::Light,
    }
}

/// What this installation can send with.
#[derive(Clone, Debug)]
pub struct Channels {
    /// The mini-program, and its template of case news.
    pub wechat: Option<(String, String)>,
    pub sms: bool,
}

impl Channels {
    /// As the operator set it up.
    pub fn of(app: &App) -> Channels {
        let template = app.settings.template("case_progress").map(ToOwned::to_owned);
        let wechat = app.mini_program(None).map(|program| program.appid().to_owned()).zip(template);
        Channels { wechat, sms: app.sms.is_some() }
    }
}

/// Somebody who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// An account that may act for the person today.
    Account { id: Id, relation: Relation },
    /// The person, who has no account: reached by the number on record. `alone` when nobody else is told.
    Person { id: Id, alone: bool },
}

impl Recipient {
    /// The account, or the person without one.
    pub fn id(&self) -> Id {
        match self {
            Recipient::Account { id, .. } | Recipient::Person { id, .. } => *id,
        }
    }
}

/// Everybody who may act for the person today, and the person: an adult learns what is done in their name, even by
/// somebody else's phone.
///
/// # Errors
/// Those of the database and the key ring.
pub fn recipients(c: &mut AnyConn, keys: &Keyring, person: Id, today: NaiveDate) -> Result<Vec<Recipient>> {
    let acting = links::recipients_for(c, person, today)?;
    let known = acting.iter().any(|(_, relation)| *relation == Relation::Own);
    let alone = acting.is_empty();
    let mut all: Vec<Recipient> = acting.into_iter().map(|(id, relation)| Recipient::Account { id, relation }).collect();
    if alone || !known && !persons::open(c, keys, person)?.id_number.is_minor_on(today) {
        all.push(Recipient::Person { id: person, alone });
    }
    Ok(all)
}

/// The way to a recipient, by preference and possibility; `None` when this event does not go to them. `tried` are ways that
/// failed for this event.
///
/// # Errors
/// Those of the database.
pub fn way(c: &mut AnyConn, channels: &Channels, to: &Recipient, weight: Weight, tried: &[Reach]) -> Result<Option<Reach>> {
    match to {
        Recipient::Account { id, .. } => account_way(c, channels, *id, weight, tried).map(Some),
        Recipient::Person { id, alone } => {
            if weight == Weight::Light {
                return Ok(None);
            }
            let phone = persons::find(c, *id)?.is_some_and(|p| p.phone_hash.is_some());
            let by_sms = channels.sms && phone && !tried.contains(&Reach::Sms);
            Ok(if by_sms { Some(Reach::Sms) } else { alone.then_some(Reach::Call) })
        }
    }
}

/// The same for an account, whatever the news is about.
///
/// # Errors
/// Those of the database.
pub fn account_way(c: &mut AnyConn, channels: &Channels, account: Id, weight: Weight, tried: &[Reach]) -> Result<Reach> {
    let account = residents::find(c, account)?;
    let matters = weight == Weight::Matters;
    let wechat = match &channels.wechat {
        Some((appid, template)) if !tried.contains(&Reach::WeChat) => {
            residents::has_wechat(c, account.id, appid)? && wechat::allows(c, account.id, template)?
        }
        _ => false,
    };
    let sms = matters && channels.sms && !tried.contains(&Reach::Sms) && residents::has_phone(c, &account)?;
    Ok(match account.preferred_channel {
        Channel::PhoneCall if matters => Reach::Call,
        Channel::Visit if matters => Reach::Visit,
        Channel::Sms if sms => Reach::Sms,
        _ if wechat => Reach::WeChat,
        _ if sms => Reach::Sms,
        _ if matters => Reach::Call,
        _ => Reach::App,
    })
}

/// About whom the news would be, and who reads this beforehand.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Whose case it is.
    pub person: Id,
    /// The account or worker that asks.
    pub reader: Id,
}

/// Who will be told and how, as sentences for the reader, before anything is submitted.
///
/// # Errors
/// Those of the database and the key ring.
pub fn foretell(c: &mut AnyConn, keys: &Keyring, channels: &Channels, about: &About, today: NaiveDate) -> Result<Vec<String>> {
    let mut said = Vec::new();
    for to in recipients(c, keys, about.person, today)? {
        let light = way(c, channels, &to, Weight::Light, &[])?;
        let matters = way(c, channels, &to, Weight::Matters, &[])?;
        let who = match &to {
            Recipient::Account { id, .. } if *id == about.reader => "您本人",
            Recipient::Account { relation: Relation::Own, .. } | Recipient::Person { .. } => "申请所为的残疾人本人",
            Recipient::Account { .. } => "另一位可以代办的人",
        };
        let how = match (light, matters) {
            (Some(Reach::App), Some(Reach::App)) => "小程序消息".to_owned(),
            (Some(a), Some(b)) if a == b => format!("小程序消息和{}", a.label()),
            (Some(Reach::App), Some(b)) => format!("小程序消息；补正、决定等重要进展另有{}", b.label()),
            (Some(a), Some(b)) => format!("小程序消息和{}；补正、决定等重要进展另有{}", a.label(), b.label()),
            (None, Some(b)) => format!("补正、决定等重要进展用{}告知", b.label()),
            (_, None) => continue,
        };
        said.push(format!("{who}：{how}"));
    }
    Ok(said)
}
