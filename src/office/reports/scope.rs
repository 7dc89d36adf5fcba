//! What a report is asked about, and how far its caller sees.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::accounts::guards::{AreaOverseer, oversees};
use crate::office::cases::service::Spine;
use crate::office::stored;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::Labelled;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::calendar::{end_of_day_ms, start_of_day_ms};
use crate::rules::lifecycle::Role;

/// A report reads at most so many days: a whole leap year.
const MOST_DAYS: i64 = 366;

/// No season can be announced for an earlier year, and no case is older.
const FIRST_YEAR: i32 = 2000;

/// Where, which service, and which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Twelve digits of a county, city or province inside your own area; left out, your whole area.
    #[param(value_type = Option<String>, example = "990101000000", pattern = "^[0-9]{12}$")]
    pub county: Option<AreaCode>,
    /// Code of a service; left out, all of them.
    pub service: Option<String>,
    /// First day; left out, 1 January of the last day's year.
    #[param(value_type = Option<String>, format = "date", example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// Last day, at most 366 days; left out, today.
    #[param(value_type = Option<String>, format = "date", example = "2026-12-31")]
    pub to: Option<NaiveDate>,
}

/// Where, and which service: for what is true now.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedNow {
    /// Twelve digits of a county, city or province inside your own area; left out, your whole area.
    #[param(value_type = Option<String>, example = "990101000000", pattern = "^[0-9]{12}$")]
    pub county: Option<AreaCode>,
    /// Code of a service; left out, all of them.
    pub service: Option<String>,
}

/// Where, which service, and which year.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedYear {
    /// Twelve digits of a county, city or province inside your own area; left out, your whole area.
    #[param(value_type = Option<String>, example = "990101000000", pattern = "^[0-9]{12}$")]
    pub county: Option<AreaCode>,
    /// Code of a service; left out, all of them and the register.
    pub service: Option<String>,
    /// Four digits, from 2000 on; left out, this year.
    #[param(minimum = 2000, maximum = 2999, example = 2024)]
    pub year: Option<i32>,
}

impl From<WantedNow> for Wanted {
    fn from(now: WantedNow) -> Wanted {
        Wanted { county: now.county, service: now.service, from: None, to: None }
    }
}

/// The days of a report.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Period {
    #[schema(value_type = String, format = Date, example = "2026-01-01")]
    pub from: NaiveDate,
    /// Included.
    #[schema(value_type = String, format = Date, example = "2026-12-31")]
    pub to: NaiveDate,
}

impl Period {
    pub fn of_year(year: i32) -> Period {
        let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        Period { from: day(1, 1), to: day(12, 31) }
    }
}

/// What is asked, after the caller's rights were looked at.
#[derive(Clone, Debug)]
pub struct Scope {
    /// First and last code of each area, both included.
    pub areas: Vec<(String, String)>,
    pub service: Option<String>,
    pub period: Period,
    /// The caller may learn who of the workers it was.
    pub names: bool,
}

impl Scope {
    /// Errors: 10006 an area that is not the caller's, 10002 an unknown service or a period that is no period.
    pub fn of(who: &AreaOverseer, spine: &Spine, wanted: &Wanted) -> Result<Scope> {
        let mut faults = unknown(spine, wanted.service.as_deref());
        let to = wanted.to.unwrap_or(spine.today().max(wanted.from.unwrap_or(spine.today())));
        let from = wanted.from.or(to.with_ordinal(1)).unwrap_or(to);
        if from > to || to.signed_duration_since(from).num_days() >= MOST_DAYS {
            faults.push(
                "/to",
                "结束日期",
                "bad_period",
                "时间段不正确，或者超过一年。",
                "请选择不早于开始日期、不超过一年的结束日期。",
            );
        }
        Scope::seen_by(who, wanted.county, wanted.service.clone(), Period { from, to }, faults)
    }

    /// A whole year. Errors as above; the year must have begun.
    pub fn of_year(who: &AreaOverseer, spine: &Spine, wanted: &WantedYear) -> Result<Scope> {
        let mut faults = unknown(spine, wanted.service.as_deref());
        let year = wanted.year.unwrap_or(spine.today().year());
        if !(FIRST_YEAR..=spine.today().year()).contains(&year) {
            faults.push("/year", "年度", "bad_year", "没有这一年的统计。", "请填写2000年到今年之间的四位数年度。");
        }
        Scope::seen_by(who, wanted.county, wanted.service.clone(), Period::of_year(year), faults)
    }

    fn seen_by(
        who: &AreaOverseer,
        county: Option<AreaCode>,
        service: Option<String>,
        period: Period,
        faults: Faults,
    ) -> Result<Scope> {
        let own = || who.posts.iter().filter(|p| oversees(p.role));
        let areas: Vec<AreaCode> = match county {
            Some(area) if area.level() > AreaLevel::County || !own().any(|p| p.area.contains(&area)) => {
                return Err(Error::not_found());
            }
            Some(area) => vec![area],
            None => own().map(|p| p.area).collect(),
        };
        faults.settle()?;
        // Leaders and administrators of all that is asked.
        let leads = |area: &AreaCode| own().any(|p| (p.lead || p.role == Role::Administrator) && p.area.contains(area));
        let names = areas.iter().all(leads);
        Ok(Scope { areas: areas.iter().map(stored::bounds).collect(), service, period, names })
    }

    /// All services of one area in a year, for whoever needs no right: a command on the machine itself.
    pub fn whole_year(area: &AreaCode, year: i32) -> Scope {
        Scope { areas: vec![stored::bounds(area)], service: None, period: Period::of_year(year), names: false }
    }

    /// The year, of a scope that is one.
    pub fn year(&self) -> i32 {
        self.period.from.year()
    }

    /// First and last moment, both included.
    pub fn moments(&self) -> (i64, i64) {
        (start_of_day_ms(self.period.from), end_of_day_ms(self.period.to))
    }
}

fn unknown(spine: &Spine, service: Option<&str>) -> Faults {
    let mut faults = Faults::new();
    if service.is_some_and(|code| spine.services.get(code).is_err()) {
        faults.push("/service", "服务", "unknown_service", "没有这项服务。", "请从服务列表中选择，或者不选。");
    }
    faults
}

/// The service of a stored code with its words.
pub fn service(spine: &Spine, code: &str) -> Result<Labelled> {
    let service = spine.services.get(code)?;
    Ok(Labelled::new(service.code(), service.label()))
}

/// So many of all in percent with one decimal; none of nothing.
pub fn percent(part: i64, all: i64) -> Option<f64> {
    let tenths = part.saturating_mul(2000).checked_add(all)?.checked_div(all.saturating_mul(2))?;
    i32::try_from(tenths).ok().map(|tenths| f64::from(tenths) / 10.0)
}

/// Narrows a query to the areas of a scope, by the column that holds the county. Before any other filter: it is an OR.
macro_rules! in_areas {
    ($query:expr, $county:expr, $scope:expr) => {{
        let mut query = $query.into_boxed::<$crate::platform::db::MultiBackend>();
        for (first, last) in &$scope.areas {
            query = query.or_filter($county.between(first.clone(), last.clone()));
        }
        query
    }};
}

pub(crate) use in_areas;

/// Narrows a query on a view of the reports to the caller's areas and the service that is asked for.
macro_rules! within {
    ($query:expr, $view:ident, $scope:expr) => {{
        let query = in_areas!($query, $view::county, $scope);
        match &$scope.service {
            Some(service) => query.filter($view::service.eq(service.clone())),
            None => query,
        }
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_to_one_decimal_and_nothing_has_none() {
        assert_eq!((percent(1, 3), percent(2, 3), percent(3, 3)), (Some(33.3), Some(66.7), Some(100.0)));
        assert_eq!((percent(0, 5), percent(0, 0)), (Some(0.0), None));
    }
}
