//! What anybody may read before applying: the guides of a county.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::office::cases::service::{Services, Spine};
use crate::office::people::persons;
use crate::office::policy::guides::{self, Guide, OpenService};
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::public::Unchanged;
use crate::platform::http::{Answer, Envelope, Failure, Query};
use crate::rules::areas::AreaCode;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list).service(one);
}

/// Where.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InCounty {
    /// Twelve digits of the county, or of a town or village in it.
    #[param(value_type = String, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: AreaCode,
}

/// The services of this installation as they stand in a county; as many as there are services.
#[derive(Serialize, Deserialize, ToSchema)]
struct Guides {
    #[schema(example = "990101000000")]
    county: String,
    items: Vec<OpenService>,
}

#[utoipa::path(tag = "public", operation_id = "listGuides", summary = "办事指南目录",
    description = "一个县（区）今天能办哪些事；不能办的说明原因。", params(InCounty),
    responses((status = 200, description = "各项服务", body = Envelope<Guides>), Unchanged))]
#[get("/public/guides")]
async fn list(q: Query<InCounty>, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<Guides>> {
    let (spine, county) = (Spine::of(&app, &services), persons::county_of(&q.0.county));
    let items = app.db.read(move |c| guides::open_services(c, &spine, &county)).await?;
    Ok(Answer::ok(Guides { county: county.to_string(), items }).public())
}

#[utoipa::path(tag = "public", operation_id = "getGuide", summary = "办事指南全文",
    description = "谁能办、带什么、怎么办、多久办完、在哪里办、要不要钱、依据是什么、怎么投诉。按这个县（区）今天的规定。",
    params(("service" = String, Path, description = "服务代码", example = "education_aid"), InCounty),
    responses((status = 200, description = "办事指南", body = Envelope<Guide>), Unchanged,
        (status = 404, description = "10006 这个县（区）不办这项服务", body = Failure)))]
#[get("/public/guides/{service}")]
async fn one(
    service: web::Path<String>,
    q: Query<InCounty>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Guide>> {
    let (spine, county) = (Spine::of(&app, &services), persons::county_of(&q.0.county));
    let guide = app.db.read(move |c| guides::guide(c, &spine, &county, &service)).await?;
    Ok(Answer::ok(guide).public())
}
