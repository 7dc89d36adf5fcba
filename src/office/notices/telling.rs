//! From a case's event to notices: who is told what. Repeatable: a second telling finds the first.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::ledger;
use super::wechat::{self, MESSAGE, Message};
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
            let Some(words) = words(service, &case, line.action, line.to_state, line.reason.as_deref()) else { return Ok(()) };
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

/// What the applicant reads about an action; none for what concerns only the office.
fn words(service: &str, case: &Case, action: Action, to: State, step: Option<&str>) -> Option<Words> {
    let by = case.due_at.map(|d| format!("请在{}前办理。", chinese_day(beijing_date(d)))).unwrap_or_default();
    let (what, body) = match action {
        Action::Submit => ("已提交", "申请已经提交，十分钟内可以取消。".to_owned()),
        Action::Undo => ("已取消提交", "申请已经变回草稿，可以继续修改。".to_owned()),
        Action::Withdraw => ("已撤回", "申请已经撤回。".to_owned()),
        Action::Accept | Action::DeemAccepted => ("已受理", "申请已经受理，正在审核。".to_owned()),
        Action::Decline => ("不予受理", "申请没有被受理，原因请看办理记录。".to_owned()),
        Action::RequestCorrection => ("需要补正", format!("有材料需要补充，全部内容已经一次列出。{by}")),
        Action::Resubmit => ("补正已提交", "补正材料已经提交，继续审核。".to_owned()),
        Action::Approve if to == State::PublicNotice => ("正在公示", "申请已经通过审核，正在公示。".to_owned()),
        Action::Approve | Action::ApprovedByRule | Action::EndNotice => ("已批准", "申请已经批准，正在办理。".to_owned()),
        Action::Reject => ("不予批准", "申请没有获得批准，原因和救济办法请看办理记录。".to_owned()),
        Action::Expire => ("草稿已过期", "草稿放了六十天没有提交，已经清除，需要时可以重新申请。".to_owned()),
        Action::Lapse => ("已终止", "没有在期限内补正，申请已经终止，您可以重新申请。".to_owned()),
        Action::Complete => ("已办结", "事项已经办结，欢迎评价。".to_owned()),
        Action::Fulfil => {
            ("有新进展", format!("办理有了新进展，请打开办件查看。{}", if step.is_some() { by.as_str() } else { "" }))
        }
        Action::Remind => {
            ("补正期限快到了", format!("还有材料没有补好。{by}逾期申请会终止，不方便拍照可以到窗口或者请工作人员上门。"))
        }
        Action::Hold => ("暂缓办理", "办理暂时停一停，原因请看办理记录，恢复后会通知您。".to_owned()),
        Action::Resume => ("恢复办理", "已经恢复办理。".to_owned()),
        Action::Climb => ("由上级办理", "办理超过了期限，已经转给上一级办理。".to_owned()),
        Action::TakeBack => ("正在重新审核", "工作人员收回了上一步的决定，正在重新审核，请看办理记录。".to_owned()),
        Action::StopNotice => ("公示暂停", "公示期间有人提出异议，正在核实，结果会通知您。".to_owned()),
        Action::Appeal => ("已收到申诉", "您的申诉已经收到，由另外的工作人员办理。".to_owned()),
        Action::Merge => ("已并入另一件", "这一件与您的另一件是同一件事，已经合并办理。".to_owned()),
        Action::Recount => ("期限有变化", format!("放假安排有变化，期限已经重新计算。{by}")),
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
    };
    Some(Words { title: format!("{service}：{what}"), body })
}

fn chinese_day(day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    format!("{}月{}日", day.month(), day.day())
}
