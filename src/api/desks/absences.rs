//! A worker, or whoever leads the desk, states that the worker is away and who stands in; and who is away now.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::absences::{self, Absence, Why};
use crate::office::accounts::faults as account_codes;
use crate::office::accounts::guards::DeskOfficer;
use crate::office::accounts::staff;
use crate::office::desks::leave::{self, Wish};
use crate::office::frame::{Call, Write};
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Created, Labelled, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::dates::SentMoment;
use crate::rules::moments::Moment;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        state: [code::NOT_FOUND, account_codes::ALREADY_AWAY],
        end,
    );
}

/// Who is away, and who does the work meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct AbsenceView {
    id: Id,
    /// The version to send when it is ended.
    version: i64,
    worker_id: Id,
    #[schema(example = "王丽")]
    worker_name: String,
    deputy_id: Id,
    #[schema(example = "李强")]
    deputy_name: String,
    #[schema(example = "2026-11-23T09:00:00+08:00", format = DateTime)]
    from: String,
    /// The first moment of being back.
    #[schema(example = "2026-11-30T09:00:00+08:00", format = DateTime)]
    until: String,
    why: Labelled<Why>,
    /// It lasts now: the deputy holds the posts.
    lasts: bool,
    #[schema(example = "2026-11-27T09:00:00+08:00", format = DateTime)]
    ended_at: Option<String>,
}

fn views(c: &mut AnyConn, all: &[Absence], now: Moment) -> Result<Vec<AbsenceView>> {
    let names = staff::names(c, all.iter().flat_map(|a| [a.worker_id, a.deputy_id]).collect())?;
    let name = |id: Id| names.iter().find(|(of, _)| *of == id).map(|(_, name)| name.clone()).unwrap_or_default();
    let view = |a: &Absence| AbsenceView {
        id: a.id,
        version: a.version,
        worker_id: a.worker_id,
        worker_name: name(a.worker_id),
        deputy_id: a.deputy_id,
        deputy_name: name(a.deputy_id),
        from: rfc3339(a.from_at),
        until: rfc3339(a.until_at),
        why: labelled!(a.why),
        lasts: a.lasts(now),
        ended_at: a.ended_at.map(rfc3339),
    };
    Ok(all.iter().map(view).collect())
}

fn view(c: &mut AnyConn, id: Id, now: Moment) -> Result<AbsenceView> {
    let absence = absences::find(c, id)?;
    views(c, &[absence], now)?.pop().ok_or_else(Error::not_found)
}

#[utoipa::path(get, path = "/staff/absences", tag = "desks", operation_id = "listAbsences", summary = "谁请假、谁代班",
    description = "您所在窗口现在和以后的请假登记，开始得早的在前。",
    responses((status = 200, description = "一页请假登记")))]
async fn list(who: DeskOfficer, q: Query<Paged>, call: Call) -> Result<Answer<Page<AbsenceView>>> {
    let name = format!("absences:{}", who.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let found = absences::at_desks_of(c, &who, office.now, after, limit)?;
        let views = views(c, &found, office.now)?;
        Ok(paging::placed(&found, views, |a| After { at: a.from_at.ms(), id: a.id }))
    })
    .await
}

/// An absence to be stated.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct StateAbsence {
    /// Who is away; the caller when it is left out. Somebody else only by whoever leads all their desks.
    worker_id: Option<Id>,
    /// Who stands in: a colleague of the same county.
    deputy_id: Id,
    /// When it begins; now when it is left out.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-23T09:00:00+08:00")]
    #[serde(default, deserialize_with = "blank_is_none")]
    from: Option<SentMoment>,
    /// The first moment of being back.
    #[schema(value_type = String, format = DateTime, example = "2026-11-30T09:00:00+08:00")]
    until: SentMoment,
    #[schema(inline, example = "leave")]
    why: Why,
}
form!(StateAbsence {
    worker_id: "请假人", deputy_id: "代班人", from: "开始时间", until: "结束时间", why: "原因"
});

#[utoipa::path(post, path = "/staff/absences", tag = "desks", operation_id = "stateAbsence", summary = "登记请假和代班",
    description = "本人或者窗口负责人登记。请假期间代班人可以办理请假人窗口上的事项，回避以代班人为准；请假人领取的事项放回待办。到期自动结束，也可以提前结束。",
    responses((status = 201, description = "已登记")))]
async fn state(who: DeskOfficer, call: Write<StateAbsence>) -> Result<Created<AbsenceView>> {
    let id = call.app.clock.id();
    call.once(who.id, move |c, office, sent| {
        let wish = Wish {
            worker: sent.worker_id,
            deputy: sent.deputy_id,
            from: sent.from.map(SentMoment::at),
            until: sent.until.at(),
            why: sent.why,
        };
        leave::state(c, office, &who, id, &wish)?;
        view(c, id, office.now)
    })
    .await
}

/// An end before its time.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndAbsence {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
}
form!(EndAbsence { version: "版本" });

#[utoipa::path(post, path = "/staff/absences/{id}/actions/end", tag = "desks", operation_id = "endAbsence", summary = "提前结束请假",
    description = "本人或者窗口负责人结束。代班人按代班领取的事项放回待办。",
    params(("id" = Id, Path, description = "请假登记编号")),
    responses((status = 200, description = "已结束")))]
async fn end(who: DeskOfficer, id: PathId, call: Write<EndAbsence>) -> Result<Answer<AbsenceView>> {
    call.once(who.id, move |c, office, sent| {
        leave::end(c, office, &who, id.0, sent.version)?;
        view(c, id.0, office.now)
    })
    .await
}
