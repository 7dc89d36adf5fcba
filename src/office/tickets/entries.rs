//! What happened to a ticket: append-only, who and when, the words sealed with the ticket's key.

use diesel::prelude::*;

use super::ticket::{self, Ticket};
use crate::office::cases::service::Office;
use crate::office::channels::inbox;
use crate::platform::crypto::{DataKey, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Desk, Role};
use crate::rules::moments::Moment;

diesel::table! {
    ticket_entries (ticket_id, seq) {
        ticket_id -> Binary,
        seq -> BigInt,
        at -> BigInt,
        step -> Text,
        role -> Text,
        actor -> Nullable<Binary>,
        desk -> Text,
        desk_area -> Text,
        words -> Nullable<Binary>,
    }
}

coded_enum! {
    /// What was done.
    pub enum Step as "TicketStep" {
        Opened = "opened", "提出";
        Added = "added", "补充说明";
        Claimed = "claimed", "领取";
        Noted = "noted", "内部记录";
        ContactShown = "contact_shown", "查看联系电话";
        Answered = "answered", "答复";
        HandedOn = "handed_on", "转交";
        NotReached = "not_reached", "没有联系上";
        BecameVisit = "became_visit", "改为上门";
        Climbed = "climbed", "超期，转上一级";
        Recounted = "recounted", "期限重算";
        Confirmed = "confirmed", "确认解决";
        Reopened = "reopened", "没有解决，重新办理";
        Closed = "closed", "结束";
    }
}

crate::text_columns!(Step);

impl Step {
    /// Only colleagues read it.
    pub fn inner(self) -> bool {
        matches!(self, Step::Claimed | Step::Noted | Step::ContactShown)
    }

    /// What the resident is told about it: title and body, nothing that a stranger may not read.
    fn told(self) -> Option<(&'static str, &'static str)> {
        match self {
            Step::Answered => Some(("您的反映有答复了", "请打开“我的反映”查看答复，并告诉我们问题解决了没有。")),
            Step::NotReached => {
                Some(("没有联系上您", "工作人员联系您没有成功，会再次联系。请保持电话畅通，也可以在“我的反映”里留言。"))
            }
            Step::BecameVisit => Some(("工作人员将上门", "您的电话联系改为上门服务，日期请看“我的反映”。")),
            Step::Climbed => Some(("反映已转上一级", "没有按时办完，已经转给上一级办理，新的期限请看“我的反映”。")),
            Step::Recounted => Some(("反映的期限有变化", "放假安排有变化，期限已经重新计算，请看“我的反映”。")),
            Step::Closed => Some(("您的反映已办完", "办理结果请看“我的反映”。")),
            _ => None,
        }
    }
}

/// Who did what, in what words.
pub struct Entry<'a> {
    pub step: Step,
    pub role: Role,
    /// The account or worker; none for the system.
    pub actor: Option<Id>,
    pub words: Option<&'a str>,
}

/// One line as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ticket_entries, treat_none_as_default_value = false)]
pub struct Line {
    pub ticket_id: Id,
    /// From 0, without gaps.
    pub seq: i64,
    pub at: Moment,
    pub step: Step,
    pub role: Role,
    pub actor: Option<Id>,
    /// Where the ticket lay afterwards.
    pub desk: Desk,
    pub desk_area: AreaCode,
    words: Option<Vec<u8>>,
}

impl Line {
    /// The words in plain.
    pub fn words(&self, key: &DataKey) -> Result<Option<String>> {
        let Some(sealed) = &self.words else { return Ok(None) };
        let plain = key.open(&Place::new("ticket_entries", "words", &row(self.ticket_id, self.seq)), sealed)?;
        Ok(String::from_utf8(plain).ok())
    }
}

fn row(ticket: Id, seq: i64) -> Vec<u8> {
    [ticket.as_bytes().as_slice(), &seq.to_be_bytes()].concat()
}

/// Appends a line to a ticket that is about to be stored.
pub(crate) fn append(c: &mut AnyConn, office: &Office, ticket: &mut Ticket, entry: &Entry<'_>) -> Result<()> {
    let seq = ticket.entries;
    let words = match entry.words {
        Some(text) => {
            let place = row(ticket.id, seq);
            Some(ticket.key(&office.keys)?.seal(&Place::new("ticket_entries", "words", &place), text.as_bytes())?)
        }
        None => None,
    };
    ticket.entries = seq.saturating_add(1);
    let line = Line {
        ticket_id: ticket.id,
        seq,
        at: office.now,
        step: entry.step,
        role: entry.role,
        actor: entry.actor,
        desk: ticket.desk,
        desk_area: ticket.desk_area,
        words,
    };
    diesel::insert_into(ticket_entries::table).values(line).execute(c)?;
    Ok(())
}

/// Stores a changed ticket with its line, and tells the resident what concerns them.
pub(crate) fn store(c: &mut AnyConn, office: &Office, ticket: &mut Ticket, entry: &Entry<'_>) -> Result<()> {
    append(c, office, ticket, entry)?;
    let loaded = ticket.version;
    ticket.version = loaded.saturating_add(1);
    ticket::update(c, ticket, loaded)?;
    if let (Some(account), Some((title, body))) = (ticket.account_id, entry.step.told()) {
        let news = inbox::News { account, kind: inbox::NoticeKind::Ticket, title, body };
        inbox::inform(c, &office.keys, news, office.now)?;
    }
    Ok(())
}

/// All lines of a ticket, oldest first.
pub(crate) fn of(c: &mut AnyConn, ticket: Id) -> Result<Vec<Line>> {
    let lines = ticket_entries::table.filter(ticket_entries::ticket_id.eq(ticket)).order(ticket_entries::seq);
    Ok(lines.select(<Line as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}
