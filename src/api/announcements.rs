//! What an administrator may call: announcements and maintenance windows of their areas.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::Administrator;
use crate::office::announcements::store::{self, AnnouncementKind, AnnouncementLevel, AnnouncementView, Words};
use crate::office::frame::{Call, Save, Write};
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::paging::Paged;
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::dates::SentMoment;
use crate::rules::text::{Note, PlainText};
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        create: [code::NOT_FOUND],
        change: [store::ENDED],
        end: [store::ENDED],
    );
}

#[utoipa::path(get, path = "/staff/admin/announcements", tag = "announcements", operation_id = "listAnnouncements", summary = "公告和停机维护（管理）",
    description = "您管理的地区的全部公告和停机维护，包括已经结束的，最新的在前。",
    responses((status = 200, description = "一页")))]
async fn list(who: Administrator, q: Query<Paged>, call: Call) -> Result<Answer<Page<AnnouncementView>>> {
    let name = format!("announcements:{}", who.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, _, after, limit| store::list(c, &who, after, limit)).await
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
    #[schema(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    county: Option<AreaCode>,
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "国庆放假安排")]
    title: PlainText<2, 40>,
    #[schema(value_type = String, min_length = 2, max_length = 1000, example = "10月1日至7日窗口不办公，网上可以照常申请。")]
    body: Note<2, 1000>,
    #[schema(value_type = String, format = DateTime, example = "2096-09-28T09:00:00+08:00")]
    from: SentMoment,
    #[schema(value_type = String, format = DateTime, example = "2096-10-08T09:00:00+08:00")]
    until: SentMoment,
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
    fn words(&self) -> Words {
        Words {
            kind: self.kind,
            level: self.level,
            county: self.county,
            title: self.title.to_string(),
            body: self.body.to_string(),
            from_at: self.from.at(),
            until_at: self.until.at(),
        }
    }
}

#[utoipa::path(post, path = "/staff/admin/announcements", tag = "announcements", operation_id = "createAnnouncement", summary = "发布公告或停机维护",
    description = "到开始时间起，所有人打开小程序时能看到；停机维护提前就能看到。",
    responses((status = 201, description = "已发布")))]
async fn create(who: Administrator, call: Write<NewAnnouncement>) -> Result<Created<AnnouncementView>> {
    let id = call.app.clock.id();
    call.once(who.id, move |c, office, sent| store::create(c, &who, id, &sent.words(), office.now)).await
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

#[utoipa::path(put, path = "/staff/admin/announcements/{id}", tag = "announcements", operation_id = "changeAnnouncement", summary = "修改公告或停机维护",
    description = "没有结束的都可以改，马上生效。",
    params(("id" = Id, Path, description = "公告编号")),
    responses((status = 200, description = "已修改")))]
async fn change(who: Administrator, id: PathId, call: Save<ChangeAnnouncement>) -> Result<Answer<AnnouncementView>> {
    call.save(move |c, office, sent| store::change(c, &who, id.0, sent.version, &sent.announcement.words(), office.now)).await
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

#[utoipa::path(post, path = "/staff/admin/announcements/{id}/actions/end", tag = "announcements", operation_id = "endAnnouncement", summary = "结束公告或停机维护",
    description = "马上不再显示，留作记录。",
    params(("id" = Id, Path, description = "公告编号")),
    responses((status = 200, description = "已结束")))]
async fn end(who: Administrator, id: PathId, call: Write<EndAnnouncement>) -> Result<Answer<AnnouncementView>> {
    call.once(who.id, move |c, office, sent| store::end(c, &who, id.0, sent.version, office.now)).await
}
