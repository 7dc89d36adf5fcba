//! How many problems residents reported, over HTTP.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::accounts::guards::CountyOfficer;
use crate::office::frame::Call;
use crate::office::tickets::figures::opened;
use crate::office::tickets::queue::TicketKindCount;
use crate::platform::code;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Operations, Query};
use crate::rules::areas::AreaCode;
use crate::rules::calendar::{end_of_day, start_of_day};
use crate::rules::dates::Day;
use crate::rules::lifecycle::Role;
use crate::{labelled, operations};

/// The operation of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        figures: [code::NOT_FOUND],
    );
}

/// Where and when.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FiguresQuestion {
    /// Twelve digits.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// First day.
    #[param(value_type = String, format = Date, example = "2026-01-01")]
    from: Day,
    /// Last day.
    #[param(value_type = String, format = Date, example = "2026-12-31")]
    until: Day,
}

/// How many tickets were opened.
#[derive(Serialize, Deserialize, ToSchema)]
struct TicketFigures {
    total: i64,
    /// Kinds without any are left out.
    by_kind: Vec<TicketKindCount>,
}

#[utoipa::path(get, path = "/staff/tickets/figures", tag = "tickets", operation_id = "getTicketFigures", summary = "群众反映的件数",
    description = "一个县（区）一段时间里提出的反映，按类别统计，供年度报告使用。",
    responses((status = 200, description = "件数")))]
async fn figures(who: CountyOfficer, q: Query<FiguresQuestion>, call: Call) -> Result<Answer<TicketFigures>> {
    let span = q.0;
    if !who.covers(Role::CountyOfficer, &span.county) {
        return Err(Error::not_found());
    }
    call.read(move |c, _| {
        let found = opened(c, &span.county, start_of_day(*span.from), end_of_day(*span.until))?.into_iter();
        let by_kind: Vec<TicketKindCount> = found.map(|(kind, count)| TicketKindCount { kind: labelled!(kind), count }).collect();
        Ok(TicketFigures { total: by_kind.iter().map(|k| k.count).sum(), by_kind })
    })
    .await
}
