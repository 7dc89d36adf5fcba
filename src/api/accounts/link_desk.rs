//! Workers see which links wait, and confirm, refuse and end them.

use actix_web::{get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::me::LinkView;
use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::link_desk::{self, Decision, Verdict};
use crate::office::accounts::links::{Link, LinkState};
use crate::office::accounts::residents;
use crate::office::accounts::residents::{Channel, Identity};
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::taking_on;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::{Faults, Result};
use crate::platform::http::paging::{self, After};
use crate::platform::http::{Answer, Body, Envelope, Failure, Labelled, Once, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::{beijing_date, rfc3339};
use crate::{form, labelled};

/// Mounts these operations.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_links).service(confirm_link).service(refuse_link).service(end_link);
}

/// A link as a worker sees it.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LinkCase {
    link: LinkView,
    /// The resident's account; the resident can show its id on the phone.
    account: Id,
    /// How far the resident's own identity is known: none, claimed, confirmed.
    account_identity: Labelled<Identity>,
    /// Tell and meet the resident this way.
    preferred_channel: Labelled<Channel>,
    /// Which papers the resident named.
    #[schema(example = "户口簿")]
    evidence: String,
    /// Where the person is registered.
    #[schema(example = "110105001002")]
    area: String,
    #[schema(example = "2026-03-02T10:00:00+08:00", format = DateTime)]
    claimed_at: String,
}

impl LinkCase {
    fn of(c: &mut AnyConn, keys: &Keyring, link: &Link) -> Result<LinkCase> {
        let account = residents::find(c, link.account_id)?;
        Ok(LinkCase {
            link: LinkView::of(link, keys)?,
            account: account.id,
            account_identity: labelled!(account.identity),
            preferred_channel: labelled!(account.preferred_channel),
            evidence: link.evidence(keys)?,
            area: link.area.clone(),
            claimed_at: rfc3339(link.created_at),
        })
    }
}

/// Which links to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    #[param(inline, example = "claimed")]
    state: Option<LinkState>,
    /// 1 to 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// Links in the worker's areas, the oldest first.
#[utoipa::path(get, path = "/staff/links", tag = "staff", operation_id = "listLinks", params(LinkQuery),
    summary = "代办关系列表", description = "负责地区内的代办关系，先登记的在前。默认列出待核实的。",
    responses((status = 200, description = "一页", body = Envelope<Page<LinkCase>>)), security(("staff" = [])))]
#[get("/staff/links")]
async fn list_links(caller: AreaOfficer, app: web::Data<App>, query: Query<LinkQuery>) -> Result<Answer<Page<LinkCase>>> {
    let state = query.0.state.unwrap_or(LinkState::Claimed);
    let limit = paging::limit(query.0.limit)?;
    let list = format!("links:{}", state.code());
    let after = paging::open(&app, &list, query.0.cursor.as_deref())?;
    let keys = app.keys.clone();
    let rows = app.db.read(move |c| {
        let rows = link_desk::in_state(c, &caller, state, after, limit)?;
        rows.into_iter()
            .map(|l| Ok((LinkCase::of(c, &keys, &l)?, After { at: l.created_at, id: l.id })))
            .collect::<Result<Vec<_>>>()
    });
    let (rows, next_cursor) = paging::cut(&app, &list, rows.await?, limit, |(_, after)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(view, _)| view).collect(), next_cursor }))
}

/// The papers were seen and show the relation.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmLink {
    /// The version of the link that the worker saw.
    #[schema(example = 1)]
    version: i64,
    /// The last day of the right to act, for example of a mandate; null when open.
    #[schema(value_type = Option<String>, format = "date", example = "2030-08-31")]
    valid_to: Option<NaiveDate>,
}

form!(ConfirmLink { version: "版本", valid_to: "有效期至" });

/// A change without further words.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtVersion {
    /// The version of the link that the worker saw.
    #[schema(example = 1)]
    version: i64,
}

form!(AtVersion { version: "版本" });

/// Confirms a link; the resident may act for the person from now on.
#[utoipa::path(post, path = "/staff/links/{id}/actions/confirm", tag = "staff", operation_id = "confirmLink", request_body = ConfirmLink,
    params(("id" = Id, Path, description = "关系编号"), ("Idempotency-Key" = String, Header, format = "uuid", description = "防重复标识")),
    summary = "核实代办关系", description = "看过证明材料后确认。居民本人身份要先核实，当事人要已在人员名册中。",
    responses((status = 200, description = "已核实", body = Envelope<LinkCase>),
        (status = 409, description = "10030 版本或状态已变；11023 名册中没有；11024 本人身份未核实", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/links/{id}/actions/confirm")]
async fn confirm_link(
    caller: AreaOfficer,
    app: web::Data<App>,
    services: web::Data<Services>,
    id: PathId,
    once: Once,
    body: Body<ConfirmLink>,
) -> Result<Answer<LinkCase>> {
    let last_day = body.value.valid_to.map(|d| d.to_string());
    if last_day.as_ref().is_some_and(|d| *d < beijing_date(app.clock.now_ms()).to_string()) {
        let mut faults = Faults::new();
        faults.push("/valid_to", "有效期至", "date_past", "有效期已经过去。", "请填写今天或以后的日期，长期有效的不用填。");
        faults.settle()?;
    }
    decide(caller, (app, services), id, once, body.fingerprint, (Verdict::Confirm, body.value.version, last_day)).await
}

/// Refuses a claimed link.
#[utoipa::path(post, path = "/staff/links/{id}/actions/refuse", tag = "staff", operation_id = "refuseLink", request_body = AtVersion,
    params(("id" = Id, Path, description = "关系编号"), ("Idempotency-Key" = String, Header, format = "uuid", description = "防重复标识")),
    summary = "不予确认代办关系", description = "证明材料不足以证明关系时使用；居民可以带材料重新登记。",
    responses((status = 200, description = "未通过", body = Envelope<LinkCase>),
        (status = 409, description = "10030 版本或状态已变", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/links/{id}/actions/refuse")]
async fn refuse_link(
    caller: AreaOfficer,
    app: web::Data<App>,
    services: web::Data<Services>,
    id: PathId,
    once: Once,
    body: Body<AtVersion>,
) -> Result<Answer<LinkCase>> {
    decide(caller, (app, services), id, once, body.fingerprint, (Verdict::Refuse, body.value.version, None)).await
}

/// Ends a confirmed link at once.
#[utoipa::path(post, path = "/staff/links/{id}/actions/end", tag = "staff", operation_id = "endLink", request_body = AtVersion,
    params(("id" = Id, Path, description = "关系编号"), ("Idempotency-Key" = String, Header, format = "uuid", description = "防重复标识")),
    summary = "结束代办关系", description = "监护或委托终止时使用，立即生效。这位代办人还在办的办件由其他可以代办的人接手；没有别人时，窗口会看到提示。",
    responses((status = 200, description = "已结束", body = Envelope<LinkCase>),
        (status = 409, description = "10030 版本或状态已变", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/links/{id}/actions/end")]
async fn end_link(
    caller: AreaOfficer,
    app: web::Data<App>,
    services: web::Data<Services>,
    id: PathId,
    once: Once,
    body: Body<AtVersion>,
) -> Result<Answer<LinkCase>> {
    decide(caller, (app, services), id, once, body.fingerprint, (Verdict::End, body.value.version, None)).await
}

async fn decide(
    caller: AreaOfficer,
    (app, services): (web::Data<App>, web::Data<Services>),
    id: PathId,
    once: Once,
    fingerprint: [u8; 32],
    (verdict, version, last_day): (Verdict, i64, Option<String>),
) -> Result<Answer<LinkCase>> {
    let spine = Spine::of(&app, &services);
    let what = Decision { verdict, version, last_day, today: spine.today().to_string(), now: spine.now };
    let done = once.write(&app, caller.id, fingerprint, move |c| {
        let link = link_desk::decide(c, &caller, id.0, &what)?;
        if let (Verdict::End, Some(person)) = (what.verdict, link.person_id) {
            taking_on::link_ended(c, &spine, link.account_id, person)?;
        }
        LinkCase::of(c, &spine.keys, &link)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
