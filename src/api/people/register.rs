//! The register of certificates for workers: exact counts, and the list behind them.

use actix_web::{get, web};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::staff::in_scope;
use crate::labelled;
use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::people::register::CertificateStatus;
use crate::office::people::rolls::{self, Roll};
use crate::office::people::views::{AreaNames, AreaView, CardView};
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::{self, After};
use crate::platform::http::{Answer, Envelope, Failure, Labelled, Page, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::{Category, Level};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(count_holders).service(list_holders);
}

/// Which cards.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Counted {
    /// A county, or a town or village in it; all areas of yours when left out.
    #[param(value_type = Option<String>, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: Option<AreaCode>,
}

/// Which cards, and which page of them.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listed {
    /// A county, or a town or village in it; all areas of yours when left out.
    #[param(value_type = Option<String>, example = "990101000000", pattern = "^[0-9]{12}$")]
    county: Option<AreaCode>,
    #[param(inline)]
    status: Option<CertificateStatus>,
    #[param(inline)]
    category: Option<Category>,
    #[param(inline)]
    level: Option<Level>,
    /// Levels 1 and 2 only, or the others only.
    severe: Option<bool>,
    /// Only cards whose last valid day is this one or earlier.
    #[param(value_type = Option<String>, example = "2027-05-22")]
    expires_until: Option<NaiveDate>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// The caller's areas, or the one asked for when it lies in them; else 10006.
fn areas_of(worker: &Worker, asked: Option<AreaCode>) -> Result<Vec<AreaCode>> {
    match asked {
        Some(area) if in_scope(worker, &area) => Ok(vec![area]),
        Some(_) => Err(Error::not_found()),
        None => Ok(worker.posts.iter().filter(|p| p.role.desk().is_some()).map(|p| p.area).collect()),
    }
}

/// How many of one category.
#[derive(Serialize, Deserialize, ToSchema)]
struct CategoryCount {
    category: Labelled<Category>,
    #[schema(example = 2690)]
    count: i64,
}

/// Holders of valid certificates, in the cuts of the yearly report.
#[derive(Serialize, Deserialize, ToSchema)]
struct HolderCounts {
    #[schema(example = 27066)]
    holders: i64,
    /// Levels 1 and 2 (重度).
    #[schema(example = 17397)]
    severe: i64,
    #[schema(example = 9669)]
    other: i64,
    by_category: Vec<CategoryCount>,
}

#[utoipa::path(tag = "people", operation_id = "countHolders", summary = "持证人数统计",
    description = "区域内持有效残疾人证的人数，按重度和类别分。数字与名册列表同源。",
    params(Counted),
    responses((status = 200, description = "持证人数", body = Envelope<HolderCounts>),
        (status = 404, description = "10006 不是您负责的区域", body = Failure)),
    security(("staff" = [])))]
#[get("/staff/register/summary")]
async fn count_holders(who: DeskOfficer, query: Query<Counted>, app: web::Data<App>) -> Result<Answer<HolderCounts>> {
    let roll = Roll::holders(areas_of(&who, query.0.county)?);
    let counts = app.db.read(move |c| rolls::count(c, &roll)).await?;
    let by_category = counts.by_category.into_iter();
    Ok(Answer::ok(HolderCounts {
        holders: counts.holders,
        severe: counts.severe,
        other: counts.other,
        by_category: by_category.map(|(k, count)| CategoryCount { category: labelled!(k), count }).collect(),
    }))
}

/// A card with its holder, masked.
#[derive(Serialize, Deserialize, ToSchema)]
struct HolderLine {
    person_id: Id,
    #[schema(example = "王*四")]
    name_masked: String,
    area: AreaView,
    card: CardView,
}

#[utoipa::path(tag = "people", operation_id = "listHolders", summary = "持证名册",
    description = "区域内的残疾人证，先到期的在前，姓名已遮盖。",
    params(Listed),
    responses((status = 200, description = "一页名册", body = Envelope<Page<HolderLine>>),
        (status = 404, description = "10006 不是您负责的区域", body = Failure)),
    security(("staff" = [])))]
#[get("/staff/register")]
async fn list_holders(who: DeskOfficer, query: Query<Listed>, app: web::Data<App>) -> Result<Answer<Page<HolderLine>>> {
    let asked = query.0;
    let roll = Roll {
        areas: areas_of(&who, asked.county)?,
        status: asked.status.unwrap_or(CertificateStatus::Valid),
        category: asked.category,
        level: asked.level,
        severe: asked.severe,
        expires_until: asked.expires_until,
    };
    let (list, limit) = (format!("register:{roll:?}"), paging::limit(asked.limit)?);
    let after = paging::open(&app, &list, asked.cursor.as_deref())?.map(opened).transpose()?;
    let today = beijing_date(app.clock.now_ms());
    let rows = app.db.read(move |c| {
        let mut names = AreaNames::default();
        let held = rolls::list(c, &roll, after, limit.saturating_add(1))?.into_iter();
        held.map(|h| {
            let line = HolderLine {
                person_id: h.person.id,
                name_masked: h.person.name_masked,
                area: names.view(c, &h.person.area)?,
                card: CardView::of(&h.card, today),
            };
            Ok((After { at: i64::from(h.card.expires_on.num_days_from_ce()), id: h.card.id }, line))
        })
        .collect::<Result<Vec<(After, HolderLine)>>>()
    });
    let (rows, next_cursor) = paging::cut(&app, &list, rows.await?, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, line)| line).collect(), next_cursor }))
}

/// The list goes by the last valid day, counted in days.
fn opened(after: After) -> Result<rolls::After> {
    let day = i32::try_from(after.at).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    day.map(|day| (day, after.id)).ok_or_else(|| Error::new(&code::BAD_CURSOR))
}
