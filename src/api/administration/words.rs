//! The words of notices for the administrator: what a county's residents read about each event.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::Administrator;
use crate::office::administration::events::{Change, Event};
use crate::office::administration::scope;
use crate::office::frame::{Call, Save};
use crate::office::notices::words::{self, NoticeEvent, Template, Touch};
use crate::platform::code;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Labelled, List, Operations, Query};
use crate::rules::areas::AreaCode;
use crate::rules::text::{Note, PlainText};
use crate::{form, labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list: [code::NOT_FOUND],
        change,
    );
}

/// Of which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WordsFilter {
    /// Twelve digits.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
}

/// The words about one event.
#[derive(Serialize, ToSchema)]
struct NoticeTemplate {
    event: Labelled<NoticeEvent>,
    #[schema(example = "{service}：需要补正")]
    title: String,
    #[schema(example = "有材料需要补充，全部内容已经一次列出。请在{day}前办理。")]
    body: String,
    /// The version to send with a change; 0 while the shipped words are used.
    #[schema(example = 0)]
    version: i64,
    shipped_title: String,
    shipped_body: String,
}

impl NoticeTemplate {
    fn of(event: NoticeEvent, template: Template) -> NoticeTemplate {
        let shipped = event.shipped();
        NoticeTemplate {
            event: labelled!(event),
            title: template.title,
            body: template.body,
            version: template.version,
            shipped_title: shipped.title,
            shipped_body: shipped.body,
        }
    }
}

#[utoipa::path(get, path = "/staff/admin/notice-templates", tag = "administration", operation_id = "listNoticeTemplates", summary = "通知文字",
    description = "一个县（区）的居民会收到的每种通知的标题和正文。可用的占位符只有 {service}（服务名称）和 {day}（期限）；没有期限时，带 {day} 的那一句不出现。种类固定，一次全部列出。",
    responses((status = 200, description = "全部通知文字")))]
async fn list(who: Administrator, query: Query<WordsFilter>, call: Call) -> Result<Answer<List<NoticeTemplate>>> {
    scope::within(&who, &query.0.county)?;
    call.read(move |c, _| {
        let own = words::of_county(c, &query.0.county)?;
        let one = |event: &NoticeEvent| {
            let template = own.iter().find(|(e, _)| e == event).map_or_else(|| event.shipped(), |(_, t)| t.clone());
            NoticeTemplate::of(*event, template)
        };
        Ok(List(NoticeEvent::ALL.iter().map(one).collect()))
    })
    .await
}

/// New words about an event.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWords {
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// As it was seen; 0 for the shipped words.
    #[schema(example = 0)]
    version: i64,
    #[schema(value_type = String, min_length = 1, max_length = 30, example = "{service}：需要补正")]
    title: PlainText<1, 30>,
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "有材料需要补充。请在{day}前办理。")]
    body: Note<1, 200>,
}

form!(ChangeWords { county: "县（区）", version: "版本", title: "标题", body: "正文" });

#[utoipa::path(put, path = "/staff/admin/notice-templates/{event}", tag = "administration", operation_id = "changeNoticeTemplate", summary = "修改通知文字",
    description = "马上用于以后的通知，已经发出的不变。锁屏上人人看得到，所以没有姓名、证件号码、残疾类别和金额的占位符。",
    params(("event" = inline(NoticeEvent), Path, description = "通知的种类")),
    responses((status = 200, description = "已修改")))]
async fn change(who: Administrator, path: web::Path<String>, call: Save<ChangeWords>) -> Result<Answer<NoticeTemplate>> {
    let event = NoticeEvent::from_code(&path).ok_or_else(Error::not_found)?;
    scope::within(&who, &call.sent.county)?;
    words::check(&call.sent.title, &call.sent.body).settle()?;
    call.save(move |c, office, form| {
        let before = words::template(c, &form.county, event)?;
        let new = Template { title: form.title.to_string(), body: form.body.to_string(), version: form.version };
        let touch = Touch { by: who.id, at: office.now };
        let saved = words::save(c, &form.county, event, &new, touch)?;
        let said = |t: &Template| format!("{}｜{}", t.title, t.body);
        let line = Event::new(office.now, Some(who.id), Change::NoticeWordsChanged, event.code(), Some(form.county));
        line.words(said(&before), said(&saved)).record(c)?;
        Ok(NoticeTemplate::of(event, saved))
    })
    .await
}
