//! From a case's event to notices: who is told what. Repeatable: a second telling finds the first.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::ledger;
use super::wechat::{self, MESSAGE, Message};
use super::words::{self, NoticeEvent};
use crate::office::accounts::links;
use crate::office::cases::act::CaseEvent;
use crate::office::cases::case::{self, Case};
use crate::office::cases::history::{self, Event};
use crate::office::cases::service::{Services, Spine};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Class, Effect};
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::{Action, State};

diesel::table! {
    notices (id) {
        id -> Binary,
        account_id -> Binary,
        case_id -> Nullable<Binary>,
        event_seq -> Nullable<BigInt>,
        kind -> Text,
        title -> Text,
        body -> Text,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

/// What a notice says. It names no diagnosis, category, ID number or amount: lock screens are public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Words {
    title: String,
    body: String,
}

/// Tells everybody whom an event concerns: the applicant, and who else may act for the person.
pub async fn tell(app: &App, services: &Services, event: CaseEvent) -> Result<()> {
    let spine = Spine::of(app, services);
    let template = app.settings.template("case_progress").map(ToOwned::to_owned);
    app.db
        .write(move |c| {
            let case = case::find(c, event.case_id)?;
            let Some(line) = history::line(c, event.case_id, event.seq)? else { return Ok(()) };
            let service = spine.services.get(&case.service)?.label();
            let Some(words) = words(c, service, &case, &line)? else { return Ok(()) };
            // Whoever may act for the person today; an applicant whose link has ended learns nothing more.
            for account in links::accounts_for(c, case.person_id, spine.today())? {
                put(c, &spine, &case, &line, account, &words, template.as_deref())?;
            }
            Ok(())
        })
        .await
}

fn put(
    c: &mut AnyConn,
    spine: &Spine,
    case: &Case,
    line: &Event,
    account: Id,
    words: &Words,
    template: Option<&str>,
) -> Result<()> {
    use notices::dsl as n;
    let id = Id::at(spine.now);
    let row = (
        n::id.eq(id),
        n::account_id.eq(account),
        n::case_id.eq(case.id),
        n::event_seq.eq(line.seq),
        n::kind.eq("case_progress"),
        n::title.eq(words.title.clone()),
        n::body.eq(words.body.clone()),
        n::created_at.eq(spine.now),
    );
    let new =
        both(diesel::insert_into(n::notices).values(row).on_conflict((n::account_id, n::case_id, n::event_seq)).do_nothing());
    if new.execute(c)? == 0 {
        return Ok(());
    }
    let Some(template) = template else { return Ok(()) };
    if !ledger::allows(c, account, template)? {
        return Ok(());
    }
    let message = Message {
        notice: id,
        account,
        template: template.to_owned(),
        service: spine.services.get(&case.service)?.label().to_owned(),
        // Where the event led: the case may have moved on since.
        state: line.to_state.label().to_owned(),
        day: beijing_date(spine.now).to_string(),
        page: format!("pages/case/index?id={}", case.id),
    };
    send_by_wechat(c, spine, message)
}

/// A notice that is about no case's event, for example that a device has become free. In the app at once; by WeChat when it leaves.
pub fn inform(c: &mut AnyConn, spine: &Spine, account: Id, kind: &str, title: &str, body: &str) -> Result<()> {
    use notices::dsl as n;
    let id = Id::at(spine.now);
    let row = (
        n::id.eq(id),
        n::account_id.eq(account),
        n::kind.eq(kind),
        n::title.eq(title),
        n::body.eq(body),
        n::created_at.eq(spine.now),
    );
    diesel::insert_into(n::notices).values(row).execute(c)?;
    let event = Informed { notice: id, account, title: title.to_owned() };
    let lane = format!("notice:{account}");
    let effect = Effect { kind: INFORMED, class: Class::Repeatable, lane: &lane, body: &event };
    outbox::push(c, &spine.keys, &effect, spine.now)
}

/// Kind of the outbox row that [`inform`] leaves.
pub const INFORMED: &str = "informed";

/// A notice that stands in the app and may go out by WeChat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Informed {
    notice: Id,
    account: Id,
    title: String,
}

/// Offers a notice to WeChat; a second call finds the message prepared.
pub async fn pass_on(app: &App, services: &Services, event: Informed) -> Result<()> {
    let spine = Spine::of(app, services);
    let Some(template) = app.settings.template("case_progress").map(ToOwned::to_owned) else { return Ok(()) };
    app.db
        .write(move |c| {
            if !ledger::allows(c, event.account, &template)? || wechat::prepared(c, event.notice)? {
                return Ok(());
            }
            let message = Message {
                notice: event.notice,
                account: event.account,
                template: template.clone(),
                service: event.title.clone(),
                state: "有新消息".to_owned(),
                day: beijing_date(spine.now).to_string(),
                page: "pages/notices/index".to_owned(),
            };
            send_by_wechat(c, &spine, message)
        })
        .await
}

/// Prepares a message and lets it leave once. One lane a resident: WeChat refuses two messages to one person at once.
fn send_by_wechat(c: &mut AnyConn, spine: &Spine, message: Message) -> Result<()> {
    wechat::prepare(c, message.notice, message.account, &message.template, spine.now)?;
    let lane = format!("wechat:{}", message.account);
    let effect = Effect { kind: MESSAGE, class: Class::OnceOnly, lane: &lane, body: &message };
    outbox::push(c, &spine.keys, &effect, spine.now)
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
        Action::Fulfil => NoticeEvent::Progress,
        Action::Remind => NoticeEvent::Reminded,
        Action::Hold => NoticeEvent::Held,
        Action::Resume => NoticeEvent::Resumed,
        Action::Climb => NoticeEvent::Climbed,
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
        | Action::Escalate
        | Action::Arrange
        | Action::Remark
        | Action::Urge
        | Action::Rate => return None,
    })
}

/// In the county's words; the day of a step that the service did not name means nothing to the applicant.
fn words(c: &mut AnyConn, service: &str, case: &Case, line: &Event) -> Result<Option<Words>> {
    let Some(event) = event_of(line.action, line.to_state) else { return Ok(None) };
    let due = case.due_at.filter(|_| event != NoticeEvent::Progress || line.reason.is_some());
    let day = due.map(|at| chinese_day(beijing_date(at)));
    let (title, body) = words::template(c, &case.county, event)?.fill(service, day.as_deref());
    Ok(Some(Words { title, body }))
}

fn chinese_day(day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    format!("{}月{}日", day.month(), day.day())
}
