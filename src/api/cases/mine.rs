//! What an applicant may call: my cases, one case, and the actions on it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::{Filer, Resident};
use crate::office::cases::access::{consents, loading, mandates};
use crate::office::cases::filing::check::check;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::service::Offer;
use crate::office::cases::showing::mine::{self, Filter, Of, StateCount};
use crate::office::cases::showing::views::{self, CaseSummary, CaseView};
use crate::office::frame::{Call, Write};
use crate::office::notices::reach::{self, About, Channels};
use crate::office::ratings::{self, Grade, Rating};
use crate::platform::code;
use crate::platform::error::{Detail, Faults, Result};
use crate::platform::http::paging::Cursor;
use crate::platform::http::{Answer, List, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        offers: [code::NOT_FOUND],
        list,
        count,
    );
    super::mandates::routes(to);
    super::taking_on::routes(to);
    operations!(to;
        one,
        checked,
        submit: [case_codes::NOT_NOW, consents::NEEDED, consents::CHANGED],
        undo: [case_codes::NOT_NOW, case_codes::UNDO_OVER],
        withdraw: [case_codes::NOT_NOW],
        resubmit: [case_codes::NOT_NOW, case_codes::NOTHING_ANSWERED],
        urge: [case_codes::NOT_NOW, case_codes::URGED],
        appeal: [case_codes::NOT_NOW, case_codes::ALREADY_LIVE, case_codes::APPEAL_OVER],
        rate: [case_codes::NOT_NOW, case_codes::RATED],
    );
}

/// For whom.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ForPerson {
    /// One of `GET /me/persons`.
    person_id: Id,
}

#[utoipa::path(get, path = "/me/offers", tag = "cases", operation_id = "listOffers", summary = "可以申请什么",
    description = "您可以为这个人申请的事项；不能申请的会说明原因。事项有限，一次全部列出。",
    responses((status = 200, description = "各项服务")))]
async fn offers(who: Filer, q: Query<ForPerson>, call: Call) -> Result<Answer<List<Offer>>> {
    call.read(move |c, office| {
        let person = q.0.person_id;
        mandates::relation(c, &who, person, office.now)?;
        let mut all = Vec::new();
        for service in office.services.all() {
            all.extend(service.offers(c, office, person)?);
        }
        Ok(List(all))
    })
    .await
}

/// Which of my cases.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MyCaseFilter {
    /// true: still being handled; false: ended.
    live: Option<bool>,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/cases", tag = "cases", operation_id = "listMyCases", summary = "我的办件",
    description = "您提交的和正在填写的办件，最新的在前；工作人员看到的是自己代办的。",
    responses((status = 200, description = "一页办件")))]
async fn list(who: Filer, q: Query<MyCaseFilter>, call: Call) -> Result<Answer<Page<CaseSummary>>> {
    let name = format!("cases:{}:{:?}", who.id(), q.0.live);
    let filter = Filter { of: Of::from(&who), live: q.0.live };
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        mine::list(c, office, &filter, after, limit)
    })
    .await
}

/// Which of my cases to count.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MyCaseCountFilter {
    /// true: still being handled; false: ended.
    live: Option<bool>,
}

#[utoipa::path(get, path = "/cases/count", tag = "cases", operation_id = "countMyCases", summary = "我的办件数量",
    description = "按状态统计您的办件，与列表完全一致。每种状态一行，一次全部列出。",
    responses((status = 200, description = "各状态的数量")))]
async fn count(who: Filer, q: Query<MyCaseCountFilter>, call: Call) -> Result<Answer<List<StateCount>>> {
    let filter = Filter { of: Of::from(&who), live: q.0.live };
    call.read(move |c, _| mine::counts(c, &filter).map(List)).await
}

#[utoipa::path(get, path = "/cases/{id}", tag = "cases", operation_id = "getCase", summary = "查看办件",
    description = "办件的状态、下一步由谁办理、期限、您现在可以做什么，以及全部办理记录。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办件")))]
async fn one(who: Filer, id: PathId, call: Call) -> Result<Answer<CaseView>> {
    call.read(move |c, office| {
        let case = loading::owned(c, &who, id.0, office.now)?;
        views::full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

/// Whether a case could be submitted.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Readiness {
    ready: bool,
    /// What to mend first, in the order of the form.
    details: Vec<Detail>,
    /// Who will be told about this case, and how, as things stand now.
    #[schema(example = json!(["您本人：小程序消息和微信消息", "申请所为的残疾人本人：补正、决定等重要进展用短信告知"]))]
    will_be_told: Vec<String>,
}

#[utoipa::path(get, path = "/cases/{id}/check", tag = "cases", operation_id = "checkCase", summary = "检查申请",
    description = "不提交，只检查还缺什么，并说明提交后会通知谁、用什么方式。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "检查结果")))]
async fn checked(who: Filer, id: PathId, call: Call) -> Result<Answer<Readiness>> {
    let channels = Channels::of(&call.app);
    call.read(move |c, office| {
        let case = loading::owned(c, &who, id.0, office.now)?;
        let details = check(c, office, &case)?;
        let about = About { person: case.person_id, reader: who.id() };
        let will_be_told = reach::foretell(c, &office.keys, &channels, &about, office.today())?;
        Ok(Readiness { ready: details.is_empty(), details, will_be_told })
    })
    .await
}

/// A submission.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Submit {
    /// The version that was seen.
    #[schema(value_type = i64, example = 1)]
    version: Version,
    /// Version of the privacy text that the applicant agreed to (`GET /bootstrap`).
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "2026-11")]
    #[serde(default, deserialize_with = "blank_is_none")]
    consent: Option<Code<1, 40>>,
}
form!(Submit { version: "版本", consent: "个人信息处理同意书" });

#[utoipa::path(post, path = "/cases/{id}/actions/submit", tag = "cases", operation_id = "submitCase", summary = "提交申请",
    description = "提交后十分钟内可以取消。提交前会再检查一遍。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已提交")))]
async fn submit(who: Filer, id: PathId, call: Write<Submit>) -> Result<Answer<CaseView>> {
    call.once(who.id(), move |c, office, sent| {
        let case = loading::owned(c, &who, id.0, office.now)?;
        case.seen(sent.version)?;
        // Before the form: without consent nobody is told what is missing in it.
        consents::of_text(sent.consent.as_deref())?;
        let mut faults = Faults::new();
        if case.state == crate::rules::lifecycle::State::Draft {
            check(c, office, &case)?.into_iter().for_each(|d| faults.add(d));
        }
        faults.settle()?;
        let deed = Deed::Submit { consent: sent.consent.clone().map(Code::into_string) };
        let submit = act_of(&who, deed, sent.version, None);
        let case = act(c, office, case.id, submit)?;
        views::full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

/// The filer's act on the version that they saw.
fn act_of(who: &Filer, deed: Deed, version: Version, note: Option<String>) -> Act {
    Act::new(who.into(), deed).seeing(version).saying(note)
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// The version that was seen.
    #[schema(value_type = i64, example = 2)]
    version: Version,
    /// Words to the office.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "材料已经换成清楚的照片。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 500>>,
}
form!(Seen { version: "版本", note: "说明" });

/// One action of the applicant, and the case after it.
async fn act_and_show(deed: Deed, who: Filer, id: PathId, call: Write<Seen>) -> Result<Answer<CaseView>> {
    call.once(who.id(), move |c, office, sent| {
        let note = sent.note.clone().map(Note::into_string);
        let case = act(c, office, id.0, act_of(&who, deed.clone(), sent.version, note))?;
        views::full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

#[utoipa::path(post, path = "/cases/{id}/actions/undo", tag = "cases", operation_id = "undoSubmit", summary = "取消提交",
    description = "提交后十分钟内可以取消，申请变回草稿，内容都还在。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已变回草稿")))]
async fn undo(who: Filer, id: PathId, call: Write<Seen>) -> Result<Answer<CaseView>> {
    act_and_show(Deed::Undo, who, id, call).await
}

#[utoipa::path(post, path = "/cases/{id}/actions/withdraw", tag = "cases", operation_id = "withdrawCase", summary = "撤回申请",
    description = "撤回还没有办结的申请，或者放弃草稿。撤回后可以重新申请。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已撤回")))]
async fn withdraw(who: Filer, id: PathId, call: Write<Seen>) -> Result<Answer<CaseView>> {
    act_and_show(Deed::Withdraw, who, id, call).await
}

#[utoipa::path(post, path = "/cases/{id}/actions/resubmit", tag = "cases", operation_id = "resubmitCase", summary = "提交补正",
    description = "每一项都补好后提交，回到原来的工作人员那里，不用重新排队。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已提交补正")))]
async fn resubmit(who: Filer, id: PathId, call: Write<Seen>) -> Result<Answer<CaseView>> {
    act_and_show(Deed::Resubmit, who, id, call).await
}

#[utoipa::path(post, path = "/cases/{id}/actions/urge", tag = "cases", operation_id = "urgeCase", summary = "催办",
    description = "请工作人员尽快办理。工作人员会在待办中看到；过几天才能再催一次。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已催办")))]
async fn urge(who: Filer, id: PathId, call: Write<Seen>) -> Result<Answer<CaseView>> {
    act_and_show(Deed::Urge, who, id, call).await
}

#[utoipa::path(post, path = "/cases/{id}/actions/appeal", tag = "cases", operation_id = "appealCase", summary = "申诉",
    description = "对不予受理或者不予批准的决定不服，可以在期限内申诉一次，由上一级或者另一位工作人员办理。请在说明中写明理由。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已收到申诉")))]
async fn appeal(who: Filer, id: PathId, call: Write<Seen>) -> Result<Answer<CaseView>> {
    act_and_show(Deed::Appeal, who, id, call).await
}

/// A rating in five grades.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rate {
    #[schema(value_type = i64, example = 9)]
    version: Version,
    #[schema(inline, example = "very_good")]
    grade: Grade,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "工作人员很耐心。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    comment: Option<Note<1, 500>>,
}
form!(Rate { version: "版本", grade: "满意程度", comment: "意见" });

#[utoipa::path(post, path = "/cases/{id}/actions/rate", tag = "cases", operation_id = "rateCase", summary = "评价",
    description = "办结后可以评价一次，自愿，不影响办理结果。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "谢谢评价")))]
async fn rate(who: Resident, id: PathId, call: Write<Rate>) -> Result<Answer<CaseView>> {
    call.once(who.account, move |c, office, sent| {
        let rating =
            Rating { account: who.account, case: id.0, seen: sent.version, grade: sent.grade, comment: sent.comment.as_deref() };
        let case = ratings::rate(c, office, &rating)?;
        views::full(c, office, &case, Some(&Actor::Applicant(who.account)))
    })
    .await
}
