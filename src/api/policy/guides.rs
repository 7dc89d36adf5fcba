//! What anybody may read before applying: the guides of a county.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::frame::Call;
use crate::office::guides::{self, Guide, OpenService};
use crate::office::people::persons;
use crate::operations;
use crate::platform::error::Result;
use crate::platform::http::{Operations, Public, Query};
use crate::rules::areas::AreaCode;

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; list, one);
}

/// Where.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GuideFilter {
    /// Twelve digits of the county, or of a town or village in it.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
}

/// The services of this installation as they stand in a county; as many as there are services.
#[derive(Serialize, Deserialize, ToSchema)]
struct Guides {
    #[schema(example = "990101000000")]
    county: String,
    items: Vec<OpenService>,
}

#[utoipa::path(get, path = "/public/guides", tag = "public", operation_id = "listGuides", summary = "办事指南目录",
    description = "一个县（区）今天能办哪些事；不能办的说明原因。",
    responses((status = 200, description = "各项服务")))]
async fn list(q: Query<GuideFilter>, call: Call) -> Result<Public<Guides>> {
    let county = persons::county_of(&q.0.county);
    let listed =
        call.read(move |c, office| Ok(Guides { county: county.to_string(), items: guides::open_services(c, office, &county)? }));
    Ok(listed.await?.public())
}

#[utoipa::path(get, path = "/public/guides/{service}", tag = "public", operation_id = "getGuide", summary = "办事指南全文",
    description = "谁能办、带什么、怎么办、多久办完、在哪里办、要不要钱、依据是什么、怎么投诉。按这个县（区）今天的规定。",
    params(("service" = String, Path, description = "服务代码", example = "education_aid")),
    responses((status = 200, description = "办事指南")))]
async fn one(service: web::Path<String>, q: Query<GuideFilter>, call: Call) -> Result<Public<Guide>> {
    let county = persons::county_of(&q.0.county);
    Ok(call.read(move |c, office| guides::guide(c, office, &county, &service)).await?.public())
}
