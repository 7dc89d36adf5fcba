//! Workers for the administrator: list, one, invite, edit, and which posts they hold.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::sessions::{self, Ending};
use crate::office::accounts::staff::Standing;
use crate::office::accounts::{Administrator, RevocationWatch, faults as account_codes, staff_admin};
use crate::office::administration::events::{Change, Event};
use crate::office::administration::invitations::{Code, Purpose};
use crate::office::administration::posts::{self, PostForm};
use crate::office::administration::workers::{Filter, WorkerView};
use crate::office::administration::{scope, staffing, workers as store};
use crate::office::cases::service::Office;
use crate::office::frame::{Call, Save, Write};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::Role;
use crate::rules::names::PersonName;
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        one,
        invite,
        edit: [account_codes::OWN_AFFAIR],
        replace_posts: [account_codes::OWN_AFFAIR],
    );
}

/// Which workers.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WorkerFilter {
    role: Option<Role>,
    /// Twelve digits: with a post there or below.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    area: Option<AreaCode>,
    #[param(inline)]
    status: Option<Standing>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/staff/admin/workers", tag = "administration", operation_id = "listWorkers", summary = "工作人员名单",
    description = "岗位全部在您管辖范围内的工作人员，按建立时间排列。可以按岗位、地区和账号状态筛选。",
    responses((status = 200, description = "一页工作人员")))]
async fn list(who: Administrator, query: Query<WorkerFilter>, call: Call) -> Result<Answer<Page<WorkerView>>> {
    let wanted = query.0;
    let filter = Filter { reach: scope::areas(&who), role: wanted.role, area: wanted.area, status: wanted.status };
    let named = format!("workers:{}:{filter:?}", who.id);
    call.page(&named, wanted.limit, wanted.cursor.as_deref(), move |c, office, after, limit| {
        store::list(c, &filter, after, limit, office.now)
    })
    .await
}

#[utoipa::path(get, path = "/staff/admin/workers/{id}", tag = "administration", operation_id = "getWorker", summary = "一名工作人员",
    description = "账号状态、岗位和版本。不在您管辖范围内的当作不存在。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "工作人员")))]
async fn one(who: Administrator, id: PathId, call: Call) -> Result<Answer<WorkerView>> {
    call.read(move |c, office| store::view(c, &who, id.0, office.now)).await
}

/// A new worker, who chooses user name and password with the code.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWorker {
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王丽")]
    name: PersonName,
    /// The worker as a person of the register, if known.
    person_id: Option<Id>,
    #[validate(length(min = 1, max = 10, message = "请给 1 至 10 个岗位。"))]
    #[schema(min_items = 1, max_items = 10)]
    posts: Vec<PostForm>,
}

form!(NewWorker {
    name: "姓名", person_id: "本人的人员编号", posts: "岗位", role: "岗位类型", area: "地区", point: "网点"
});

/// A worker and the one-time code for them.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct WorkerCode {
    pub worker: WorkerView,
    /// Give it to the worker by a safe way. Shown once: null when this answer is repeated, then ask for a new code.
    #[schema(example = "K7QM-2XWD-9RTA-HB4C")]
    pub code: Option<String>,
    #[schema(example = "2026-03-03T10:00:00+08:00", format = DateTime)]
    pub code_expires_at: String,
}

#[utoipa::path(post, path = "/staff/admin/workers", tag = "administration", operation_id = "inviteWorker", summary = "邀请工作人员",
    description = "建立账号并发出一次性邀请码（24 小时内有效，只显示这一次）。本人用邀请码自己设定用户名和密码，管理员不会知道密码。岗位只能给在您管辖范围内的。",
    responses((status = 201, description = "账号和邀请码")))]
async fn invite(who: Administrator, call: Write<NewWorker>) -> Result<Created<WorkerCode>> {
    let id = call.app.clock.id();
    let code = Code::draw(&call.app.keys)?;
    let drawn = code.clone();
    let caller = who.id;
    let invited = move |c: &mut AnyConn, office: &Office, new: &NewWorker| {
        let now = office.now;
        let posts = posts::checked(c, &office.services, &who, &new.posts, office.today())?;
        store::linkable(c, &who, new.person_id)?;
        staff_admin::insert(c, id, new.name.reveal(), new.person_id, now)?;
        staff_admin::post(c, id, &posts, now)?;
        let expires_at = drawn.issue(c, id, Purpose::Enrol, now)?;
        store::event(&who, Change::WorkerInvited, id, &posts, now).words(None, store::in_words(&posts)).record(c)?;
        Ok(WorkerCode { worker: store::view(c, &who, id, now)?, code: None, code_expires_at: rfc3339(expires_at) })
    };
    call.once_showing(caller, invited, |answer| answer.code = Some(code.text)).await
}

/// What may be changed about a worker.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditWorker {
    /// As it was seen.
    version: i64,
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王丽")]
    name: PersonName,
    person_id: Option<Id>,
}

form!(EditWorker { version: "版本", name: "姓名", person_id: "本人的人员编号" });

#[utoipa::path(put, path = "/staff/admin/workers/{id}", tag = "administration", operation_id = "editWorker", summary = "修改工作人员资料",
    description = "姓名，以及这名工作人员是名册中的哪一个人（用于回避：不能办理本人和家人的事）。不能改自己的。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "改好了")))]
async fn edit(who: Administrator, id: PathId, call: Save<EditWorker>) -> Result<Answer<WorkerView>> {
    call.save(move |c, office, form| {
        let (row, posts) = store::take(c, &who, id.0, form.version, office.now)?;
        store::linkable(c, &who, form.person_id)?;
        let name = form.name.reveal();
        staff_admin::describe(c, row.id, name, form.person_id)?;
        let linked = |p: Option<Id>| if p.is_some() { "已关联人员" } else { "没有关联人员" };
        let before = format!("{}，{}", row.name, linked(row.person_id));
        let after = format!("{name}，{}", linked(form.person_id));
        store::event(&who, Change::WorkerEdited, row.id, &posts, office.now).words(before, after).record(c)?;
        store::view(c, &who, row.id, office.now)
    })
    .await
}

/// All posts that the worker shall hold from now on.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplacePosts {
    /// As it was seen.
    version: i64,
    #[validate(length(min = 1, max = 10, message = "请给 1 至 10 个岗位；不再任职的请停用账号。"))]
    #[schema(min_items = 1, max_items = 10)]
    posts: Vec<PostForm>,
}

form!(ReplacePosts { version: "版本", posts: "岗位", role: "岗位类型", area: "地区", point: "网点" });

#[utoipa::path(put, path = "/staff/admin/workers/{id}/posts", tag = "administration", operation_id = "replaceWorkerPosts", summary = "调整岗位",
    description = "用这些岗位代替现在的全部岗位，马上生效：原来的登录一秒内退出，原来岗位上的办件不能再办。不能调整自己的岗位。",
    params(("id" = Id, Path, description = "工作人员编号")),
    responses((status = 200, description = "已调整")))]
async fn replace_posts(
    who: Administrator,
    id: PathId,
    asked: Save<ReplacePosts>,
    watch: web::Data<RevocationWatch>,
) -> Result<Answer<WorkerView>> {
    let Save { call, sent } = asked;
    let now = call.office.now;
    let moved = call.written(move |c, office| {
        let (row, old) = store::take(c, &who, id.0, sent.version, now)?;
        let new = posts::checked(c, &office.services, &who, &sent.posts, office.today())?;
        staffing::replace_posts(c, office, row.id, &new)?;
        let ended = sessions::end_all(c, row.id, Ending::Moved, now)?;
        let both: Vec<_> = old.iter().chain(&new).cloned().collect();
        let event: Event = store::event(&who, Change::PostsReplaced, row.id, &both, now);
        event.words(store::in_words(&old), store::in_words(&new)).record(c)?;
        Ok((store::view(c, &who, row.id, now)?, ended))
    });
    let (view, ended) = moved.await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(Answer::ok(view))
}
