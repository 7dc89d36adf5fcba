//! What a worker may call: the queue of tickets of their desks, one ticket, and what can be done with it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::{AreaOfficer, Worker};
use crate::office::frame::{Call, Save, Write};
use crate::office::tickets::acts::Doer;
use crate::office::tickets::codes as ticket_codes;
use crate::office::tickets::queue::{self, Filter, TicketCounts};
use crate::office::tickets::ticket::{self, Kind, Outcome, Ticket};
use crate::office::tickets::views::{self, TicketSummary, TicketView};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Desk;
use crate::rules::text::{Note, PlainText};
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        counts,
        one,
        claim: [ticket_codes::NOT_NOW, ticket_codes::CLAIMED, ticket_codes::CONCERNED],
        note: [ticket_codes::NOT_NOW, ticket_codes::CONCERNED],
        answer: [ticket_codes::NOT_NOW, ticket_codes::CLAIMED, ticket_codes::CONCERNED],
        hand_on: [ticket_codes::NOT_NOW, ticket_codes::CLAIMED, ticket_codes::CONCERNED],
        close: [ticket_codes::NOT_NOW, ticket_codes::CLAIMED, ticket_codes::CONCERNED],
        show_contact: [ticket_codes::NOT_NOW, ticket_codes::CLAIMED, ticket_codes::CONCERNED, ticket_codes::NO_PHONE],
    );
}

coded_enum! {
    /// A part of the queue.
    pub enum Part {
        All = "all", "全部";
        Mine = "mine", "我领取的";
        Pool = "pool", "还没有人领取的";
        Overdue = "overdue", "已超期的";
    }
}

/// What of the queue.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketQueueFilter {
    #[param(inline)]
    kind: Option<Kind>,
    #[param(inline, example = "all")]
    view: Option<Part>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/staff/tickets", tag = "tickets", operation_id = "listTicketQueue", summary = "待办的群众反映",
    description = "您负责的窗口现在要办的反映、差评整改、电话和上门，期限最近的在前。等待反映人确认的不在内。",
    responses((status = 200, description = "一页待办")))]
async fn list(who: AreaOfficer, q: Query<TicketQueueFilter>, call: Call) -> Result<Answer<Page<TicketSummary>>> {
    let worker = who.0;
    let view = q.0.view;
    let mine = view == Some(Part::Mine);
    let pool = view == Some(Part::Pool);
    let overdue = view == Some(Part::Overdue);
    let filter = Filter { kind: q.0.kind, mine, pool, overdue };
    let name = format!("tickets:{}:{filter:?}", worker.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let rows = queue::list(c, &worker, &filter, office.now, after, limit)?;
        views::desk_lines(c, &worker, &rows, office.now)
    })
    .await
}

/// What of the queue to count.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketCountFilter {
    #[param(inline)]
    kind: Option<Kind>,
}

#[utoipa::path(get, path = "/staff/tickets/counts", tag = "tickets", operation_id = "countTicketQueue", summary = "待办群众反映的数量",
    description = "与待办列表同一口径的准确数量。",
    responses((status = 200, description = "数量")))]
async fn counts(who: AreaOfficer, q: Query<TicketCountFilter>, call: Call) -> Result<Answer<TicketCounts>> {
    let filter = Filter { kind: q.0.kind, ..Filter::default() };
    call.read(move |c, office| queue::counts(c, &who.0, &filter, office.now)).await
}

#[utoipa::path(get, path = "/staff/tickets/{id}", tag = "tickets", operation_id = "getTicket", summary = "查看群众反映（工作人员）",
    description = "本窗口和下级窗口的一件，附全部记录和您现在可以做什么。差评涉及您本人的办件时，不显示评价人。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "反映")))]
async fn one(who: AreaOfficer, id: PathId, call: Call) -> Result<Answer<TicketView>> {
    call.read(move |c, office| {
        let ticket = ticket::in_sight(c, &who, id.0)?;
        views::for_worker(c, office, &ticket, &who)
    })
    .await
}

/// One act of a worker, and the ticket afterwards.
async fn acted<B, F>(worker: Worker, call: Write<B>, act: F) -> Result<Answer<TicketView>>
where
    B: Send + 'static,
    F: Fn(&mut AnyConn, &Doer<'_>, &B) -> Result<Ticket> + Send + 'static,
{
    call.once(worker.id, move |c, office, sent| {
        let ticket = act(c, &Doer { office, worker: &worker }, sent)?;
        views::for_worker(c, office, &ticket, &worker)
    })
    .await
}

/// On what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimTicket {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
}
form!(ClaimTicket { version: "版本" });

#[utoipa::path(post, path = "/staff/tickets/{id}/actions/claim", tag = "tickets", operation_id = "claimTicket", summary = "领取群众反映",
    description = "领取后在规定时间内由您办理，到时自动放回。差评涉及您本人、或者与您家人有关的，由其他同事办理。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已领取")))]
async fn claim(who: AreaOfficer, id: PathId, call: Write<ClaimTicket>) -> Result<Answer<TicketView>> {
    acted(who.0, call, move |c, doer, sent| doer.claim(c, id.0, sent.version)).await
}

/// Words for colleagues.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketNote {
    #[schema(value_type = String, min_length = 2, max_length = 1000, example = "已电话联系学校教务处。")]
    text: Note<2, 1000>,
}
form!(TicketNote { text: "内部记录" });

#[utoipa::path(post, path = "/staff/tickets/{id}/actions/note", tag = "tickets", operation_id = "noteOnTicket", summary = "内部记录",
    description = "只有工作人员能看到的记录，不影响办理状态。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已记录")))]
async fn note(who: AreaOfficer, id: PathId, call: Write<TicketNote>) -> Result<Answer<TicketView>> {
    acted(who.0, call, move |c, doer, sent| doer.note(c, id.0, &sent.text)).await
}

/// The answer that the resident reads.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketAnswer {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[schema(value_type = String, min_length = 2, max_length = 1000, example = "已经和学校联系，证明明天可以补开。")]
    text: Note<2, 1000>,
}
form!(TicketAnswer { version: "版本", text: "答复" });

#[utoipa::path(post, path = "/staff/tickets/{id}/actions/answer", tag = "tickets", operation_id = "answerTicket", summary = "答复",
    description = "答复会通知反映人。反映人可以确认解决，也可以说没有解决；到期没有意见就结束。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已答复")))]
async fn answer(who: AreaOfficer, id: PathId, call: Write<TicketAnswer>) -> Result<Answer<TicketView>> {
    acted(who.0, call, move |c, doer, sent| doer.answer(c, id.0, sent.version, &sent.text)).await
}

/// To whom (village, town or county), and why.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandTicketOn {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[schema(inline, example = "town")]
    desk: Desk,
    /// Why; the resident reads it.
    #[schema(value_type = String, min_length = 2, max_length = 500, example = "需要镇里和学校一起协调。")]
    text: Note<2, 500>,
}
form!(HandTicketOn { version: "版本", desk: "转交给", text: "原因" });

#[utoipa::path(post, path = "/staff/tickets/{id}/actions/hand-on", tag = "tickets", operation_id = "handOnTicket", summary = "转交",
    description = "转给村（社区）、镇（街道）或者县（区），期限不变。那里没有人能办时转给再上一级。原因反映人能看到。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已转交")))]
async fn hand_on(who: AreaOfficer, id: PathId, call: Write<HandTicketOn>) -> Result<Answer<TicketView>> {
    acted(who.0, call, move |c, doer, sent| doer.hand_on(c, id.0, sent.version, sent.desk, &sent.text)).await
}

/// What came of it: reached and not_reached for a call; visited and not_reached for a visit; solved and explained after an answer.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseTicket {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[schema(inline, example = "reached")]
    outcome: Outcome,
    /// Words that the resident reads.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "已电话说明需要补的材料。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    text: Option<Note<1, 500>>,
}
form!(CloseTicket { version: "版本", outcome: "结果", text: "说明" });

#[utoipa::path(post, path = "/staff/tickets/{id}/actions/close", tag = "tickets", operation_id = "closeTicket", summary = "登记结果",
    description = "电话：已联系上，或者没有联系上（过几天再联系，次数够了改为上门）。上门：已上门，或者没有见到。反映和差评：先答复，再登记已解决或已说明清楚。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已登记")))]
async fn close(who: AreaOfficer, id: PathId, call: Write<CloseTicket>) -> Result<Answer<TicketView>> {
    acted(who.0, call, move |c, doer, sent| doer.close(c, id.0, sent.version, sent.outcome, sent.text.as_deref())).await
}

/// What for.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShowTicketContact {
    /// It is written down with your name.
    #[schema(value_type = String, min_length = 4, max_length = 100, example = "电话告知补正材料")]
    purpose: PlainText<4, 100>,
}
form!(ShowTicketContact { purpose: "查看原因" });

/// Not to be kept.
#[derive(Serialize, Deserialize, ToSchema)]
struct TicketContact {
    #[schema(example = "19100000001")]
    phone: String,
}

#[utoipa::path(post, path = "/staff/tickets/{id}/actions/show-contact", tag = "tickets", operation_id = "showTicketContact", summary = "查看联系电话",
    description = "打电话前查看号码，必须写明原因。每次查看都会连同您的姓名、时间和原因一起记录。重复调用会再记录一次。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "联系电话")))]
async fn show_contact(who: AreaOfficer, id: PathId, call: Save<ShowTicketContact>) -> Result<Answer<TicketContact>> {
    call.save(move |c, office, sent| {
        let doer = Doer { office, worker: &who };
        Ok(TicketContact { phone: doer.show_contact(c, id.0, &sent.purpose)?.1 })
    })
    .await
}
