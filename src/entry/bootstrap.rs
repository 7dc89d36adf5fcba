//! What a front end asks first: services, limits, the privacy text, the clock.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::cases::consents::TEXT_VERSION;
use crate::office::cases::service::Services;
use crate::platform::app::App;
use crate::platform::files::LIMITS;
use crate::platform::http::{Answer, Envelope, Labelled};
use crate::rules::calendar::rfc3339;

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

/// What to know before anything else.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Bootstrap {
    /// Version of this API.
    #[schema(example = "0.1.0")]
    version: String,
    services: Vec<Labelled>,
    uploads: UploadLimits,
    /// Version of the privacy text to agree to before submitting.
    #[schema(example = "2026-11")]
    privacy_text_version: String,
    /// Templates to ask for with `wx.requestSubscribeMessage`.
    #[schema(example = json!(["tmpl_case_progress"]))]
    wechat_templates: Vec<String>,
    /// The server's clock.
    #[schema(example = "2026-11-21T09:30:00+08:00")]
    now: String,
    /// This is a demo with invented people.
    demo: bool,
}

#[utoipa::path(tag = "public", operation_id = "getBootstrap", summary = "启动信息",
    description = "小程序启动时先调用：开通的服务、上传限制、个人信息处理说明的版本、服务器时间。",
    responses((status = 200, description = "启动信息", body = Envelope<Bootstrap>)))]
#[get("/bootstrap")]
async fn bootstrap(app: web::Data<App>, services: web::Data<Services>) -> Answer<Bootstrap> {
    Answer::ok(Bootstrap {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        services: services.all().map(|s| Labelled::new(s.code(), s.label())).collect(),
        uploads: UploadLimits {
            max_file_bytes: LIMITS.max_file_bytes,
            media_types: LIMITS.media_types.iter().map(|t| (*t).to_owned()).collect(),
            max_image_pixels: LIMITS.max_image_pixels,
            max_image_edge: LIMITS.max_image_edge,
            max_pdf_pages: LIMITS.max_pdf_pages,
            max_files_per_item: LIMITS.max_files_per_item,
        },
        privacy_text_version: TEXT_VERSION.to_owned(),
        wechat_templates: app.settings.templates.iter().map(|(_, id)| id.clone()).collect(),
        now: rfc3339(app.clock.now_ms()),
        demo: app.settings.demo,
    })
}

/// The operation of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(bootstrap);
}
