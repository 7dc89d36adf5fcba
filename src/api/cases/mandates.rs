//! A worker writes down who agreed that they fill in an application for somebody, at the counter or at home.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::faults as account_codes;
use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::links::Relation;
use crate::office::cases::access::consents;
use crate::office::cases::access::mandates::{self, ConsentForm, HelpedAt, Mandate, NewMandate};
use crate::office::frame::{Call, Write};
use crate::office::people::persons;
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Created, Labelled, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::dates::SentMoment;
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        record: [code::NOT_FOUND, account_codes::OWN_AFFAIR, consents::NEEDED, consents::CHANGED],
        list,
        end,
    );
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
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40, example = json!(null))]
    #[serde(default, deserialize_with = "blank_is_none")]
    giver_name: Option<PersonName>,
    #[schema(inline, example = "counter")]
    channel: HelpedAt,
    #[schema(inline, example = "oral")]
    form: ConsentForm,
    /// Version of the privacy text that was read out or shown (`GET /bootstrap`).
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "2026-11")]
    #[serde(default, deserialize_with = "blank_is_none")]
    consent: Option<Code<1, 40>>,
    /// When it was said; now when it is left out. At most seven days ago.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-21T09:30:00+08:00")]
    #[serde(default, deserialize_with = "blank_is_none")]
    given_at: Option<SentMoment>,
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

fn views(c: &mut AnyConn, all: &[Mandate], now: Moment) -> Result<Vec<MandateView>> {
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

fn view_of(c: &mut AnyConn, mandate: Mandate, now: Moment) -> Result<MandateView> {
    views(c, &[mandate], now)?.pop().ok_or_else(crate::platform::error::Error::not_found)
}

/// The agreement as it was sent.
fn wanted(sent: &RecordMandate, id: Id, now: Moment) -> NewMandate {
    NewMandate {
        id,
        person: sent.person_id,
        relation: sent.relation,
        giver: sent.giver_name.as_ref().map(|name| name.reveal().to_owned()),
        channel: sent.channel,
        form: sent.form,
        consent: sent.consent.as_ref().map(|consent| consent.as_str().to_owned()),
        given_at: sent.given_at.map_or(now, SentMoment::at),
        days: sent.days.unwrap_or(mandates::USUAL_DAYS),
    }
}

#[utoipa::path(post, path = "/staff/mandates", tag = "counter", operation_id = "recordMandate", summary = "登记同意代办",
    description = "居民在窗口或者在家里同意由您代为办理时登记。登记后，您可以在期限内为这个人使用填写、上传、提交、补正等居民接口，得到的就是同一件申请；您自己不能审批这件申请。有账号的本人和家属会收到通知。",
    responses((status = 201, description = "已登记")))]
async fn record(who: AreaOfficer, call: Write<RecordMandate>) -> Result<Created<MandateView>> {
    let new = wanted(&call.sent, call.app.clock.id(), call.office.now);
    call.once(who.id, move |c, office, _| {
        let mandate = new.record(c, office, &who)?;
        view_of(c, mandate, office.now)
    })
    .await
}

#[utoipa::path(get, path = "/staff/mandates", tag = "counter", operation_id = "listMyMandates", summary = "我的代办登记",
    description = "您登记过的代办，最新的在前；过期的也在。",
    responses((status = 200, description = "一页登记")))]
async fn list(who: AreaOfficer, q: Query<Paged>, call: Call) -> Result<Answer<Page<MandateView>>> {
    let name = format!("mandates:{}", who.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let found = mandates::of_worker(c, who.id, after, limit)?;
        let views = views(c, &found, office.now)?;
        Ok(paging::placed(&found, views, |m| After { at: m.recorded_at.ms(), id: m.id }))
    })
    .await
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

#[utoipa::path(post, path = "/staff/mandates/{id}/actions/end", tag = "counter", operation_id = "endMandate", summary = "结束代办",
    description = "居民收回同意，或者已经办完时，提前结束。窗口负责人也可以结束同事登记的代办，例如居民说没有同意过。",
    params(("id" = Id, Path, description = "登记编号")),
    responses((status = 200, description = "已结束")))]
async fn end(who: AreaOfficer, id: PathId, call: Write<EndMandate>) -> Result<Answer<MandateView>> {
    call.once(who.id, move |c, office, sent| {
        let mandate = mandates::end(c, &who, id.0, sent.version, office.now)?;
        view_of(c, mandate, office.now)
    })
    .await
}
