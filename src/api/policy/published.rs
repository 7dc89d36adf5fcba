//! What anybody may look up: areas, working days, and what a county asks for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::frame::Call;
use crate::office::policy::county::{self, Pinned};
use crate::office::policy::terms::{CommonPolicy, ReasonOption, Required};
use crate::office::policy::{areas, calendar};
use crate::platform::code;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Answer, Labelled, List, Operations, Public, Query};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::calendar::WorkCalendar;
use crate::rules::lifecycle::Desk;
use crate::rules::text::Code;
use crate::rules::typed::blank_is_none;
use crate::{labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_areas,
        see_calendar,
        see_policy: [code::NOT_FOUND],
    );
}

/// AreaFilter which area.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AreaFilter {
    /// Twelve digits; the provinces when left out.
    #[param(value_type = Option<String>, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    #[serde(default, deserialize_with = "blank_is_none")]
    parent: Option<AreaCode>,
}

/// One area.
#[derive(Serialize, Deserialize, ToSchema)]
struct AreaItem {
    #[schema(example = "990101100000")]
    code: String,
    #[schema(example = "宋疃镇")]
    name: String,
    /// province, city, county, town, village.
    level: Labelled<AreaLevel>,
}

#[utoipa::path(get, path = "/public/areas", tag = "public", operation_id = "listAreas", summary = "行政区划",
    description = "一个区划的下一级，按代码排列；不带参数时列出省级。下一级数量有限，一次全部列出。",
    responses((status = 200, description = "下一级区划")))]
async fn list_areas(query: Query<AreaFilter>, call: Call) -> Result<Public<List<AreaItem>>> {
    let found = call.found(move |c, office| areas::children(c, query.0.parent.as_ref(), office.today())).await?;
    let item = |a: areas::Area| AreaItem { code: a.code.to_string(), name: a.name, level: labelled!(a.level) };
    Ok(Answer::ok(List(found.into_iter().map(item).collect())).public())
}

/// Years that a calendar may be asked for.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// Which year.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CalendarFilter {
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    year: i32,
}

/// The working days of a year, as the State Council's notice has them.
#[derive(Serialize, Deserialize, ToSchema)]
struct CalendarYear {
    #[schema(example = 2026)]
    year: i32,
    /// The notice of this year is loaded.
    loaded: bool,
    /// What to say while it is not.
    #[schema(example = "2027 年的放假安排还没有录入，期限暂按周一至周五计算，录入后可能会变。")]
    warning: Option<String>,
    /// Title of the notice; empty while it is not loaded.
    source: String,
    /// Only the days that differ from Monday to Friday.
    days: Vec<CalendarException>,
}

/// A holiday or a make-up day.
#[derive(Serialize, Deserialize, ToSchema)]
struct CalendarException {
    #[schema(example = "2026-10-01", format = Date)]
    date: String,
    working: bool,
    #[schema(example = "国庆节")]
    name: String,
}

#[utoipa::path(get, path = "/public/calendar", tag = "public", operation_id = "getCalendar", summary = "工作日历",
    description = "一年中与“周一至周五上班”不同的日子（放假和调休上班）。办理期限按它计算。",
    responses((status = 200, description = "这一年的安排")))]
async fn see_calendar(query: Query<CalendarFilter>, call: Call) -> Result<Public<CalendarYear>> {
    let year = query.0.year;
    if !YEARS.contains(&year) {
        let mut faults = Faults::new();
        faults.push("/year", "年份", "out_of_range", "年份超出范围。", "请填写 2000 到 2100 之间的年份。");
        faults.settle()?;
    }
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(Error::not_found)?;
    let (days, years) = call.found(move |c, _| Ok((calendar::days_of(c, year)?, calendar::years(c)?))).await?;
    let warning = calendar::missing_warning(&WorkCalendar::from_days(&days), first, first);
    let days = days.into_iter();
    let day = |d: crate::rules::calendar::CalendarDay| CalendarException {
        date: d.date.to_string(),
        working: d.is_working_day,
        name: d.name,
    };
    Ok(Answer::ok(CalendarYear {
        year,
        loaded: warning.is_none(),
        warning,
        source: years.into_iter().find(|(y, _)| *y == year).map(|(_, source)| source).unwrap_or_default(),
        days: days.map(day).collect(),
    })
    .public())
}

/// Whose policy for what.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PolicyFilter {
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    #[param(value_type = String, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "education_aid")]
    service: Code<1, 60>,
}

/// What a county decided about a service, as far as all services share it.
#[derive(Serialize, Deserialize, ToSchema)]
struct PolicyView {
    id: Id,
    #[schema(example = "990101000000")]
    county: String,
    #[schema(example = "education_aid")]
    service: String,
    #[schema(example = 1)]
    version: i64,
    #[schema(example = "2026-01-01", format = Date)]
    effective_from: String,
    /// Who answers for it.
    #[schema(example = "甲区残疾人联合会")]
    owner: String,
    /// The notice that it follows.
    source: String,
    /// The legal basis.
    guide: String,
    /// The desks that a case passes; the last one decides.
    chain: Vec<Labelled<Desk>>,
    limits: PolicyLimits,
    materials: Vec<PolicyMaterial>,
    correction_reasons: Vec<Labelled>,
    reject_reasons: Vec<Labelled>,
}

/// Time limits; days are working days.
#[derive(Serialize, Deserialize, ToSchema)]
struct PolicyLimits {
    /// A case that nobody answered counts as accepted after so many.
    #[schema(example = 5)]
    accept_days: u32,
    /// Of each desk.
    #[schema(example = 5)]
    review_days: u32,
    #[schema(example = 10)]
    correction_days: u32,
    /// 0 when there is no public notice.
    #[schema(example = 5)]
    notice_days: u32,
    /// Minutes in which a submission can be undone.
    #[schema(example = 10)]
    undo_minutes: u32,
}

/// A paper that may be needed.
#[derive(Serialize, Deserialize, ToSchema)]
struct PolicyMaterial {
    #[schema(example = "household_register")]
    code: String,
    #[schema(example = "户口簿")]
    label: String,
    /// Always, whoever applies.
    always: bool,
    /// Condition under which it is needed; null when always or never.
    #[schema(example = "guardian_required")]
    when: Option<String>,
    #[schema(example = 4)]
    max_pages: u32,
    /// How to photograph it, or where to get it.
    hint: String,
    /// What is taken in its place.
    alternatives: Vec<String>,
}

#[utoipa::path(get, path = "/public/policies", tag = "public", operation_id = "getPolicy", summary = "办事指南",
    description = "一个县（区）今天对一项服务的规定：办理环节、期限、材料和依据。",
    responses((status = 200, description = "现行规定")))]
async fn see_policy(query: Query<PolicyFilter>, call: Call) -> Result<Public<PolicyView>> {
    let asked = query.0;
    let found = call.found(move |c, office| county::current(c, &asked.county, &asked.service, office.today())).await?;
    Ok(Answer::ok(view(&found.ok_or_else(Error::not_found)?)).public())
}

fn view(policy: &Pinned) -> PolicyView {
    let common: &CommonPolicy = &policy.common;
    let reasons = |list: &[ReasonOption]| list.iter().map(|r| Labelled::new(&r.code, &r.label)).collect();
    let material = |m: &crate::office::policy::terms::Material| PolicyMaterial {
        code: m.code.clone(),
        label: m.label.clone(),
        always: m.required == Required::Always,
        when: if let Required::When(code) = &m.required { Some(code.clone()) } else { None },
        max_pages: m.max_pages,
        hint: m.hint.clone(),
        alternatives: m.alternatives.clone(),
    };
    PolicyView {
        id: policy.id,
        county: policy.county.to_string(),
        service: policy.service.clone(),
        version: policy.version,
        effective_from: policy.effective_from.to_string(),
        owner: policy.owner.clone(),
        source: policy.source.clone(),
        guide: common.guide.clone(),
        chain: common.chain.iter().map(|d| labelled!(*d)).collect(),
        limits: PolicyLimits {
            accept_days: common.accept_days,
            review_days: common.review_days,
            correction_days: common.correction_days,
            notice_days: common.notice_days,
            undo_minutes: common.undo_minutes,
        },
        materials: common.materials.iter().map(material).collect(),
        correction_reasons: reasons(&common.correction_reasons),
        reject_reasons: reasons(&common.reject_reasons),
    }
}
