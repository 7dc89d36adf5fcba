//! What somebody may call who takes on the cases of an applicant whose right to act has ended.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::Resident;
use crate::office::cases::act::Actor;
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::taking_on;
use crate::office::cases::views::{self, CaseSummary, CaseView};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::paging::{self, Paged};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query};
use crate::platform::id::Id;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(take_on);
}

#[utoipa::path(tag = "cases", operation_id = "listCasesToTakeOn", summary = "待接手的办件",
    description = "您可以代办的人还有办件在办，但原来的申请人已不能代办，或者是工作人员代为办理的，您可以接手。最新的在前。", params(Paged),
    responses((status = 200, description = "一页办件", body = Envelope<Page<CaseSummary>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("resident" = [])))]
#[get("/cases/to-take-on")]
async fn list(
    who: Resident,
    q: Query<Paged>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<CaseSummary>>> {
    let (spine, limit) = (Spine::of(&app, &services), paging::limit(q.0.limit)?);
    let name = format!("to-take-on:{}", who.account);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| taking_on::list(c, &spine, who.account, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
}

/// Taking a case on.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeOn {
    /// The version that was seen.
    #[schema(example = 4)]
    version: i64,
    /// Version of the privacy text that the caller agreed to (`GET /bootstrap`).
    #[schema(example = "2026-11")]
    consent: Option<String>,
}
form!(TakeOn { version: "版本", consent: "个人信息处理同意书" });

#[utoipa::path(tag = "cases", operation_id = "takeOnCase", summary = "接手办件",
    description = "原来的申请人已不能代办，或者是工作人员代为办理的，由本人或其他可以代办的人接手，之后的办理都由接手的人进行；原来的申请人已不能代办、等待补正的，补正期限从接手时重新计算。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = TakeOn,
    responses((status = 200, description = "已接手", body = Envelope<CaseView>),
        (status = 409, description = "10030 版本过期；20001 原来的申请人还能办理，或已经办结", body = Failure)),
    security(("resident" = [])))]
#[post("/cases/{id}/actions/take-on")]
async fn take_on(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<TakeOn>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let done = once.write(&app, who.account, body.fingerprint, move |c| {
        let case = taking_on::take_on(c, &spine, who.account, id.0, sent.version, sent.consent.as_deref())?;
        views::full(c, &spine, &case, Some(&Actor::Applicant(who.account)))
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
