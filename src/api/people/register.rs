//! The register of certificates for workers: exact counts, and the list behind them.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::frame::Call;
use crate::office::people::register::CertificateStatus;
use crate::office::people::rolls::{self, Roll};
use crate::office::people::views::{AreaNames, AreaView, CardView};
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::{After, Cursor};
use crate::platform::http::{Answer, Labelled, Operations, Page, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::{Category, Level};
use crate::rules::dates::Day;
use crate::rules::typed::blank_is_none;
use crate::{labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        count_holders: [code::NOT_FOUND],
        list_holders: [code::NOT_FOUND],
    );
}

/// Which cards.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HolderCountFilter {
    /// A county, or a town or village in it; all areas of yours when left out.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    county: Option<AreaCode>,
}

/// Which cards, and which page of them.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HolderFilter {
    /// A county, or a town or village in it; all areas of yours when left out.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
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
    #[param(value_type = Option<String>, format = Date, example = "2027-05-22")]
    #[serde(default, deserialize_with = "blank_is_none")]
    expires_until: Option<Day>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

/// The caller's areas, or the one asked for when it lies in them; else 10006.
fn areas_of(worker: &Worker, asked: Option<AreaCode>) -> Result<Vec<AreaCode>> {
    match asked {
        Some(area) if worker.serves(&area) => Ok(vec![area]),
        Some(_) => Err(Error::not_found()),
        None => Ok(worker.desk_areas()),
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

#[utoipa::path(get, path = "/staff/register/summary", tag = "people", operation_id = "countHolders", summary = "持证人数统计",
    description = "区域内持有效残疾人证的人数，按重度和类别分。数字与名册列表同源。",
    responses((status = 200, description = "持证人数")))]
async fn count_holders(who: DeskOfficer, query: Query<HolderCountFilter>, call: Call) -> Result<Answer<HolderCounts>> {
    let roll = Roll::holders(areas_of(&who, query.0.county)?);
    call.read(move |c, _| {
        let counts = rolls::count(c, &roll)?;
        let by_category = counts.by_category.into_iter();
        Ok(HolderCounts {
            holders: counts.holders,
            severe: counts.severe,
            other: counts.other,
            by_category: by_category.map(|(k, count)| CategoryCount { category: labelled!(k), count }).collect(),
        })
    })
    .await
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

#[utoipa::path(get, path = "/staff/register", tag = "people", operation_id = "listHolders", summary = "持证名册",
    description = "区域内的残疾人证，先到期的在前，姓名已遮盖。",
    responses((status = 200, description = "一页名册")))]
async fn list_holders(who: DeskOfficer, q: Query<HolderFilter>, call: Call) -> Result<Answer<Page<HolderLine>>> {
    let limit = q.0.limit;
    let cursor = q.0.cursor.clone();
    let roll = q.0.roll(&who)?;
    let list = format!("register:{roll:?}");
    call.page(&list, limit, cursor.as_deref(), move |c, office, after, limit| {
        let mut names = AreaNames::default();
        let held = rolls::list(c, &roll, after.map(opened).transpose()?, limit.saturating_add(1))?.into_iter();
        held.map(|h| HolderLine::of(c, &mut names, h, office.today())).collect()
    })
    .await
}

impl HolderFilter {
    /// The cards that are asked for, in areas of the worker's.
    fn roll(self, worker: &Worker) -> Result<Roll> {
        Ok(Roll {
            areas: areas_of(worker, self.county)?,
            status: self.status.unwrap_or(CertificateStatus::Valid),
            category: self.category,
            level: self.level,
            severe: self.severe,
            expires_until: self.expires_until.map(NaiveDate::from),
        })
    }
}

impl HolderLine {
    fn of(c: &mut AnyConn, names: &mut AreaNames, held: rolls::Holder, today: NaiveDate) -> Result<(After, HolderLine)> {
        let after = After { at: i64::from(held.card.expires_on.num_days_from_ce()), id: held.card.id };
        let line = HolderLine {
            person_id: held.person.id,
            name_masked: held.person.name_masked,
            area: names.view(c, &held.person.area)?,
            card: CardView::of(&held.card, today),
        };
        Ok((after, line))
    }
}

/// The list goes by the last valid day, counted in days.
fn opened(after: After) -> Result<rolls::After> {
    let day = i32::try_from(after.at).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    day.map(|day| (day, after.id)).ok_or_else(|| Error::new(&code::BAD_CURSOR))
}
