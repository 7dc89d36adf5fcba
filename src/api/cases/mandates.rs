//! A worker writes down who agreed that they fill in an application for somebody, at the counter or at home.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::links::Relation;
use crate::office::cases::mandates::{self, ConsentForm, HelpedAt, Mandate, NewMandate};
use crate::office::cases::service::{Services, Spine};
use crate::office::people::persons;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Faults, Result};
use crate::platform::http::body::moment;
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Body, Envelope, Failure, Labelled, Once, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::{form, labelled};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(record).service(list).service(end);
}

/// Somebody's agreement.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordMandate {
    /// For whom you will act; somebody of your area.
    person_id: Id,
    #[schema(inline, example = "self")]
    relation: Relation,
    /// Name of whoever agreed, when it is not the person.
    #[validate(length(min = 2, max = 50, message = "请填写同意人的姓名，最多50个字。"))]
    #[schema(example = json!(null))]
    giver_name: Option<String>,
    #[schema(inline, example = "counter")]
    channel: HelpedAt,
    #[schema(inline, example = "oral")]
    form: ConsentForm,
    /// Version of the privacy text that was read out or shown (`GET /bootstrap`).
    #[schema(example = "2026-11")]
    consent: Option<String>,
    /// When it was said; now when it is left out. At most seven days ago.
    #[validate(length(max = 40, message = "时间的格式不正确。"))]
    #[schema(format = DateTime, example = "2026-11-21T09:30:00+08:00")]
    given_at: Option<String>,
    /// For how many days you may act, 1 to 7; 3 when it is left out.
    #[validate(range(min = 1, max = 7, message = "代办的天数是 1 到 7 天。"))]
    #[schema(example = 3, minimum = 1, maximum = 7)]
    days: Option<i64>,
}
form!(RecordMandate {
    person_id: "办理对象",
    relation: "与同意人的关系",
    giver_name: "同意人姓名",
    channel: "办理方式",
    form: "同意的形式",
    consent: "个人信息处理同意书",
    given_at: "同意的时间",
    days: "代办天数",
});

/// An agreement as the worker sees it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct MandateView {
    id: Id,
    /// The version to send when it is ended.
    version: i64,
    person_id: Id,
    #[schema(example = "王*四")]
    person_name_masked: String,
    relation: Labelled<Relation>,
    channel: Labelled<HelpedAt>,
    form: Labelled<ConsentForm>,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    given_at: String,
    #[schema(example = "2026-11-24T09:30:00+08:00", format = DateTime)]
    until: String,
    /// It can be used now.
    lasts: bool,
}

fn views(c: &mut AnyConn, all: &[Mandate], now: i64) -> Result<Vec<MandateView>> {
    let names = persons::masked_names(c, all.iter().map(|m| m.person_id).collect())?;
    let name = |id: Id| names.iter().find(|(of, _)| *of == id).map(|(_, name)| name.clone()).unwrap_or_default();
    let view = |m: &Mandate| MandateView {
        id: m.id,
        version: m.version,
        person_id: m.person_id,
        person_name_masked: name(m.person_id),
        relation: labelled!(m.relation),
        channel: labelled!(m.channel),
        form: labelled!(m.form),
        given_at: rfc3339(m.given_at),
        until: rfc3339(m.ended_at.unwrap_or(m.until_at)),
        lasts: m.lasts(now),
    };
    Ok(all.iter().map(view).collect())
}

fn one(c: &mut AnyConn, mandate: Mandate, now: i64) -> Result<MandateView> {
    views(c, &[mandate], now)?.pop().ok_or_else(crate::platform::error::Error::not_found)
}

/// The agreement as it was sent, its moment read.
fn wanted(sent: &RecordMandate, id: Id, now: i64) -> Result<NewMandate> {
    let mut faults = Faults::new();
    let given_at = sent.given_at.as_deref().and_then(|text| moment(text, "/given_at", "同意的时间", &mut faults));
    faults.settle()?;
    Ok(NewMandate {
        id,
        person: sent.person_id,
        relation: sent.relation,
        giver: sent.giver_name.clone(),
        channel: sent.channel,
        form: sent.form,
        consent: sent.consent.clone(),
        given_at: given_at.unwrap_or(now),
        days: sent.days.unwrap_or(mandates::USUAL_DAYS),
    })
}

#[utoipa::path(tag = "counter", operation_id = "recordMandate", summary = "登记同意代办",
    description = "居民在窗口或者在家里同意由您代为办理时登记。登记后，您可以在期限内为这个人使用填写、上传、提交、补正等居民接口，得到的就是同一件申请；您自己不能审批这件申请。有账号的本人和家属会收到通知。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = RecordMandate,
    responses((status = 201, description = "已登记", body = Envelope<MandateView>),
        (status = 404, description = "10006 没有这个人，或者不在您负责的区域", body = Failure)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/mandates")]
async fn record(
    who: AreaOfficer,
    once: Once,
    body: Body<RecordMandate>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<MandateView>> {
    let spine = Spine::of(&app, &services);
    let new = wanted(&body.value, app.clock.id(), spine.now)?;
    let done = once.write(&app, who.id, body.fingerprint, move |c| {
        let mandate = new.record(c, &spine, &who)?;
        one(c, mandate, spine.now)
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "counter", operation_id = "listMyMandates", summary = "我的代办登记",
    description = "您登记过的代办，最新的在前；过期的也在。", params(Paged),
    responses((status = 200, description = "一页登记", body = Envelope<Page<MandateView>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/mandates")]
async fn list(who: AreaOfficer, q: Query<Paged>, app: web::Data<App>) -> Result<Answer<Page<MandateView>>> {
    let (worker, now, limit) = (who.id, app.clock.now_ms(), paging::limit(q.0.limit)?);
    let name = format!("mandates:{worker}");
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let found = app.db.read(move |c| mandates::of_worker(c, worker, after, limit)).await?;
    let (found, next_cursor) = paging::cut(&app, &name, found, limit, |m| After { at: m.recorded_at, id: m.id })?;
    Ok(Answer::ok(Page { items: app.db.read(move |c| views(c, &found, now)).await?, next_cursor }))
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndMandate {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
}
form!(EndMandate { version: "版本" });

#[utoipa::path(tag = "counter", operation_id = "endMandate", summary = "结束代办",
    description = "居民收回同意，或者已经办完时，提前结束。窗口负责人也可以结束同事登记的代办，例如居民说没有同意过。",
    params(("id" = Id, Path, description = "登记编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = EndMandate,
    responses((status = 200, description = "已结束", body = Envelope<MandateView>),
        (status = 409, description = "10030 版本过期，或已经结束", body = Failure)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/mandates/{id}/actions/end")]
async fn end(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<EndMandate>,
    app: web::Data<App>,
) -> Result<Answer<MandateView>> {
    let (now, version) = (app.clock.now_ms(), body.value.version);
    let done = once.write(&app, who.id, body.fingerprint, move |c| {
        let mandate = mandates::end(c, &who, id.0, version, now)?;
        one(c, mandate, now)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
