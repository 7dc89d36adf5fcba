//! From a case's event to notices: who is told what. Repeatable: a second run finds the rows of the first and does nothing.

use diesel::prelude::*;

use super::reach::{self, Channels, Reach, Recipient, Weight};
use super::words::{self, NoticeEvent};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::history::{self, CaseEvent, Event};
use crate::office::cases::service::{Office, Services};
use crate::office::channels::inbox::{Informed, NoticeKind, notices};
use crate::office::channels::sms::{self, Text, To};
use crate::office::channels::undelivered::{Channel, Origin, Undelivered};
use crate::office::channels::wechat::{self, MESSAGE, Message};
use crate::office::tickets::{self, Kind, NewTicket};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::platform::sms::Template;
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::{Action, Role, State};
use crate::rules::moments::Moment;

/// What a notice says. It names no diagnosis, category, ID number or amount: lock screens are public.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    /// What happened, in a few words.
    what: &'static str,
    title: String,
    body: String,
}

diesel::table! {
    tellings (case_id, event_seq, recipient) {
        case_id -> Binary,
        event_seq -> BigInt,
        recipient -> Binary,
        notice_id -> Nullable<Binary>,
        reach -> Text,
        told_at -> BigInt,
    }
}

/// Tells everybody whom an event concerns: who may act for the person today, and the person. An applicant whose link
/// has ended learns nothing more.
pub async fn tell(app: &App, services: &Services, event: CaseEvent) -> Result<()> {
    let office = Office::of(app, services);
    let channels = Channels::of(app);
    app.db
        .write(move |c| {
            let Some(news) = News::of(c, &office, Origin { case: event.case_id, seq: event.seq })? else { return Ok(()) };
            for to in reach::recipients(c, &office.keys, news.case.person_id, office.today())? {
                news.tell(c, &office, &channels, &to)?;
            }
            Ok(())
        })
        .await
}

/// Takes the next way for somebody whom a message about an event surely did not reach. Repeatable: once the next way is
/// taken, the way that failed is no longer the one that is noted.
pub async fn go_on(app: &App, services: &Services, lost: Undelivered) -> Result<()> {
    let office = Office::of(app, services);
    let channels = Channels::of(app);
    app.db.write(move |c| take_next_way(c, &office, &channels, lost)).await
}

fn take_next_way(c: &mut AnyConn, office: &Office, channels: &Channels, lost: Undelivered) -> Result<()> {
    let Undelivered { origin, recipient, by } = lost;
    let failed = match by {
        Channel::WeChat => Reach::WeChat,
        Channel::Sms => Reach::Sms,
    };
    let row = tellings::table.find((origin.case, origin.seq, recipient));
    let noted: Option<(Option<Id>, Reach)> = row.select((tellings::notice_id, tellings::reach)).get_result(c).optional()?;
    let (Some((notice, noted)), Some(news)) = (noted, News::of(c, office, origin)?) else { return Ok(()) };
    if noted != failed {
        return Ok(());
    }
    let all = reach::recipients(c, &office.keys, news.case.person_id, office.today())?;
    let Some(to) = all.into_iter().find(|to| to.id() == recipient) else { return Ok(()) };
    let mut tried = Vec::new();
    if let Some(notice) = notice
        && wechat::prepared(c, notice)?
    {
        tried.push(Reach::WeChat);
    }
    if sms::prepared(c, origin, recipient)? {
        tried.push(Reach::Sms);
    }
    let Some(reach) = reach::way(c, channels, &to, news.weight, &tried)? else { return Ok(()) };
    diesel::update(tellings::table.find((origin.case, origin.seq, recipient))).set(tellings::reach.eq(reach)).execute(c)?;
    news.send_by(c, office, channels, &to, notice, reach)
}

/// An event with what is said of it.
struct News {
    case: Case,
    origin: Origin,
    /// Where the event led: the case may have moved on since.
    state: &'static str,
    service: &'static str,
    words: Words,
    weight: Weight,
}

impl News {
    /// None for what concerns only the office.
    fn of(c: &mut AnyConn, office: &Office, origin: Origin) -> Result<Option<News>> {
        let case = case::find(c, origin.case)?;
        let Some(line) = history::line(c, origin.case, origin.seq)? else { return Ok(None) };
        let service = office.services.get(&case.service)?.label();
        let Some(words) = words(c, service, &case, &line)? else { return Ok(None) };
        let weight = reach::weight(line.action, line.to_state, case.limit.due_at.is_some());
        Ok(Some(News { case, origin, state: line.to_state.label(), service, words, weight }))
    }

    /// In the app first, then by the way that is open. A second run finds the notice of the first and does nothing.
    fn tell(&self, c: &mut AnyConn, office: &Office, channels: &Channels, to: &Recipient) -> Result<()> {
        let Some(reach) = reach::way(c, channels, to, self.weight, &[])? else { return Ok(()) };
        let notice = match to {
            Recipient::Account { id, .. } => match self.put_in_inbox(c, *id, office.now)? {
                Some(notice) => Some(notice),
                None => return Ok(()),
            },
            Recipient::Person { .. } => None,
        };
        use tellings::dsl as t;
        let row = (
            (t::case_id.eq(self.origin.case), t::event_seq.eq(self.origin.seq), t::recipient.eq(to.id())),
            (t::notice_id.eq(notice), t::reach.eq(reach), t::told_at.eq(office.now)),
        );
        let once = diesel::insert_into(t::tellings).values(row).on_conflict((t::case_id, t::event_seq, t::recipient));
        if both(once.do_nothing()).execute(c)? == 0 {
            return Ok(());
        }
        self.send_by(c, office, channels, to, notice, reach)
    }

    /// The notice in the app; none when it stands there already.
    fn put_in_inbox(&self, c: &mut AnyConn, account: Id, now: Moment) -> Result<Option<Id>> {
        use notices::dsl as n;
        let id = Id::at(now);
        let row = (
            n::id.eq(id),
            n::account_id.eq(account),
            n::case_id.eq(self.case.id),
            n::event_seq.eq(self.origin.seq),
            n::kind.eq(NoticeKind::CaseProgress),
            n::title.eq(self.words.title.clone()),
            n::body.eq(self.words.body.clone()),
            n::created_at.eq(now),
        );
        let new = diesel::insert_into(n::notices).values(row).on_conflict((n::account_id, n::case_id, n::event_seq));
        Ok((both(new.do_nothing()).execute(c)? > 0).then_some(id))
    }

    /// A work item for the desk that calls or visits; the words are those of the notice.
    fn ask_to_call(&self, c: &mut AnyConn, office: &Office, kind: Kind, to: &Recipient) -> Result<()> {
        let account = if let Recipient::Account { id, .. } = to { Some(*id) } else { None };
        let new = NewTicket {
            kind,
            area: self.case.area,
            person: Some(self.case.person_id),
            case: Some(self.case.id),
            account,
            by: Role::System,
            text: format!("请告诉申请人：{}。{}", self.words.title, self.words.body),
        };
        tickets::open(c, office, &new).map(|_| ())
    }

    /// Sends the message by the chosen way, or opens a ticket for a worker who calls or visits.
    fn send_by(
        &self,
        c: &mut AnyConn,
        office: &Office,
        channels: &Channels,
        to: &Recipient,
        notice: Option<Id>,
        reach: Reach,
    ) -> Result<()> {
        match (reach, to, notice, &channels.wechat) {
            (Reach::WeChat, Recipient::Account { id, .. }, Some(notice), Some((_, template))) => {
                let message = Message {
                    notice,
                    account: *id,
                    template: template.clone(),
                    service: self.service.to_owned(),
                    state: self.state.to_owned(),
                    day: beijing_date(office.now).to_string(),
                    page: format!("pages/case/index?id={}", self.case.id),
                    origin: Some(self.origin),
                };
                send_by_wechat(c, office, message)
            }
            (Reach::Sms, to, _, _) => {
                let to = match to {
                    Recipient::Account { id, .. } => To::Account(*id),
                    Recipient::Person { id, .. } => To::Person(*id),
                };
                let values = vec![self.service.to_owned(), self.words.what.to_owned()];
                let origin = Some(self.origin);
                let text = Text { id: Id::at(office.now), template: Template::Progress, to, values, origin, good_until: None };
                sms::push(c, &office.keys, &text, office.now)
            }
            (Reach::Call, to, _, _) => self.ask_to_call(c, office, Kind::PhoneCall, to),
            (Reach::Visit, to, _, _) => self.ask_to_call(c, office, Kind::Visit, to),
            _ => Ok(()),
        }
    }
}

/// Offers a notice to the way that reaches its account; a second call finds the message prepared.
pub async fn pass_on(app: &App, services: &Services, event: Informed) -> Result<()> {
    let office = Office::of(app, services);
    let channels = Channels::of(app);
    app.db
        .write(move |c| {
            if wechat::prepared(c, event.notice)? || sms::noted(c, event.notice)? {
                return Ok(());
            }
            match (reach::account_way(c, &channels, event.account, Weight::Matters, &[])?, &channels.wechat) {
                (Reach::WeChat, Some((_, template))) => {
                    let message = Message {
                        notice: event.notice,
                        account: event.account,
                        template: template.clone(),
                        service: event.title.clone(),
                        state: "有新消息".to_owned(),
                        day: beijing_date(office.now).to_string(),
                        page: "pages/notices/index".to_owned(),
                        origin: None,
                    };
                    send_by_wechat(c, &office, message)
                }
                (Reach::Sms, _) => {
                    let (service, what) = event.title.split_once('：').unwrap_or((&event.title, "有新消息"));
                    let values = vec![service.to_owned(), what.to_owned()];
                    let id = event.notice;
                    let to = To::Account(event.account);
                    let text = Text { id, template: Template::Progress, to, values, origin: None, good_until: None };
                    sms::push(c, &office.keys, &text, office.now)
                }
                _ => Ok(()),
            }
        })
        .await
}

/// Prepares a message and lets it leave once. One lane a resident: WeChat refuses two messages to one person at once.
fn send_by_wechat(c: &mut AnyConn, office: &Office, message: Message) -> Result<()> {
    wechat::prepare(c, message.notice, message.account, &message.template, office.now)?;
    let lane = format!("wechat:{}", message.account);
    let effect = Effect { kind: MESSAGE, class: Class::OnceOnly, lane: &lane, body: &message };
    outbox::push(c, &office.keys, &effect, office.now)
}

/// What the applicant is told of an action; nothing of what concerns only the office.
fn event_of(action: Action, to: State) -> Option<NoticeEvent> {
    Some(match action {
        Action::Submit => NoticeEvent::Submitted,
        Action::Undo => NoticeEvent::Undone,
        Action::Withdraw => NoticeEvent::Withdrawn,
        Action::Accept | Action::DeemAccepted => NoticeEvent::Accepted,
        Action::Decline => NoticeEvent::Declined,
        Action::RequestCorrection => NoticeEvent::CorrectionRequested,
        Action::Resubmit => NoticeEvent::Resubmitted,
        Action::Approve if to == State::PublicNotice => NoticeEvent::OnNotice,
        Action::Approve | Action::ApprovedByRule | Action::EndNotice => NoticeEvent::Approved,
        Action::Reject => NoticeEvent::Rejected,
        Action::Expire => NoticeEvent::Expired,
        Action::Lapse => NoticeEvent::Lapsed,
        Action::Complete => NoticeEvent::Completed,
        Action::Fulfil | Action::Arrange => NoticeEvent::Progress,
        Action::TakeOn => NoticeEvent::TakenOn,
        Action::Extend => NoticeEvent::Extended,
        Action::Remind => NoticeEvent::Reminded,
        Action::Hold if to == State::CorrectionRequested => NoticeEvent::ToBeTakenOn,
        Action::Resume if to == State::CorrectionRequested => NoticeEvent::CorrectionRequested,
        Action::Hold => NoticeEvent::Held,
        Action::Resume => NoticeEvent::Resumed,
        Action::Climb => NoticeEvent::Climbed,
        Action::Escalate => NoticeEvent::Escalated,
        Action::TakeBack => NoticeEvent::TakenBack,
        Action::StopNotice => NoticeEvent::NoticeStopped,
        Action::Appeal => NoticeEvent::Appealed,
        Action::Merge => NoticeEvent::Merged,
        Action::Recount => NoticeEvent::Recounted,
        Action::Begin
        | Action::Claim
        | Action::Release
        | Action::TakeOver
        | Action::Forward
        | Action::SendBack
        | Action::Remark
        | Action::Urge
        | Action::Rate => return None,
    })
}

/// In the county's words; the day of a step that the service did not name means nothing to the applicant.
fn words(c: &mut AnyConn, service: &str, case: &Case, line: &Event) -> Result<Option<Words>> {
    let Some(event) = event_of(line.action, line.to_state) else { return Ok(None) };
    let due = case.limit.due_at.filter(|_| event != NoticeEvent::Progress || line.reason.is_some());
    let day = due.map(|at| chinese_day(beijing_date(at)));
    let (title, body) = words::template(c, &case.county, event)?.fill(service, day.as_deref());
    Ok(Some(Words { what: event.label(), title, body }))
}

fn chinese_day(day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    format!("{}月{}日", day.month(), day.day())
}
