//! The administrator's overview of desks: which are unstaffed.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::labelled;
use crate::office::accounts::Administrator;
use crate::office::administration::desks::{self, Served};
use crate::office::administration::scope;
use crate::office::cases::service::Services;
use crate::platform::app::App;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Envelope, Failure, Labelled, Page, Query, paging};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Desk;

/// Mounts this operation.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list);
}

/// Of which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Twelve digits.
    #[param(value_type = String, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: AreaCode,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// One desk.
#[derive(Serialize, ToSchema)]
struct DeskView {
    desk: Labelled<Desk>,
    #[schema(example = "990101100000")]
    area: String,
    /// Name of the area or of the rental point.
    #[schema(example = "宋疃镇")]
    place: String,
    /// The rental point, for a desk of that kind.
    point: Option<Id>,
    /// Active workers who serve it.
    #[schema(example = 1)]
    workers: usize,
}

impl From<&Served> for DeskView {
    fn from(s: &Served) -> DeskView {
        DeskView { desk: labelled!(s.desk), area: s.area.to_string(), place: s.place.clone(), point: s.point, workers: s.workers }
    }
}

#[utoipa::path(tag = "administration", operation_id = "listDesks", summary = "各环节的人手",
    description = "一个县（区）现行政策用到的每个办理环节和地区，各有几名在岗人员；没有人的排在最前面。", params(Wanted),
    responses((status = 200, description = "一页", body = Envelope<Page<DeskView>>),
        (status = 404, description = "10006 县（区）不在您的管辖范围内", body = Failure)), security(("staff" = ["administrator"])))]
#[get("/staff/admin/desks")]
async fn list(
    who: Administrator,
    query: Query<Wanted>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<DeskView>>> {
    let (wanted, now, services) = (query.0, app.clock.now_ms(), services.get_ref().clone());
    let named = format!("desks:{}", wanted.county);
    let (limit, after) = (paging::limit(wanted.limit)?, paging::open(&app, &named, wanted.cursor.as_deref())?);
    scope::within(&who, &wanted.county)?;
    let mut all = app.db.read(move |c| desks::overview(c, &services, &wanted.county, now)).await?;
    if let Some(last) = after {
        all.retain(|served| (served.key().at, served.key().id) > (last.at, last.id));
    }
    let (rows, next_cursor) = paging::cut(&app, &named, all, limit, Served::key)?;
    Ok(Answer::ok(Page { items: rows.iter().map(DeskView::from).collect(), next_cursor }))
}
