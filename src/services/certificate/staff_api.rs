//! What workers may call: order an assessment, enter its result, make the card, hand it out or post it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::desk::{ASSESSOR, Assessor};
use super::rules::{self, Finding};
use super::store::{self, Entered};
use super::views::{self, CertificateCase, CertificateDelivery};
use super::{codes, following, making};
use crate::office::accounts::guards::{CountyOfficer, DeskOfficer, Worker};
use crate::office::cases::access::loading;
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::service::Office;
use crate::office::cases::showing::mine;
use crate::office::cases::showing::views::CaseSummary;
use crate::office::frame::{Call, Write};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::Paged;
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::{Category, Level};
use crate::rules::dates::Day;
use crate::rules::names::PersonName;
use crate::rules::text::{KeyedCode, Note, PlainText};
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        show_case,
        order_assessment: [case_codes::NOT_NOW, case_codes::CLAIMED, case_codes::CONFLICTED, codes::ALREADY_ORDERED],
        list_awaiting,
        enter_result: [case_codes::CONFLICTED, codes::NO_ASSESSMENT],
        make_card: [case_codes::NOT_NOW, case_codes::CLAIMED, case_codes::CONFLICTED, codes::NO_CARD_DUE],
        hand_out: [case_codes::NOT_NOW, case_codes::CLAIMED, case_codes::CONFLICTED, codes::NO_CARD_DUE],
        post_card: [case_codes::NOT_NOW, case_codes::CLAIMED, case_codes::CONFLICTED, codes::NO_CARD_DUE],
    );
}

/// A certificate case in the worker's scope.
fn scoped(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let case = loading::in_scope(c, worker, id)?;
    store::find(c, case.id)?;
    Ok(case)
}

/// A certificate case for the doctors of its county.
fn for_doctor(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let row = store::find(c, id)?;
    let case = case::find(c, id)?;
    if !row.filed || !worker.covers(ASSESSOR, &row.county) {
        return Err(Error::not_found());
    }
    Ok(case)
}

/// A certificate case as its officers see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct StaffCertificateCase {
    case: CertificateCase,
    /// The applicant says that the condition has changed.
    changed_condition: bool,
    /// Where the card goes; only for the desk on which the case lies.
    delivery: Option<CertificateDelivery>,
}

fn staff_view(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id) -> Result<StaffCertificateCase> {
    let case = case::find(c, id)?;
    let at_desk = case.desk_role(worker).is_some();
    Ok(StaffCertificateCase {
        case: views::case(c, office, &case)?,
        changed_condition: following::holder(c, office, &case)?.is_some_and(|h| h.changed_condition),
        delivery: if at_desk { Some(views::delivery_section(c, office, &case)?) } else { None },
    })
}

#[utoipa::path(get, path = "/staff/certificate/cases/{id}", tag = "certificate", operation_id = "getStaffCertificateCase", summary = "办证详情（工作人员）",
    description = "原证、评定、制证和发放情况；领证地址只有当前窗口能看到。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办证详情")))]
async fn show_case(who: DeskOfficer, id: PathId, call: Call) -> Result<Answer<StaffCertificateCase>> {
    call.read(move |c, office| {
        let case = scoped(c, &who, id.0).or_else(|_| for_doctor(c, &who, id.0))?;
        staff_view(c, office, &who, case.id)
    })
    .await
}

/// An order and why.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderAssessment {
    /// The version that was seen.
    #[schema(example = 4)]
    version: i64,
    /// Words that the applicant will read.
    #[schema(value_type = String, min_length = 4, max_length = 200, example = "上门核实时发现肢体功能有明显变化")]
    reason: Note<4, 200>,
}
form!(OrderAssessment { version: "版本", reason: "原因" });

#[utoipa::path(post, path = "/staff/certificate/cases/{id}/actions/order-assessment", tag = "certificate", operation_id = "orderCertificateAssessment", summary = "要求重新评定",
    description = "审核中认为需要重新评定的，写明原因；评定结果录入前不能批准。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已要求评定")))]
async fn order_assessment(who: DeskOfficer, id: PathId, call: Write<OrderAssessment>) -> Result<Answer<StaffCertificateCase>> {
    act_on_case(who.0, id, call, |c, office, worker, case, sent| {
        following::order_assessment(c, office, worker, case, Version(sent.version), &sent.reason).map(|_| ())
    })
    .await
}

/// One act of a worker on a certificate case in scope, and the case afterwards.
async fn act_on_case<B: Send + 'static>(
    worker: Worker,
    id: PathId,
    call: Write<B>,
    act: fn(&mut AnyConn, &Office, &Worker, &Case, &B) -> Result<()>,
) -> Result<Answer<StaffCertificateCase>> {
    call.once(worker.id, move |c, office, sent| {
        let case = scoped(c, &worker, id.0)?;
        act(c, office, &worker, &case, sent)?;
        staff_view(c, office, &worker, case.id)
    })
    .await
}

#[utoipa::path(get, path = "/staff/certificate/assessments", tag = "certificate", operation_id = "listAwaitedAssessments", summary = "等待评定的人",
    description = "辖区内等待录入评定结果的办件，等得最久的在前。",
    responses((status = 200, description = "一页办件")))]
async fn list_awaiting(who: Assessor, q: Query<Paged>, call: Call) -> Result<Answer<Page<CaseSummary>>> {
    let worker = who.0;
    let name = format!("assessments:{}", worker.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        let mut lines = Vec::new();
        let areas: Vec<AreaCode> = worker.posts_of(ASSESSOR).map(|p| p.area).collect();
        for (at, id) in store::awaiting(c, &areas, after, limit)? {
            let case = case::find(c, id)?;
            lines.extend(mine::summaries(c, office, vec![case], |_| at.at)?);
        }
        Ok(lines)
    })
    .await
}

/// A doctor's result.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnterAssessment {
    /// The version that was seen.
    #[schema(example = 4)]
    version: i64,
    #[schema(inline, example = "physical")]
    category: Category,
    /// Of a multiple disability two or more different categories, else empty.
    #[schema(inline, example = json!([]))]
    components: Vec<Category>,
    /// level_1 to level_4; empty when the standard of disability is not met.
    #[schema(inline, example = "level_2")]
    level: Option<Level>,
    #[schema(value_type = String, format = Date, example = "2026-03-02")]
    assessed_on: Day,
    #[schema(value_type = String, min_length = 2, max_length = 60, example = "区人民医院")]
    hospital: PlainText<2, 60>,
    /// The doctor came to the person's home.
    #[schema(example = false)]
    at_home: bool,
}
form!(EnterAssessment {
    version: "版本",
    category: "残疾类别",
    components: "多重残疾的各项类别",
    level: "残疾等级",
    assessed_on: "评定日期",
    hospital: "评定医院",
    at_home: "上门评定",
});

#[utoipa::path(post, path = "/staff/certificate/cases/{id}/assessments", tag = "certificate", operation_id = "enterAssessment", summary = "录入评定结果",
    description = "由评残医生录入；与原证不同的，新证按评定结果制作。没有达到残疾标准的，等级留空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 201, description = "已录入")))]
async fn enter_result(who: Assessor, id: PathId, call: Write<EnterAssessment>) -> Result<Created<StaffCertificateCase>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let case = for_doctor(c, &worker, id.0)?;
        let new = result_of(office, &worker, sent)?;
        following::enter_result(c, office, &worker, &case, Version(sent.version), &new)?;
        staff_view(c, office, &worker, case.id)
    })
    .await
}

fn result_of(office: &Office, worker: &Worker, sent: &EnterAssessment) -> Result<Entered> {
    let components = sent.components.clone();
    let finding = Finding { category: sent.category, components, level: sent.level, assessed_on: sent.assessed_on.0 };
    rules::finding_faults(&finding, office.today()).settle()?;
    Ok(Entered {
        finding,
        hospital: sent.hospital.to_string(),
        at_home: sent.at_home,
        assessor: worker.id,
        entered_at: office.now,
    })
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MakeCard {
    /// The version that was seen.
    #[schema(example = 6)]
    version: i64,
}
form!(MakeCard { version: "版本" });

#[utoipa::path(post, path = "/staff/certificate/cases/{id}/actions/make-card", tag = "certificate", operation_id = "makeCertificate", summary = "制证",
    description = "登记新证，有效期从今天起算，原证同时换发作废。每件只能制一次。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已制证")))]
async fn make_card(who: CountyOfficer, id: PathId, call: Write<MakeCard>) -> Result<Answer<StaffCertificateCase>> {
    act_on_case(who.0, id, call, |c, office, worker, case, sent| {
        making::make(c, office, worker, case, Version(sent.version)).map(|_| ())
    })
    .await
}

/// To whom a card was given.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOutCard {
    /// The version that was seen.
    #[schema(example = 7)]
    version: i64,
    /// Name of the person who took it.
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王小四")]
    receiver: PersonName,
}
form!(HandOutCard { version: "版本", receiver: "领取人姓名" });

#[utoipa::path(post, path = "/staff/certificate/cases/{id}/actions/hand-out", tag = "certificate", operation_id = "handOutCertificate", summary = "发放新证",
    description = "在窗口或上门把新证交到领取人手里，收回原证，事项办结。邮寄退回的也在这里发放。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已发放")))]
async fn hand_out(who: DeskOfficer, id: PathId, call: Write<HandOutCard>) -> Result<Answer<StaffCertificateCase>> {
    act_on_case(who.0, id, call, |c, office, worker, case, sent| {
        making::hand_out(c, office, worker, case, Version(sent.version), sent.receiver.reveal()).map(|_| ())
    })
    .await
}

/// A parcel.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostCard {
    /// The version that was seen.
    #[schema(example = 7)]
    version: i64,
    /// The carrier's number: letters and digits.
    #[schema(value_type = String, min_length = 6, max_length = 40, example = "EMS1234567890")]
    tracking_no: KeyedCode<6, 40>,
}
form!(PostCard { version: "版本", tracking_no: "快递单号" });

#[utoipa::path(post, path = "/staff/certificate/cases/{id}/actions/post", tag = "certificate", operation_id = "postCertificate", summary = "寄出新证",
    description = "登记快递单号，申请人收到后确认，事项办结。只用于选择邮寄的办件。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已寄出")))]
async fn post_card(who: CountyOfficer, id: PathId, call: Write<PostCard>) -> Result<Answer<StaffCertificateCase>> {
    rules::tracking_number(&call.sent.tracking_no)?;
    act_on_case(who.0, id, call, |c, office, worker, case, sent| {
        making::post(c, office, worker, case, Version(sent.version), &sent.tracking_no).map(|_| ())
    })
    .await
}
