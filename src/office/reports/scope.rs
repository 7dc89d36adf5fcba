//! What a report is asked about, and how far its caller sees.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::office::accounts::guards::{AreaOverseer, oversees};
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{Period, Scope};
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::Labelled;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::dates::Day;
use crate::rules::lifecycle::Role;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;

/// A report reads at most so many days: a whole leap year.
const MOST_DAYS: i64 = 366;

/// No season can be announced for an earlier year, and no case is older.
const FIRST_YEAR: i32 = 2000;

/// Where, which service, and which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuestion {
    /// Twelve digits of a county, city or province inside your own area; left out, your whole area.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub county: Option<AreaCode>,
    /// Code of a service; left out, all of them.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub service: Option<Code<1, 60>>,
    /// First day; left out, 1 January of the last day's year.
    #[param(value_type = Option<String>, format = Date, example = "2026-01-01")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub from: Option<Day>,
    /// Last day, at most 366 days; left out, today.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub to: Option<Day>,
}

/// Where, and which service: for what is true now.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuestionNow {
    /// Twelve digits of a county, city or province inside your own area; left out, your whole area.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub county: Option<AreaCode>,
    /// Code of a service; left out, all of them.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub service: Option<Code<1, 60>>,
}

/// Where, which service, and which year.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct YearQuestion {
    /// Twelve digits of a county, city or province inside your own area; left out, your whole area.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub county: Option<AreaCode>,
    /// Code of a service; left out, all of them and the register.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub service: Option<Code<1, 60>>,
    /// Four digits, from 2000 on; left out, this year.
    #[param(minimum = 2000, maximum = 2999, example = 2024)]
    pub year: Option<i32>,
}

impl From<ReportQuestionNow> for ReportQuestion {
    fn from(now: ReportQuestionNow) -> ReportQuestion {
        ReportQuestion { county: now.county, service: now.service, from: None, to: None }
    }
}

impl Scope {
    /// Errors: 10006 an area that is not the caller's, 10002 an unknown service or a period that is no period.
    pub fn of(who: &AreaOverseer, office: &Office, question: &ReportQuestion) -> Result<Scope> {
        let mut faults = unknown(office, question.service.as_deref());
        let from = question.from.map(NaiveDate::from);
        let to = question.to.map(NaiveDate::from);
        let to = to.unwrap_or(office.today().max(from.unwrap_or(office.today())));
        let from = from.or(to.with_ordinal(1)).unwrap_or(to);
        if from > to || to.signed_duration_since(from).num_days() >= MOST_DAYS {
            faults.push(
                "/to",
                "结束日期",
                "bad_period",
                "时间段不正确，或者超过一年。",
                "请选择不早于开始日期、不超过一年的结束日期。",
            );
        }
        Scope::seen_by(who, question.county, question.service.clone().map(Code::into_string), Period { from, to }, faults)
    }

    /// A whole year. Errors as above; the year must have begun.
    pub fn of_year(who: &AreaOverseer, office: &Office, question: &YearQuestion) -> Result<Scope> {
        let mut faults = unknown(office, question.service.as_deref());
        let year = question.year.unwrap_or(office.today().year());
        if !(FIRST_YEAR..=office.today().year()).contains(&year) {
            faults.push("/year", "年度", "bad_year", "没有这一年的统计。", "请填写2000年到今年之间的四位数年度。");
        }
        Scope::seen_by(who, question.county, question.service.clone().map(Code::into_string), Period::of_year(year), faults)
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
        Ok(Scope { areas: areas.iter().map(AreaCode::bounds).collect(), service, period, names })
    }
}

fn unknown(office: &Office, service: Option<&str>) -> Faults {
    let mut faults = Faults::new();
    if service.is_some_and(|code| office.services.get(code).is_err()) {
        faults.push("/service", "服务", "unknown_service", "没有这项服务。", "请从服务列表中选择，或者不选。");
    }
    faults
}

/// The service of a stored code with its words.
pub fn service(office: &Office, code: &str) -> Result<Labelled> {
    let service = office.services.get(code)?;
    Ok(Labelled::new(service.code(), service.label()))
}

/// So many of all in percent with one decimal; none of nothing.
pub fn percent(part: i64, all: i64) -> Option<f64> {
    let tenths = part.saturating_mul(2000).checked_add(all)?.checked_div(all.saturating_mul(2))?;
    i32::try_from(tenths).ok().map(|tenths| f64::from(tenths) / 10.0)
}

/// Narrows a query to the areas of a scope, by the column that holds the county. Before any other filter: it is an OR.
/// A macro, because the queries stand on views, tables and joins of their own: a function would have to name for each what
/// it selects from, joins and groups by.
macro_rules! in_areas {
    ($query:expr, $county:expr, $scope:expr) => {{
        let mut query = $query.into_boxed::<$crate::platform::db::MultiBackend>();
        for (first, last) in &$scope.areas {
            query = query.or_filter($county.between(*first, *last));
        }
        query
    }};
}

pub(crate) use in_areas;

/// Narrows a query on a view of the reports to the caller's areas and the service that is asked for. A macro
/// for the same reason.
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
