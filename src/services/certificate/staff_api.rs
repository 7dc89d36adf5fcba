//! What workers may call: order an assessment, enter its result, make the card, hand it out or post it.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::rules::{self, Finding};
use super::store::{self, Entered};
use super::views::{self, CertificateCase, CertificateDelivery};
use super::{following, making};
use crate::form;
use crate::office::accounts::guards::{Assessor, CountyOfficer, DeskOfficer, Worker};
use crate::office::cases::case::{self, Case};
use crate::office::cases::mine;
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::CaseSummary;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::once::Done;
use crate::platform::http::paging::{self, Paged};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::{Category, Level};
use crate::rules::dates::Day;
use crate::rules::lifecycle::Role;
use crate::rules::names::PersonName;
use crate::rules::text::{KeyedCode, Note, PlainText};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(one).service(order).service(awaiting).service(assess).service(make).service(hand_out).service(post_card);
}

/// A certificate case in the worker's scope.
fn scoped(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let case = case::in_scope(c, worker, id)?;
    store::find(c, case.id)?;
    Ok(case)
}

/// A certificate case for the doctors of its county.
fn assessable(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let row = store::find(c, id)?;
    let county = AreaCode::parse(&row.county).map_err(Error::internal)?;
    let case = case::find(c, id)?;
    if !row.filed || !worker.covers(Role::Assessor, &county) {
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

fn staff_view(c: &mut AnyConn, spine: &Spine, worker: &Worker, id: Id) -> Result<StaffCertificateCase> {
    let case = case::find(c, id)?;
    let at_desk = case.desk_role(worker).is_some();
    Ok(StaffCertificateCase {
        case: views::case(c, spine, &case)?,
        changed_condition: following::holder(c, spine, &case)?.is_some_and(|h| h.changed_condition),
        delivery: if at_desk { Some(views::delivery_section(c, spine, &case)?) } else { None },
    })
}

#[utoipa::path(tag = "certificate", operation_id = "getStaffCertificateCase", summary = "办证详情（工作人员）",
    description = "原证、评定、制证和发放情况；领证地址只有当前窗口能看到。", params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办证详情", body = Envelope<StaffCertificateCase>)), security(("staff" = [])))]
#[get("/staff/certificate/cases/{id}")]
async fn one(
    who: DeskOfficer,
    id: PathId,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<StaffCertificateCase>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let case = scoped(c, &who, id.0).or_else(|_| assessable(c, &who, id.0))?;
        staff_view(c, &spine, &who, case.id)
    });
    Ok(Answer::ok(view.await?))
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

#[utoipa::path(tag = "certificate", operation_id = "orderCertificateAssessment", summary = "要求重新评定",
    description = "审核中认为需要重新评定的，写明原因；评定结果录入前不能批准。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = OrderAssessment,
    responses((status = 200, description = "已要求评定", body = Envelope<StaffCertificateCase>),
        (status = 409, description = "10030 版本过期；20001 不在审核中；20004 同事已领取；32010 已经需要评定", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/certificate/cases/{id}/actions/order-assessment")]
async fn order(
    who: DeskOfficer,
    once: Once,
    id: PathId,
    body: Body<OrderAssessment>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<StaffCertificateCase>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = scoped(c, &worker, id.0)?;
        following::order(c, &spine, &worker, &case, sent.version, &sent.reason)?;
        staff_view(c, &spine, &worker, case.id)
    });
    answer(done.await?)
}

fn answer<T: Serialize>(done: Done<T>) -> Result<Answer<T>> {
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "certificate", operation_id = "listAwaitedAssessments", summary = "等待评定的人",
    description = "辖区内等待录入评定结果的办件，等得最久的在前。", params(Paged),
    responses((status = 200, description = "一页办件", body = Envelope<Page<CaseSummary>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("staff" = [])))]
#[get("/staff/certificate/assessments")]
async fn awaiting(
    who: Assessor,
    q: Query<Paged>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<CaseSummary>>> {
    let (spine, worker, limit) = (Spine::of(&app, &services), who.0, paging::limit(q.0.limit)?);
    let name = format!("assessments:{}", worker.id);
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read(move |c| {
        let mut lines = Vec::new();
        let areas: Vec<AreaCode> = worker.posts_of(Role::Assessor).map(|p| p.area).collect();
        for (at, id) in store::awaiting(c, &areas, after, limit)? {
            let case = case::find(c, id)?;
            lines.extend(mine::summaries(c, &spine, vec![case], |_| at.at)?);
        }
        Ok(lines)
    });
    let (rows, next_cursor) = paging::cut(&app, &name, rows.await?, limit, |(after, _)| *after)?;
    Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, s)| s).collect(), next_cursor }))
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

#[utoipa::path(tag = "certificate", operation_id = "enterAssessment", summary = "录入评定结果",
    description = "由评残医生录入；与原证不同的，新证按评定结果制作。没有达到残疾标准的，等级留空。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = EnterAssessment,
    responses((status = 201, description = "已录入", body = Envelope<StaffCertificateCase>),
        (status = 409, description = "10030 版本过期；32005 现在不需要评定", body = Failure)), security(("staff" = [])))]
#[post("/staff/certificate/cases/{id}/assessments")]
async fn assess(
    who: Assessor,
    once: Once,
    id: PathId,
    body: Body<EnterAssessment>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<StaffCertificateCase>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = assessable(c, &worker, id.0)?;
        let new = entered(&spine, &worker, &sent)?;
        following::enter(c, &spine, &worker, &case, sent.version, &new)?;
        staff_view(c, &spine, &worker, case.id)
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

fn entered(spine: &Spine, worker: &Worker, sent: &EnterAssessment) -> Result<Entered> {
    let components = sent.components.clone();
    let finding = Finding { category: sent.category, components, level: sent.level, assessed_on: sent.assessed_on.0 };
    let mut faults = Faults::new();
    for (field, code, reason, suggestion) in rules::finding_faults(&finding, spine.today()) {
        let label = if field == "/components" { "多重残疾的各项类别" } else { "评定日期" };
        faults.push(field, label, code, reason, suggestion);
    }
    faults.settle()?;
    Ok(Entered {
        finding,
        hospital: sent.hospital.to_string(),
        at_home: sent.at_home,
        assessor: worker.id,
        entered_at: spine.now,
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

#[utoipa::path(tag = "certificate", operation_id = "makeCertificate", summary = "制证",
    description = "登记新证，有效期从今天起算，原证同时换发作废。每件只能制一次。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = MakeCard,
    responses((status = 200, description = "已制证", body = Envelope<StaffCertificateCase>),
        (status = 409, description = "10030 版本过期；20001 还没有批准；20004 同事已领取；32006 已经制过证", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/certificate/cases/{id}/actions/make-card")]
async fn make(
    who: CountyOfficer,
    once: Once,
    id: PathId,
    body: Body<MakeCard>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<StaffCertificateCase>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = scoped(c, &worker, id.0)?;
        making::make(c, &spine, &worker, &case, sent.version)?;
        staff_view(c, &spine, &worker, case.id)
    });
    answer(done.await?)
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

#[utoipa::path(tag = "certificate", operation_id = "handOutCertificate", summary = "发放新证",
    description = "在窗口或上门把新证交到领取人手里，收回原证，事项办结。邮寄退回的也在这里发放。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = HandOutCard,
    responses((status = 200, description = "已发放", body = Envelope<StaffCertificateCase>),
        (status = 409, description = "10030 版本过期；20001 不在您的窗口；32006 新证还没有制好", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/certificate/cases/{id}/actions/hand-out")]
async fn hand_out(
    who: DeskOfficer,
    once: Once,
    id: PathId,
    body: Body<HandOutCard>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<StaffCertificateCase>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = scoped(c, &worker, id.0)?;
        making::hand_out(c, &spine, &worker, &case, sent.version, sent.receiver.reveal())?;
        staff_view(c, &spine, &worker, case.id)
    });
    answer(done.await?)
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

#[utoipa::path(tag = "certificate", operation_id = "postCertificate", summary = "寄出新证",
    description = "登记快递单号，申请人收到后确认，事项办结。只用于选择邮寄的办件。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = PostCard,
    responses((status = 200, description = "已寄出", body = Envelope<StaffCertificateCase>),
        (status = 409, description = "10030 版本过期；20001 不在您的窗口；32006 新证还没有制好，或者不是邮寄", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/certificate/cases/{id}/actions/post")]
async fn post_card(
    who: CountyOfficer,
    once: Once,
    id: PathId,
    body: Body<PostCard>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<StaffCertificateCase>> {
    let (spine, worker, sent) = (Spine::of(&app, &services), who.0, body.value);
    if !sent.tracking_no.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let mut faults = Faults::new();
        let reason = "快递单号里有不能使用的符号。";
        faults.push("/tracking_no", "快递单号", "characters", reason, "单号只有字母和数字，请对照快递单填写。");
        faults.settle()?;
    }
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        let case = scoped(c, &worker, id.0)?;
        making::post(c, &spine, &worker, &case, sent.version, &sent.tracking_no)?;
        staff_view(c, &spine, &worker, case.id)
    });
    answer(done.await?)
}
