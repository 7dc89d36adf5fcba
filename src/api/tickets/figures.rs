//! How many problems residents reported, over HTTP.

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::labelled;
use crate::office::accounts::guards::CountyOfficer;
use crate::office::tickets::figures::opened;
use crate::office::tickets::queue::TicketKindCount;
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Envelope, Failure, Query};
use crate::rules::areas::AreaCode;
use crate::rules::calendar::{end_of_day_ms, start_of_day_ms};
use crate::rules::lifecycle::Role;

/// The operation of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(figures);
}

/// Where and when.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Span {
    /// Twelve digits.
    #[param(value_type = String, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: AreaCode,
    /// First day.
    #[param(value_type = String, format = "date", example = "2026-01-01")]
    from: NaiveDate,
    /// Last day.
    #[param(value_type = String, format = "date", example = "2026-12-31")]
    until: NaiveDate,
}

/// How many tickets were opened.
#[derive(Serialize, Deserialize, ToSchema)]
struct TicketFigures {
    total: i64,
    /// Kinds without any are left out.
    by_kind: Vec<TicketKindCount>,
}

#[utoipa::path(tag = "tickets", operation_id = "getTicketFigures", summary = "群众反映的件数",
    description = "一个县（区）一段时间里提出的反映，按类别统计，供年度报告使用。", params(Span),
    responses((status = 200, description = "件数", body = Envelope<TicketFigures>),
        (status = 404, description = "10006 不是您的县（区）", body = Failure)),
    security(("staff" = ["county_officer"])))]
#[get("/staff/tickets/figures")]
async fn figures(who: CountyOfficer, q: Query<Span>, app: web::Data<App>) -> Result<Answer<TicketFigures>> {
    let (county, from, until) = (q.0.county, start_of_day_ms(q.0.from), end_of_day_ms(q.0.until));
    if !who.covers(Role::CountyOfficer, &county) {
        return Err(Error::not_found());
    }
    let found = app.db.read(move |c| opened(c, &county, from, until)).await?;
    let by_kind: Vec<TicketKindCount> =
        found.into_iter().map(|(kind, count)| TicketKindCount { kind: labelled!(kind), count }).collect();
    Ok(Answer::ok(TicketFigures { total: by_kind.iter().map(|k| k.count).sum(), by_kind }))
}
