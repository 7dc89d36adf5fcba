//! Policy drafts for the administrator: begin, list, read, edit, discard.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::{Administrator, staff};
use crate::office::administration::drafting::{self, Base, Draft, DraftState, Filter, PolicyContent};
use crate::office::administration::events::{Change, Event};
use crate::office::administration::{codes as administration_codes, scope};
use crate::office::cases::service::Services;
use crate::office::frame::{Call, Save, Write};
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::{self, After, Cursor};
use crate::platform::http::{Answer, Created, Labelled, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        begin: [code::NOT_FOUND],
        list: [code::NOT_FOUND],
        one,
        edit: [administration_codes::DRAFT_CLOSED],
        discard: [administration_codes::DRAFT_CLOSED],
    );
}

/// A draft in a list.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DraftSummary {
    pub id: Id,
    #[schema(example = "990101000000")]
    county: String,
    service: Labelled,
    /// open, published, discarded.
    state: Labelled<DraftState>,
    /// The version to send with the next change.
    #[schema(example = 1)]
    version: i64,
    /// The published version that it was cloned from.
    based_on: Option<Id>,
    /// The version that it became.
    policy_id: Option<Id>,
    #[schema(example = "2026-03-10T09:00:00+08:00", format = DateTime)]
    updated_at: String,
    /// Who changed it last.
    #[schema(example = "陈管理")]
    updated_by: String,
}

/// A draft with what it says.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DraftView {
    pub draft: DraftSummary,
    pub content: PolicyContent,
}

fn summary(services: &Services, draft: &Draft, names: &[(Id, String)]) -> Result<DraftSummary> {
    let name = names.iter().find(|(id, _)| *id == draft.updated_by).map(|(_, name)| name.clone());
    Ok(DraftSummary {
        id: draft.id,
        county: draft.county.to_string(),
        service: Labelled::new(&draft.service, services.get(&draft.service)?.label()),
        state: labelled!(draft.state),
        version: draft.version,
        based_on: draft.based_on,
        policy_id: draft.policy_id,
        updated_at: rfc3339(draft.updated_at),
        updated_by: name.unwrap_or_default(),
    })
}

/// The answer about one draft.
pub fn view(c: &mut AnyConn, services: &Services, draft: &Draft) -> Result<DraftView> {
    let names = staff::names(c, vec![draft.updated_by])?;
    Ok(DraftView { draft: summary(services, draft, &names)?, content: draft.content()? })
}

/// Where a draft begins: at a published version, or with a content of its own.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDraft {
    /// Twelve digits.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    #[schema(value_type = String, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "device_rental")]
    service: Code<1, 60>,
    /// Clone this version, also one of another county of yours. Leave out when `content` is given.
    based_on: Option<Id>,
    #[validate(nested)]
    content: Option<PolicyContent>,
}

form!(NewDraft {
    county: "县（区）",
    service: "服务",
    based_on: "参照的版本",
    content: "内容",
    effective_from: "生效日期",
    owner: "负责单位",
    source: "依据",
    common: "共同规定",
    chain: "办理流程",
    materials: "材料",
    terms: "服务自己的规定"
});

#[utoipa::path(post, path = "/staff/admin/policy-drafts", tag = "administration", operation_id = "beginPolicyDraft", summary = "新建政策草稿",
    description = "从一个已发布的版本复制（based_on），或者直接给出内容（content）。已发布的版本永远不改；要改规定，就起草新的一版再发布。",
    responses((status = 201, description = "草稿")))]
async fn begin(who: Administrator, call: Write<NewDraft>) -> Result<Created<DraftView>> {
    let id = call.app.clock.id();
    call.once(who.id, move |c, office, new| {
        scope::within(&who, &new.county)?;
        let base = Base { county: new.county, service: &new.service, based_on: new.based_on, content: new.content.as_ref() };
        let content = base.content(c, &office.services, &who)?;
        let draft = base.draft(id, who.id, office.now, &content)?;
        draft.insert(c)?;
        let said = format!("{}，{}", new.service.as_str(), content.source);
        Event::new(office.now, Some(who.id), Change::DraftBegun, id, Some(new.county)).words(None, said).record(c)?;
        view(c, &office.services, &draft)
    })
    .await
}

/// Which drafts.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DraftFilter {
    /// Twelve digits.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "device_rental")]
    #[serde(default, deserialize_with = "blank_is_none")]
    service: Option<Code<1, 60>>,
    #[param(inline)]
    state: Option<DraftState>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/staff/admin/policy-drafts", tag = "administration", operation_id = "listPolicyDrafts", summary = "政策草稿",
    description = "一个县（区）的草稿，最新的在前。县（区）不在您的管辖范围内时当作不存在。",
    responses((status = 200, description = "一页草稿")))]
async fn list(who: Administrator, query: Query<DraftFilter>, call: Call) -> Result<Answer<Page<DraftSummary>>> {
    let wanted = query.0;
    let filter = Filter { county: wanted.county, service: wanted.service.map(Code::into_string), state: wanted.state };
    let name = format!("policy-drafts:{filter:?}");
    scope::within(&who, &filter.county)?;
    call.page(&name, wanted.limit, wanted.cursor.as_deref(), move |c, office, after, limit| {
        let rows = drafting::list(c, &filter, after, limit)?;
        let names = staff::names(c, rows.iter().map(|d| d.updated_by).collect())?;
        let summaries = rows.iter().map(|d| summary(&office.services, d, &names)).collect::<Result<_>>()?;
        Ok(paging::placed(&rows, summaries, |d| After { at: d.created_at.ms(), id: d.id }))
    })
    .await
}

#[utoipa::path(get, path = "/staff/admin/policy-drafts/{id}", tag = "administration", operation_id = "getPolicyDraft", summary = "一份政策草稿",
    description = "草稿的状态、版本和内容。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "草稿")))]
async fn one(who: Administrator, id: PathId, call: Call) -> Result<Answer<DraftView>> {
    call.read(move |c, office| {
        let draft = drafting::in_scope(c, &who, id.0)?;
        view(c, &office.services, &draft)
    })
    .await
}

/// The whole content of a draft.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditDraft {
    /// As it was seen.
    #[schema(example = 1)]
    version: i64,
    #[validate(nested)]
    content: PolicyContent,
}

form!(EditDraft {
    version: "版本",
    content: "内容",
    effective_from: "生效日期",
    owner: "负责单位",
    source: "依据",
    common: "共同规定",
    chain: "办理流程",
    materials: "材料",
    terms: "服务自己的规定"
});

#[utoipa::path(put, path = "/staff/admin/policy-drafts/{id}", tag = "administration", operation_id = "editPolicyDraft", summary = "修改政策草稿",
    description = "整份保存。可以先存下还不完整的规定，发布前再检查。两个人同时改时，后存的会得到 409，请看过对方的改动再存。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "已保存")))]
async fn edit(who: Administrator, id: PathId, call: Save<EditDraft>) -> Result<Answer<DraftView>> {
    call.save(move |c, office, form| {
        let mut draft = drafting::take(c, &who, id.0, form.version)?;
        draft.say(&form.content)?;
        draft.save(c, who.id, office.now)?;
        let before = format!("第 {} 稿", form.version);
        let after = format!("第 {} 稿", draft.version);
        Event::new(office.now, Some(who.id), Change::DraftSaved, id.0, Some(draft.county)).words(before, after).record(c)?;
        view(c, &office.services, &draft)
    })
    .await
}

/// The draft as it was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDraft {
    #[schema(example = 1)]
    pub version: i64,
}

form!(SeenDraft { version: "版本" });

#[utoipa::path(post, path = "/staff/admin/policy-drafts/{id}/actions/discard", tag = "administration", operation_id = "discardPolicyDraft", summary = "作废政策草稿",
    description = "作废后不能再改，记录保留。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "已作废")))]
async fn discard(who: Administrator, id: PathId, call: Write<SeenDraft>) -> Result<Answer<DraftView>> {
    call.once(who.id, move |c, office, sent| {
        let mut draft = drafting::take(c, &who, id.0, sent.version)?;
        draft.state = DraftState::Discarded;
        draft.save(c, who.id, office.now)?;
        Event::new(office.now, Some(who.id), Change::DraftDiscarded, id.0, Some(draft.county)).record(c)?;
        view(c, &office.services, &draft)
    })
    .await
}
