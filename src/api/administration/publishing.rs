//! Published policies and the way there: versions, one version, check, preview on past cases, publish.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::drafts::{self, DraftView, SeenDraft};
use crate::office::accounts::{Administrator, staff};
use crate::office::administration::drafting::{self, PolicyContent};
use crate::office::administration::preview::{self, DraftPreview};
use crate::office::administration::{codes as administration_codes, publishing, scope};
use crate::office::frame::{Call, Write};
use crate::office::policy::county::{self, Version};
use crate::operations;
use crate::platform::code;
use crate::platform::error::{Detail, Result};
use crate::platform::http::paging::{After, Cursor};
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::moments::Moment;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        versions: [code::NOT_FOUND],
        version,
        check,
        try_out,
        publish: [administration_codes::DRAFT_CLOSED],
    );
}

/// Whose policy for what.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VersionFilter {
    /// Twelve digits.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    #[param(value_type = String, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "device_rental")]
    service: Code<1, 60>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

/// A published version, which never changes.
#[derive(Serialize, ToSchema)]
struct PolicyVersion {
    id: Id,
    #[schema(example = 2)]
    version: i64,
    #[schema(example = "2026-09-01", format = Date)]
    effective_from: String,
    #[schema(example = "甲区残疾人联合会")]
    owner: String,
    #[schema(example = "甲残联〔2026〕8号")]
    source: String,
    #[schema(example = "2026-08-20T10:00:00+08:00", format = DateTime)]
    published_at: String,
    /// Null when it was published on the command line.
    #[schema(example = "陈管理")]
    published_by: Option<String>,
}

impl PolicyVersion {
    fn of(v: Version, names: &[(Id, String)]) -> PolicyVersion {
        let name = |by: Id| names.iter().find(|(id, _)| *id == by).map(|(_, name)| name.clone());
        PolicyVersion {
            id: v.id,
            version: v.version,
            effective_from: v.effective_from,
            owner: v.owner,
            source: v.source,
            published_at: rfc3339(v.published_at),
            published_by: v.published_by.and_then(name),
        }
    }
}

#[utoipa::path(get, path = "/staff/admin/policies", tag = "administration", operation_id = "listPolicyVersions", summary = "政策的历次版本",
    description = "一个县（区）一项服务发布过的全部版本，最新的在前。",
    responses((status = 200, description = "一页版本")))]
async fn versions(who: Administrator, query: Query<VersionFilter>, call: Call) -> Result<Answer<Page<PolicyVersion>>> {
    let wanted = query.0;
    let name = format!("policies:{}:{}", wanted.county, wanted.service);
    scope::within(&who, &wanted.county)?;
    call.page(&name, wanted.limit, wanted.cursor.clone().as_deref(), move |c, _, after, limit| {
        let rows = county::versions(c, &wanted.county, &wanted.service, after.map(|a| a.at), limit)?;
        let names = staff::names(c, rows.iter().filter_map(|v| v.published_by).collect())?;
        let line = |v: Version| (After { at: v.version, id: v.id }, PolicyVersion::of(v, &names));
        Ok(rows.into_iter().map(line).collect())
    })
    .await
}

/// One published version with what it says.
#[derive(Serialize, ToSchema)]
struct PolicyDetail {
    policy: PolicyVersion,
    content: PolicyContent,
}

#[utoipa::path(get, path = "/staff/admin/policies/{id}", tag = "administration", operation_id = "getPolicyVersion", summary = "一个政策版本",
    description = "版本的全部内容。",
    params(("id" = Id, Path, description = "版本编号")),
    responses((status = 200, description = "版本")))]
async fn version(who: Administrator, id: PathId, call: Call) -> Result<Answer<PolicyDetail>> {
    call.read(move |c, _| {
        let policy = county::pinned(c, id.0)?;
        scope::within(&who, &policy.county)?;
        let (published_at, published_by) = county::published(c, policy.id)?;
        let names = staff::names(c, published_by.into_iter().collect())?;
        let content = PolicyContent::of(&policy);
        let row = Version {
            id: policy.id,
            version: policy.version,
            effective_from: policy.effective_from.to_string(),
            owner: policy.owner,
            source: policy.source,
            published_at,
            published_by,
        };
        Ok(PolicyDetail { policy: PolicyVersion::of(row, &names), content })
    })
    .await
}

/// Whether a draft can be published.
#[derive(Serialize, ToSchema)]
struct DraftCheck {
    publishable: bool,
    /// Everything to mend, the service's own part included.
    faults: Vec<Detail>,
}

#[utoipa::path(get, path = "/staff/admin/policy-drafts/{id}/check", tag = "administration", operation_id = "checkPolicyDraft", summary = "检查政策草稿",
    description = "一次列出全部问题，包括服务自己的规定。没有问题才能发布。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "检查结果")))]
async fn check(who: Administrator, id: PathId, call: Call) -> Result<Answer<DraftCheck>> {
    call.read(move |c, office| {
        let draft = drafting::in_scope(c, &who, id.0)?;
        let policy = draft.policy(draft.id, None, Moment::EPOCH)?;
        let faults = publishing::faults(&office.services, &draft.service, &policy.common, &policy.terms);
        Ok(DraftCheck { publishable: faults.is_empty(), faults })
    })
    .await
}

/// On how many past cases.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PreviewSize {
    /// 1 to 50, usually 20.
    cases: Option<i64>,
}

#[utoipa::path(get, path = "/staff/admin/policy-drafts/{id}/preview", tag = "administration", operation_id = "previewPolicyDraft", summary = "在以往办件上试一试",
    description = "把草稿套用到本县（区）这项服务最近提交的办件上，列出材料、条件和期限会有不同的办件。只看不改。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "会有哪些不同")))]
async fn try_out(who: Administrator, id: PathId, query: Query<PreviewSize>, call: Call) -> Result<Answer<DraftPreview>> {
    let count = preview::count(query.0.cases)?;
    call.read(move |c, office| {
        let draft = drafting::in_scope(c, &who, id.0)?;
        preview::of_draft(c, office, &draft, count)
    })
    .await
}

#[utoipa::path(post, path = "/staff/admin/policy-drafts/{id}/actions/publish", tag = "administration", operation_id = "publishPolicyDraft", summary = "发布政策",
    description = "发布后永远不能修改。新办件从生效日起按新版办理，已经开始的办件仍按原来的版本。生效日不能早于上一版。",
    params(("id" = Id, Path, description = "草稿编号")),
    responses((status = 200, description = "已发布")))]
async fn publish(who: Administrator, id: PathId, call: Write<SeenDraft>) -> Result<Answer<DraftView>> {
    let policy = call.app.clock.id();
    call.once(who.id, move |c, office, sent| {
        let draft = publishing::publish_draft(c, &office.services, &who, id.0, sent.version, policy, office.now)?;
        drafts::view(c, &office.services, &draft)
    })
    .await
}
