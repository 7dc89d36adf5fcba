//! What somebody may call who takes on the cases of an applicant whose right to act has ended.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::Resident;
use crate::office::cases::access::consents;
use crate::office::cases::filing::taking_on;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::showing::mine;
use crate::office::cases::showing::views::{self, CaseSummary, CaseView};
use crate::office::frame::{Call, Write};
use crate::platform::error::Result;
use crate::platform::http::paging::Paged;
use crate::platform::http::{Answer, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        take_on: [case_codes::NOT_NOW, consents::NEEDED, consents::CHANGED],
    );
}

#[utoipa::path(get, path = "/cases/to-take-on", tag = "cases", operation_id = "listCasesToTakeOn", summary = "待接手的办件",
    description = "您可以代办的人还有办件在办，但原来的申请人已不能代办，或者是工作人员代为办理的，您可以接手。最新的在前。",
    responses((status = 200, description = "一页办件")))]
async fn list(who: Resident, q: Query<Paged>, call: Call) -> Result<Answer<Page<CaseSummary>>> {
    let name = format!("to-take-on:{}", who.account);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        mine::may_take_on(c, office, who.account, after, limit)
    })
    .await
}

/// Taking a case on.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeOn {
    /// The version that was seen.
    #[schema(value_type = i64, example = 4)]
    version: Version,
    /// Version of the privacy text that the caller agreed to (`GET /bootstrap`).
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "2026-11")]
    #[serde(default, deserialize_with = "blank_is_none")]
    consent: Option<Code<1, 40>>,
}
form!(TakeOn { version: "版本", consent: "个人信息处理同意书" });

#[utoipa::path(post, path = "/cases/{id}/actions/take-on", tag = "cases", operation_id = "takeOnCase", summary = "接手办件",
    description = "原来的申请人已不能代办，或者是工作人员代为办理的，由本人或其他可以代办的人接手，之后的办理都由接手的人进行；原来的申请人已不能代办、等待补正的，补正期限从接手时重新计算。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已接手")))]
async fn take_on(who: Resident, id: PathId, call: Write<TakeOn>) -> Result<Answer<CaseView>> {
    call.once(who.account, move |c, office, sent| {
        let case = taking_on::take_on(c, office, who.account, id.0, sent.version, sent.consent.as_deref())?;
        views::full(c, office, &case, Some(&Actor::Applicant(who.account)))
    })
    .await
}
