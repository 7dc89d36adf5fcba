//! The administrator's overview of desks: which are unstaffed.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::office::accounts::Administrator;
use crate::office::administration::desks::{self, Served};
use crate::office::administration::scope;
use crate::office::frame::Call;
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::paging::{self, Cursor};
use crate::platform::http::{Answer, Labelled, Operations, Page, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Desk;
use crate::rules::typed::blank_is_none;
use crate::{labelled, operations};

/// Mounts this operation.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list: [code::NOT_FOUND],
    );
}

/// Of which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeskFilter {
    /// Twelve digits.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

/// One desk.
#[derive(Serialize, ToSchema)]
struct DeskView {
    desk: Labelled<Desk>,
    #[schema(example = "990101100000")]
    area: String,
    /// Name of the area or of the point.
    #[schema(example = "宋疃镇")]
    place: String,
    /// The point, for a desk that stands at one.
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

#[utoipa::path(get, path = "/staff/admin/desks", tag = "administration", operation_id = "listDesks", summary = "各环节的人手",
    description = "一个县（区）现行政策用到的每个办理环节和地区，各有几名在岗人员；没有人的排在最前面。",
    responses((status = 200, description = "一页")))]
async fn list(who: Administrator, query: Query<DeskFilter>, call: Call) -> Result<Answer<Page<DeskView>>> {
    let county = query.0.county;
    let name = format!("desks:{county}");
    scope::within(&who, &county)?;
    // There are as many desks as the county has towns, villages and points: all are counted for each page.
    call.page(&name, query.0.limit, query.0.cursor.as_deref(), move |c, office, after, _| {
        let mut all = desks::overview(c, &office.services, &county, office.now)?;
        if let Some(last) = after {
            all.retain(|served| (served.key().at, served.key().id) > (last.at, last.id));
        }
        Ok(paging::placed(&all, all.iter().map(DeskView::from).collect(), Served::key))
    })
    .await
}
