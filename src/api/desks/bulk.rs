//! One decision about many cases: each by itself, under the same rules as one alone, with a result of its own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::decisions::Verb;
use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::access::loading;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::desks::rulings::Ruling;
use crate::office::frame::Write;
use crate::platform::code;
use crate::platform::db::{AnyConn, apart};
use crate::platform::error::{Detail, Result};
use crate::platform::http::{Answer, Labelled, Operations};
use crate::platform::id::Id;
use crate::rules::lifecycle::State;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; bulk);
}

/// A case and the version that was seen.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenCase {
    id: Id,
    #[schema(value_type = i64, example = 4)]
    version: Version,
}

/// One decision about many cases.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Bulk {
    #[schema(inline, example = "accept")]
    action: Verb,
    /// A code of the policy's reasons for this action; the same for all.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "not_eligible")]
    #[serde(default, deserialize_with = "blank_is_none")]
    reason: Option<Code<1, 60>>,
    /// Words that each applicant will read.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "材料齐全，同意报送。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 500>>,
    #[validate(length(min = 1, max = 50, message = "请选择一到五十件。"), nested)]
    cases: Vec<SeenCase>,
}
form!(Bulk { action: "办理动作", reason: "原因", note: "说明", cases: "办件", id: "办件编号", version: "版本" });

/// What became of one case.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct BulkResult {
    id: Id,
    /// The status that the operation on this case alone would have had.
    #[schema(example = 409)]
    status: u16,
    /// 0 means done.
    #[schema(example = 10030)]
    errcode: u32,
    #[schema(example = "内容已经被更新，请查看最新情况后再操作。")]
    errmsg: String,
    details: Vec<Detail>,
    /// The present version; none of a case that is not there for the caller.
    #[schema(example = 5)]
    version: Option<i64>,
    /// The present state.
    state: Option<Labelled<State>>,
}

/// What became of all.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct BulkDone {
    #[schema(example = 18)]
    done: usize,
    #[schema(example = 2)]
    refused: usize,
    /// In the order in which they were sent.
    results: Vec<BulkResult>,
}

#[utoipa::path(post, path = "/staff/cases/actions/bulk", tag = "desks", operation_id = "decideCases", summary = "批量办理",
    description = "对最多五十件作同一个决定。每件单独办理，规则与逐件办理相同；一件不能办理不影响其他件。每件的结果都在 results 中：errcode 为 0 的已办理。",
    responses((status = 200, description = "每件的结果")))]
async fn bulk(who: DeskOfficer, call: Write<Bulk>) -> Result<Answer<BulkDone>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let reason = sent.reason.clone().map(Code::into_string);
        let note = sent.note.clone().map(Note::into_string);
        let ruling = Ruling { deed: sent.action.deed(reason.as_deref(), note.as_deref()), reason, note };
        let mut results = Vec::with_capacity(sent.cases.len());
        for seen in &sent.cases {
            results.push(rule_on(c, office, &worker, &ruling, seen)?);
        }
        let done = results.iter().filter(|r| r.errcode == 0).count();
        Ok(BulkDone { done, refused: results.len().saturating_sub(done), results })
    })
    .await
}

/// One case, apart from the others.
fn rule_on(c: &mut AnyConn, office: &Office, worker: &Worker, ruling: &Ruling, seen: &SeenCase) -> Result<BulkResult> {
    let told = |case: Option<&Case>, status: u16, errcode: u32, errmsg: &str, details: &[Detail]| BulkResult {
        id: seen.id,
        status,
        errcode,
        errmsg: errmsg.to_owned(),
        details: details.to_vec(),
        version: case.map(|case| case.version.0),
        state: case.map(|case| labelled!(case.state)),
    };
    match apart(c, |c| ruling.on(c, office, worker, seen.id, seen.version))? {
        Ok(case) => Ok(told(Some(&case), 200, 0, "ok", &[])),
        Err(e) => {
            let now = present(c, worker, seen.id)?;
            Ok(told(now.as_ref(), e.code().status, e.code().number, e.code().sentence, e.details()))
        }
    }
}

/// The case as it stands, if it is there for this worker.
fn present(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Option<Case>> {
    match loading::in_scope(c, worker, id) {
        Ok(case) => Ok(Some(case)),
        Err(e) if e.code() == &code::NOT_FOUND => Ok(None),
        Err(e) => Err(e),
    }
}
