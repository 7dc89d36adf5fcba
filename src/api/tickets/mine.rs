//! What a resident may call: report or ask, my tickets, add words, say whether the answer solved it.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::Resident;
use crate::office::cases::service::Office;
use crate::office::frame::{Call, Write};
use crate::office::tickets::asking::{self, Wish};
use crate::office::tickets::open::open;
use crate::office::tickets::ticket::{self, Kind, Ticket};
use crate::office::tickets::views::{self, TicketSummary, TicketView};
use crate::office::tickets::{codes as ticket_codes, queue};
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::text::Note;
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        ask: [code::NOT_FOUND, ticket_codes::TOO_MANY],
        list,
        one,
        add: [ticket_codes::NOT_NOW],
        confirm: [ticket_codes::NOT_NOW],
        not_solved: [ticket_codes::NOT_NOW, ticket_codes::REOPENED],
    );
}

coded_enum! {
    /// What a resident may open; a bad rating opens its own.
    pub enum Asked {
        Unresolved = "unresolved", "办不成事反映";
        Problem = "problem", "反馈问题（信访）";
        PhoneCall = "phone_call", "请给我打电话";
        Visit = "visit", "请上门服务";
    }
}

impl Asked {
    fn kind(self) -> Kind {
        match self {
            Asked::Unresolved => Kind::Unresolved,
            Asked::Problem => Kind::Problem,
            Asked::PhoneCall => Kind::PhoneCall,
            Asked::Visit => Kind::Visit,
        }
    }
}

/// What somebody reports or asks for.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenTicket {
    #[schema(inline, example = "unresolved")]
    kind: Asked,
    #[schema(value_type = String, min_length = 2, max_length = 1000, example = "学校不肯开在读证明，申请交不上去。")]
    text: Note<2, 1000>,
    /// One of your cases, when it is about one.
    case_id: Option<Id>,
    /// Whom it is about, one of `GET /me/persons`; yourself when left out.
    person_id: Option<Id>,
    /// Where: needed while nobody knows who you are. Twelve digits of `GET /public/areas`, county or smaller.
    #[schema(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101100200")]
    #[serde(default, deserialize_with = "blank_is_none")]
    area: Option<AreaCode>,
}
form!(OpenTicket { kind: "类别", text: "情况说明", case_id: "办件", person_id: "谁的事", area: "所在地" });

#[utoipa::path(post, path = "/me/tickets", tag = "tickets", operation_id = "openTicket", summary = "反映问题、请求联系",
    description = "办不成事、反馈问题、请给我打电话、请上门服务。没有核实身份也可以提，但要选择所在地。同一个人同一件事的电话或上门请求只保留一件，再提会补充进去。",
    responses((status = 201, description = "已收到，含办理期限")))]
async fn ask(who: Resident, call: Write<OpenTicket>) -> Result<Created<TicketView>> {
    let account = who.account;
    call.once(account, move |c, office, sent| {
        let wish = Wish { kind: sent.kind.kind(), text: &sent.text, case: sent.case_id, person: sent.person_id, area: sent.area };
        let new = asking::wished(c, office, account, &wish)?;
        let id = open(c, office, &new)?;
        let ticket = ticket::find(c, id)?;
        views::for_resident(c, office, &ticket)
    })
    .await
}

/// Which of my tickets.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MyTicketFilter {
    /// true: not closed yet; false: closed.
    live: Option<bool>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/me/tickets", tag = "tickets", operation_id = "listMyTickets", summary = "我的反映",
    description = "您提出的反映和请求，以及因为您的差评而开始的整改，最新的在前。数量见 `GET /me/bootstrap`。",
    responses((status = 200, description = "一页")))]
async fn list(who: Resident, q: Query<MyTicketFilter>, call: Call) -> Result<Answer<Page<TicketSummary>>> {
    let live = q.0.live;
    let name = format!("my-tickets:{}:{live:?}", who.account);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let rows = queue::list_own(c, who.account, live, after, limit)?;
        views::own_lines(c, &rows, office.now)
    })
    .await
}

#[utoipa::path(get, path = "/me/tickets/{id}", tag = "tickets", operation_id = "getMyTicket", summary = "查看我的反映",
    description = "办到哪一步、由谁办、哪天前答复、答复内容，以及您现在可以做什么。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "反映")))]
async fn one(who: Resident, id: PathId, call: Call) -> Result<Answer<TicketView>> {
    call.read(move |c, office| {
        let ticket = ticket::owned(c, who.account, id.0)?;
        views::for_resident(c, office, &ticket)
    })
    .await
}

/// More words.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketWords {
    #[schema(value_type = String, min_length = 2, max_length = 1000, example = "学校说要等到下周一。")]
    text: Note<2, 1000>,
}
form!(TicketWords { text: "补充说明" });

/// On what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketSolved {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
}
form!(TicketSolved { version: "版本" });

/// Why the answer did not solve it.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketNotSolved {
    /// The version that was seen.
    #[schema(example = 3)]
    version: i64,
    #[schema(value_type = String, min_length = 2, max_length = 1000, example = "证明还是没有开出来。")]
    text: Note<2, 1000>,
}
form!(TicketNotSolved { version: "版本", text: "哪里没有解决" });

/// One change of the resident's own ticket, and the ticket afterwards.
async fn changed<B, F>(who: Resident, call: Write<B>, change: F) -> Result<Answer<TicketView>>
where
    B: Send + 'static,
    F: Fn(&mut AnyConn, &Office, &B) -> Result<Ticket> + Send + 'static,
{
    call.once(who.account, move |c, office, sent| {
        let ticket = change(c, office, sent)?;
        views::for_resident(c, office, &ticket)
    })
    .await
}

#[utoipa::path(post, path = "/me/tickets/{id}/actions/add", tag = "tickets", operation_id = "addToTicket", summary = "补充说明",
    description = "给还没有结束的反映补充说明，工作人员会看到。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已补充")))]
async fn add(who: Resident, id: PathId, call: Write<TicketWords>) -> Result<Answer<TicketView>> {
    changed(who, call, move |c, office, sent| asking::add(c, office, who.account, id.0, &sent.text)).await
}

#[utoipa::path(post, path = "/me/tickets/{id}/actions/confirm", tag = "tickets", operation_id = "confirmTicket", summary = "确认已经解决",
    description = "收到答复后确认问题已经解决，这件反映就结束了。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已结束")))]
async fn confirm(who: Resident, id: PathId, call: Write<TicketSolved>) -> Result<Answer<TicketView>> {
    changed(who, call, move |c, office, sent| asking::confirm(c, office, who.account, id.0, sent.version)).await
}

#[utoipa::path(post, path = "/me/tickets/{id}/actions/not-solved", tag = "tickets", operation_id = "reopenTicket", summary = "没有解决",
    description = "收到答复但问题没有解决时使用，只能用一次：转给上一级重新办理，重新计算期限。",
    params(("id" = Id, Path, description = "反映编号")),
    responses((status = 200, description = "已重新办理")))]
async fn not_solved(who: Resident, id: PathId, call: Write<TicketNotSolved>) -> Result<Answer<TicketView>> {
    changed(who, call, move |c, office, sent| asking::reopen(c, office, who.account, id.0, sent.version, &sent.text)).await
}
