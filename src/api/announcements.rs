//! What an administrator may call: announcements and maintenance windows of their areas.

use actix_web::{get, post, put, web};
use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::Administrator;
use crate::office::announcements::store::{self, AnnouncementKind, AnnouncementLevel, AnnouncementView, Words};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::paging::{self, Paged};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(create).service(change).service(end);
}

#[utoipa::path(tag = "announcements", operation_id = "listAnnouncements", summary = "公告和停机维护（管理）",
    description = "您管理的地区的全部公告和停机维护，包括已经结束的，最新的在前。", params(Paged),
    responses((status = 200, description = "一页", body = Envelope<Page<AnnouncementView>>)),
    security(("staff" = ["administrator"])))]
#[get("/staff/admin/announcements")]
async fn list(who: Administrator, q: Query<Paged>, app: web::Data<App>) -> Result<Answer<Page<AnnouncementView>>> {
    let limit = paging::limit(q.0.limit)?;
    let name = format!("announcements:{}", who.id);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| store::list(c, &who, after, limit)).await?;
    let (rows, next_cursor) = paging::cut(&app, &name, rows, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, a)| a).collect(), next_cursor }))
}

/// What to tell everybody.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAnnouncement {
    #[schema(inline, example = "announcement")]
    kind: AnnouncementKind,
    #[schema(inline, example = "important")]
    level: AnnouncementLevel,
    /// Twelve digits of a county; null for everywhere, which takes an administrator of the province.
    #[schema(value_type = Option<String>, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: Option<AreaCode>,
    #[validate(length(min = 2, max = 40, message = "标题为 2 至 40 个字。"))]
    #[schema(example = "国庆放假安排")]
    title: String,
    #[validate(length(min = 2, max = 1000, message = "正文为 2 至 1000 个字。"))]
    #[schema(example = "10月1日至7日窗口不办公，网上可以照常申请。")]
    body: String,
    #[schema(value_type = String, format = "date-time", example = "2096-09-28T09:00:00+08:00")]
    from: DateTime<FixedOffset>,
    #[schema(value_type = String, format = "date-time", example = "2096-10-08T09:00:00+08:00")]
    until: DateTime<FixedOffset>,
}
form!(NewAnnouncement {
    kind: "类别",
    level: "重要程度",
    county: "县（区）",
    title: "标题",
    body: "正文",
    from: "开始时间",
    until: "结束时间"
});

impl NewAnnouncement {
    fn words(self) -> Words {
        let (from_at, until_at) = (self.from.timestamp_millis(), self.until.timestamp_millis());
        let (title, body) = (self.title.trim().to_owned(), self.body.trim().to_owned());
        Words { kind: self.kind, level: self.level, county: self.county, title, body, from_at, until_at }
    }
}

#[utoipa::path(tag = "announcements", operation_id = "createAnnouncement", summary = "发布公告或停机维护",
    description = "到开始时间起，所有人打开小程序时能看到；停机维护提前就能看到。", params(Once), request_body = NewAnnouncement,
    responses((status = 201, description = "已发布", body = Envelope<AnnouncementView>),
        (status = 404, description = "10006 不是您管理的地区", body = Failure)),
    security(("staff" = ["administrator"])))]
#[post("/staff/admin/announcements")]
async fn create(
    who: Administrator,
    once: Once,
    body: Body<NewAnnouncement>,
    app: web::Data<App>,
) -> Result<Answer<AnnouncementView>> {
    let (id, now, words, caller) = (app.clock.id(), app.clock.now_ms(), body.value.words(), who.id);
    let done = once.write(&app, caller, body.fingerprint, move |c| store::create(c, &who, id, &words, now)).await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

/// Other words over those that were seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeAnnouncement {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
    #[validate(nested)]
    announcement: NewAnnouncement,
}
form!(ChangeAnnouncement {
    version: "版本",
    announcement: "公告",
    kind: "类别",
    level: "重要程度",
    county: "县（区）",
    title: "标题",
    body: "正文",
    from: "开始时间",
    until: "结束时间",
});

#[utoipa::path(tag = "announcements", operation_id = "changeAnnouncement", summary = "修改公告或停机维护",
    description = "没有结束的都可以改，马上生效。", params(("id" = Id, Path, description = "公告编号")), request_body = ChangeAnnouncement,
    responses((status = 200, description = "已修改", body = Envelope<AnnouncementView>),
        (status = 409, description = "10030 版本过期；24001 已经结束", body = Failure)),
    security(("staff" = ["administrator"])))]
#[put("/staff/admin/announcements/{id}")]
async fn change(
    who: Administrator,
    id: PathId,
    body: Body<ChangeAnnouncement>,
    app: web::Data<App>,
) -> Result<Answer<AnnouncementView>> {
    let (now, version, words) = (app.clock.now_ms(), body.value.version, body.value.announcement.words());
    Ok(Answer::ok(app.db.write(move |c| store::change(c, &who, id.0, version, &words, now)).await?))
}

/// On what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndAnnouncement {
    /// The version that was seen.
    #[schema(example = 1)]
    version: i64,
}
form!(EndAnnouncement { version: "版本" });

#[utoipa::path(tag = "announcements", operation_id = "endAnnouncement", summary = "结束公告或停机维护",
    description = "马上不再显示，留作记录。", params(("id" = Id, Path, description = "公告编号"), Once), request_body = EndAnnouncement,
    responses((status = 200, description = "已结束", body = Envelope<AnnouncementView>),
        (status = 409, description = "10030 版本过期；24001 已经结束", body = Failure)),
    security(("staff" = ["administrator"])))]
#[post("/staff/admin/announcements/{id}/actions/end")]
async fn end(
    who: Administrator,
    once: Once,
    id: PathId,
    body: Body<EndAnnouncement>,
    app: web::Data<App>,
) -> Result<Answer<AnnouncementView>> {
    let (now, version, caller) = (app.clock.now_ms(), body.value.version, who.id);
    let done = once.write(&app, caller, body.fingerprint, move |c| store::end(c, &who, id.0, version, now)).await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
