//! Policy drafts for the administrator: begin, list, read, edit, discard.

use actix_web::{get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::office::accounts::guards::Worker;
use crate::office::accounts::{Administrator, staff};
use crate::office::administration::drafting::{self, Draft, DraftState, Filter, PolicyContent};
use crate::office::administration::events::{Change, Event};
use crate::office::administration::scope;
use crate::office::cases::service::Services;
use crate::office::policy::county;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::paging::After;
use crate::platform::http::{Answer, Body, Envelope, Failure, Labelled, Once, Page, PathId, Query, paging};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::calendar::rfc3339;
use crate::{form, labelled};

/// Mounts these operations.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(begin).service(list).service(one).service(edit).service(discard);
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
        county: draft.county.clone(),
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
    #[schema(value_type = String, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: AreaCode,
    #[schema(example = "device_rental")]
    service: String,
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

/// The content to begin with; 10002 when it is not said which.
fn beginning(c: &mut AnyConn, services: &Services, admin: &Worker, new: &NewDraft) -> Result<PolicyContent> {
    let mut faults = Faults::new();
    if new.county.level() > AreaLevel::County {
        faults.push("/county", "县（区）", "no_county", "政策由县（区）规定。", "请填写县（区）的十二位代码。");
    }
    if !services.all().any(|s| s.code() == new.service) {
        faults.push("/service", "服务", "unknown_service", "没有这项服务。", "请从服务列表中选择。");
    }
    if new.based_on.is_some() == new.content.is_some() {
        let way_out = "参照一个已发布的版本，或者自己写内容，两样里选一样。";
        faults.push("/based_on", "参照的版本", "one_of_two", "没有说明从哪里开始写。", way_out);
    }
    faults.settle()?;
    match (&new.content, new.based_on) {
        (Some(content), _) => Ok(content.clone()),
        (None, Some(id)) => {
            let policy = county::pinned(c, id)?;
            scope::within(admin, &policy.county)?;
            if policy.service == new.service { Ok(PolicyContent::of(&policy)) } else { Err(Error::not_found()) }
        }
        (None, None) => Err(Error::internal("a draft from nothing")),
    }
}

#[utoipa::path(tag = "administration", operation_id = "beginPolicyDraft", summary = "新建政策草稿",
    description = "从一个已发布的版本复制（based_on），或者直接给出内容（content）。已发布的版本永远不改；要改规定，就起草新的一版再发布。",
    params(Once), request_body = NewDraft,
    responses((status = 201, description = "草稿", body = Envelope<DraftView>),
        (status = 404, description = "10006 没有这个版本，或者县（区）不在您的管辖范围内", body = Failure)),
    security(("staff" = ["administrator"])))]
#[post("/staff/admin/policy-drafts")]
async fn begin(
    who: Administrator,
    once: Once,
    body: Body<NewDraft>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<DraftView>> {
    let (id, now, new, caller) = (app.clock.id(), app.clock.now_ms(), body.value, who.id);
    let services = services.get_ref().clone();
    let done = once.write(&app, caller, body.fingerprint, move |c| {
        scope::within(&who, &new.county)?;
        let content = beginning(c, &services, &who, &new)?;
        let draft = Draft::new((id, who.id, now), &new.county, &new.service, new.based_on, &content)?;
        draft.insert(c)?;
        let said = format!("{}，{}", new.service, content.source);
        Event::new(now, Some(who.id), Change::DraftBegun, id, Some(new.county)).words(None, said).record(c)?;
        view(c, &services, &draft)
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

/// Which drafts.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Twelve digits.
    #[param(value_type = String, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: AreaCode,
    #[param(example = "device_rental")]
    service: Option<String>,
    #[param(inline)]
    state: Option<DraftState>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "administration", operation_id = "listPolicyDrafts", summary = "政策草稿",
    description = "一个县（区）的草稿，最新的在前。县（区）不在您的管辖范围内时当作不存在。", params(Wanted),
    responses((status = 200, description = "一页草稿", body = Envelope<Page<DraftSummary>>),
        (status = 404, description = "10006 县（区）不在您的管辖范围内", body = Failure)), security(("staff" = ["administrator"])))]
#[get("/staff/admin/policy-drafts")]
async fn list(
    who: Administrator,
    query: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<DraftSummary>>> {
    let wanted = query.0;
    let filter = Filter { county: wanted.county, service: wanted.service, state: wanted.state };
    let named = format!("policy-drafts:{filter:?}");
    let (limit, after) = (paging::limit(wanted.limit)?, paging::open(&app, &named, wanted.cursor.as_deref())?);
    scope::within(&who, &filter.county)?;
    let read = app.db.read(move |c| {
        let rows = drafting::list(c, &filter, after, limit)?;
        let names = staff::names(c, rows.iter().map(|d| d.updated_by).collect())?;
        Ok((rows, names))
    });
    let (rows, names) = read.await?;
    let (rows, next_cursor) = paging::cut(&app, &named, rows, limit, |d| After { at: d.created_at, id: d.id })?;
    let items = rows.iter().map(|d| summary(&services, d, &names)).collect::<Result<_>>()?;
    Ok(Answer::ok(Page { items, next_cursor }))
}

#[utoipa::path(tag = "administration", operation_id = "getPolicyDraft", summary = "一份政策草稿", description = "草稿的状态、版本和内容。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "草稿", body = Envelope<DraftView>)), security(("staff" = ["administrator"])))]
#[get("/staff/admin/policy-drafts/{id}")]
async fn one(who: Administrator, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<DraftView>> {
    let services = services.get_ref().clone();
    let read = app.db.read(move |c| {
        let draft = drafting::in_scope(c, &who, id.0)?;
        view(c, &services, &draft)
    });
    Ok(Answer::ok(read.await?))
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

#[utoipa::path(tag = "administration", operation_id = "editPolicyDraft", summary = "修改政策草稿",
    description = "整份保存。可以先存下还不完整的规定，发布前再检查。两个人同时改时，后存的会得到 409，请看过对方的改动再存。",
    params(("id" = Id, Path, description = "草稿编号")), request_body = EditDraft,
    responses((status = 200, description = "已保存", body = Envelope<DraftView>),
        (status = 409, description = "10030 已被别人改过；27003 已发布或作废", body = Failure)), security(("staff" = ["administrator"])))]
#[put("/staff/admin/policy-drafts/{id}")]
async fn edit(
    who: Administrator,
    id: PathId,
    body: Body<EditDraft>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<DraftView>> {
    let (form, now, services) = (body.value, app.clock.now_ms(), services.get_ref().clone());
    let saved = app.db.write(move |c| {
        let mut draft = drafting::take(c, &who, id.0, form.version)?;
        draft.say(&form.content)?;
        draft.save(c, who.id, now)?;
        let (before, after) = (format!("第 {} 稿", form.version), format!("第 {} 稿", draft.version));
        Event::new(now, Some(who.id), Change::DraftSaved, id.0, Some(draft.area()?)).words(before, after).record(c)?;
        view(c, &services, &draft)
    });
    Ok(Answer::ok(saved.await?))
}

/// The draft as it was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDraft {
    #[schema(example = 1)]
    pub version: i64,
}

form!(SeenDraft { version: "版本" });

#[utoipa::path(tag = "administration", operation_id = "discardPolicyDraft", summary = "作废政策草稿", description = "作废后不能再改，记录保留。",
    params(("id" = Id, Path, description = "草稿编号"), Once), request_body = SeenDraft,
    responses((status = 200, description = "已作废", body = Envelope<DraftView>),
        (status = 409, description = "10030 已被别人改过；27003 已发布或作废", body = Failure)), security(("staff" = ["administrator"])))]
#[post("/staff/admin/policy-drafts/{id}/actions/discard")]
async fn discard(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<SeenDraft>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<DraftView>> {
    let (seen, now, caller, services) = (body.value.version, app.clock.now_ms(), who.id, services.get_ref().clone());
    let done = once.write(&app, caller, body.fingerprint, move |c| {
        let mut draft = drafting::take(c, &who, id.0, seen)?;
        draft.state = DraftState::Discarded;
        draft.save(c, who.id, now)?;
        Event::new(now, Some(who.id), Change::DraftDiscarded, id.0, Some(draft.area()?)).record(c)?;
        view(c, &services, &draft)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
