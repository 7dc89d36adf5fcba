//! What a front end asks first: services, announcements, limits, the privacy text, the clock; and what waits for me.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::accounts::guards::Resident;
use crate::office::announcements::store::{self, AnnouncementKind, AnnouncementView};
use crate::office::cases::access::consents::{self, Purpose, TEXT_VERSION};
use crate::office::cases::service::Office;
use crate::office::cases::showing::mine;
use crate::office::cases::showing::views::CaseSummary;
use crate::office::channels::inbox;
use crate::office::frame::Call;
use crate::office::guides::{self, OpenService};
use crate::office::people::persons;
use crate::office::tickets;
use crate::platform::error::Result;
use crate::platform::files::LIMITS;
use crate::platform::http::{Answer, Labelled, Operations, Query};
use crate::platform::settings::Settings;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::typed::blank_is_none;
use crate::{labelled, operations};

/// What may be uploaded.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct UploadLimits {
    #[schema(example = 10485760)]
    max_file_bytes: usize,
    /// Judged by content, not by name.
    #[schema(example = json!(["image/jpeg", "image/png", "image/webp", "application/pdf"]))]
    media_types: Vec<String>,
    max_image_pixels: u64,
    max_image_edge: u32,
    max_pdf_pages: usize,
    max_files_per_item: usize,
}

/// The oldest front end that still works here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct MinClient {
    #[schema(example = "1.4.0")]
    version: String,
    /// What to show to somebody whose front end is older.
    #[schema(example = "小程序有新版本，请关闭后重新打开。")]
    words: String,
}

/// What to know before anything else.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Bootstrap {
    /// Version of this API.
    #[schema(example = "0.1.0")]
    version: String,
    services: Vec<Labelled>,
    /// The same services as they stand in the county that was asked for; empty when none was.
    county_services: Vec<OpenService>,
    /// In force now: everywhere, and in the county that was asked for (in every county when none was).
    announcements: Vec<AnnouncementView>,
    /// Now or to come.
    maintenance: Vec<AnnouncementView>,
    /// null when every version works.
    min_client: Option<MinClient>,
    uploads: UploadLimits,
    /// Version of the privacy text to agree to before submitting.
    #[schema(example = "2026-11")]
    privacy_text_version: String,
    /// Templates to ask for with `wx.requestSubscribeMessage`.
    #[schema(example = json!(["tmpl_case_progress"]))]
    wechat_templates: Vec<String>,
    /// The server's clock.
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    now: String,
    /// This is a demo with invented people.
    demo: bool,
}

/// For whom.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// Twelve digits of the county, or of a town or village in it.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    county: Option<AreaCode>,
}

#[utoipa::path(get, path = "/bootstrap", tag = "public", operation_id = "getBootstrap", summary = "启动信息",
    description = "小程序启动时先调用：公告、停机维护、最低版本、本县（区）开通的服务和没有开通的原因、上传限制、个人信息处理说明的版本、服务器时间。",
    responses((status = 200, description = "启动信息")))]
async fn bootstrap(q: Query<Where>, call: Call) -> Result<Answer<Bootstrap>> {
    let county = q.0.county.map(|area| persons::county_of(&area));
    let app = call.app.clone();
    call.read(move |c, office| {
        let open = county.as_ref().map(|county| guides::open_services(c, office, county)).transpose()?;
        let mut told = Bootstrap::of(&app.settings, office);
        told.county_services = open.unwrap_or_default();
        told.announcements = store::in_force(c, AnnouncementKind::Announcement, county.as_ref(), office.now)?;
        told.maintenance = store::in_force(c, AnnouncementKind::Maintenance, county.as_ref(), office.now)?;
        Ok(told)
    })
    .await
}

impl Bootstrap {
    /// What holds everywhere.
    fn of(settings: &Settings, office: &Office) -> Bootstrap {
        let min_client = settings.min_client.clone();
        Bootstrap {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            services: office.services.all().map(|s| Labelled::new(s.code(), s.label())).collect(),
            county_services: Vec::new(),
            announcements: Vec::new(),
            maintenance: Vec::new(),
            min_client: min_client.map(|(version, words)| MinClient { version, words }),
            uploads: UploadLimits {
                max_file_bytes: LIMITS.max_file_bytes,
                media_types: LIMITS.media_types.iter().map(|t| (*t).to_owned()).collect(),
                max_image_pixels: LIMITS.max_image_pixels,
                max_image_edge: LIMITS.max_image_edge,
                max_pdf_pages: LIMITS.max_pdf_pages,
                max_files_per_item: LIMITS.max_files_per_item,
            },
            privacy_text_version: TEXT_VERSION.to_owned(),
            wechat_templates: settings.templates.iter().map(|(_, id)| id.clone()).collect(),
            now: rfc3339(office.now),
            demo: settings.demo,
        }
    }
}

/// A text to agree to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct PendingConsent {
    purpose: Labelled<Purpose>,
    /// The version that the caller agreed to last; null when never.
    #[schema(example = "2026-05")]
    agreed_version: Option<String>,
    /// The version in force.
    #[schema(example = "2026-11")]
    current_version: String,
}

/// What waits for the caller.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct MyBootstrap {
    /// As in `GET /me/notices/unread`.
    unread_notices: i64,
    /// How many cases wait for the caller: drafts, and corrections that were asked for.
    waiting_cases: i64,
    /// The newest of them, twenty at most.
    waiting: Vec<CaseSummary>,
    /// Texts that changed since the caller agreed, or that the caller never agreed to.
    pending_consents: Vec<PendingConsent>,
    /// Reports and requests that are not closed.
    open_tickets: i64,
    /// Those of them that were answered and wait for the caller to say whether that solved it.
    answered_tickets: i64,
}

#[utoipa::path(get, path = "/me/bootstrap", tag = "me", operation_id = "getMyBootstrap", summary = "我的启动信息",
    description = "登录后调用：未读消息、等我办理的申请、需要重新同意的说明、没有办完的反映。数量与各自的列表同一口径。",
    responses((status = 200, description = "等我处理的事")))]
async fn my_bootstrap(who: Resident, call: Call) -> Result<Answer<MyBootstrap>> {
    call.read(move |c, office| {
        let (waiting_cases, waiting) = mine::waiting(c, office, who.account, 20)?;
        let consent = |agreed_version| PendingConsent {
            purpose: labelled!(Purpose::Submit),
            agreed_version,
            current_version: TEXT_VERSION.to_owned(),
        };
        Ok(MyBootstrap {
            unread_notices: inbox::unread(c, who.account)?,
            waiting_cases,
            waiting,
            pending_consents: consents::pending(c, who.account)?.map(consent).into_iter().collect(),
            open_tickets: tickets::live_of(c, who.account)?,
            answered_tickets: tickets::answered_of(c, who.account)?,
        })
    })
    .await
}

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; bootstrap, my_bootstrap);
}
