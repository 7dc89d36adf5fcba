//! What an administrator may decide about tickets: desks and days of each kind.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::Administrator;
use crate::office::frame::{Call, Save};
use crate::office::tickets::terms::{self, Terms};
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Operations, Query};
use crate::rules::areas::AreaCode;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        see: [code::NOT_FOUND],
        decide: [code::NOT_FOUND],
    );
}

/// Whose.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TermsFilter {
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
}

/// What is in force in a county.
#[derive(Serialize, Deserialize, ToSchema)]
struct TicketTermsView {
    #[schema(example = "990101000000")]
    county: String,
    /// Send it with the next change; 0 while the county uses what the program ships.
    #[schema(example = 0)]
    version: i64,
    terms: Terms,
}

#[utoipa::path(get, path = "/staff/admin/ticket-terms", tag = "tickets", operation_id = "getTicketTerms", summary = "群众反映的办理规定",
    description = "一个县（区）各类反映由哪个窗口办、几个工作日办完。没有改过时是系统自带的规定。",
    responses((status = 200, description = "现行规定")))]
async fn see(who: Administrator, q: Query<TermsFilter>, call: Call) -> Result<Answer<TicketTermsView>> {
    let county = q.0.county;
    terms::within(&who, &county)?;
    call.read(move |c, _| {
        let (version, terms) = terms::of(c, &county)?;
        Ok(TicketTermsView { county: county.to_string(), version, terms })
    })
    .await
}

/// New terms over those that were seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveTicketTerms {
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// The version that was seen.
    #[schema(example = 0)]
    version: i64,
    #[validate(nested)]
    terms: Terms,
}
form!(SaveTicketTerms {
    county: "县（区）",
    version: "版本",
    terms: "规定",
    kinds: "各类反映",
    kind: "类别",
    desk: "办理窗口",
    days: "工作日",
    claim_minutes: "领取时间（分钟）",
    confirm_days: "确认期限（工作日）",
    retry_days: "再次联系间隔（工作日）",
    tries: "联系次数",
    most_open: "每人未办完的上限",
});

#[utoipa::path(put, path = "/staff/admin/ticket-terms", tag = "tickets", operation_id = "saveTicketTerms", summary = "修改群众反映的办理规定",
    description = "从现在起提出的反映按新规定办；以前的规定留作记录。",
    responses((status = 200, description = "新的规定")))]
async fn decide(who: Administrator, call: Save<SaveTicketTerms>) -> Result<Answer<TicketTermsView>> {
    terms::within(&who, &call.sent.county)?;
    call.save(move |c, office, sent| {
        let version = terms::decide(c, &sent.county, sent.version, &sent.terms, who.id, office.now)?;
        Ok(TicketTermsView { county: sent.county.to_string(), version, terms: sent.terms.clone() })
    })
    .await
}
