//! Seasons for everybody; drafts, prefill and the state of the aid for the applicant.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules::{Season, SeasonStatus};
use super::sections::{Account, AccountView, AidSection, Student};
use super::store::{self, AwardState, PaymentFault};
use super::targets::TargetView;
use super::terms::{Beneficiary, Stage, Standard};
use super::{CODE, EducationAid, codes, dossier, seasons};
use crate::office::accounts::guards::Filer;
use crate::office::cases::access::{loading, mandates};
use crate::office::cases::filing::drafts::{self, NewDraft};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::cases::showing::views::{self, CaseView};
use crate::office::frame::{Call, Write};
use crate::office::people::kin::KinKind;
use crate::office::people::{persons, register};
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::paging::{After, Cursor};
use crate::platform::http::{Answer, Created, Labelled, Operations, Page, PathId, Public, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::Category;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list,
        begin: [code::NOT_FOUND, codes::NOT_OPEN, codes::APPLIED],
        prefill,
        one,
    );
}

/// What a beneficiary of a stage gets.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct StandardView {
    pub beneficiary: Labelled<Beneficiary>,
    pub stage: Labelled<Stage>,
    #[schema(example = 300000)]
    pub amount_fen: i64,
}

/// A season as everybody may see it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SeasonView {
    pub id: Id,
    #[schema(example = "990101000000")]
    pub county: String,
    #[schema(example = 2026)]
    pub year: i32,
    #[schema(example = "2026年教育救助")]
    pub name: String,
    #[schema(example = "甲残联〔2026〕12号")]
    pub notice_no: String,
    /// Applications are taken today.
    pub open: bool,
    pub status: Labelled<SeasonStatus>,
    #[schema(example = "2026-11-01", format = Date)]
    pub opens_on: String,
    #[schema(example = "2026-12-31", format = Date)]
    pub closes_on: String,
    /// The day on which certificates must be valid.
    #[schema(example = "2026-12-31", format = Date)]
    pub review_on: String,
    /// The day on which the household must have been so.
    #[schema(format = Date)]
    pub exam_on: Option<String>,
    /// The last day for the proof of enrolment of new students.
    #[schema(format = Date)]
    pub second_evidence_due: Option<String>,
    /// Persons at most.
    #[schema(example = 340)]
    pub quota: i64,
    pub standards: Vec<StandardView>,
    /// What the year was planned to reach.
    pub targets: Vec<TargetView>,
}

impl SeasonView {
    pub fn of(s: &Season, office: &Office) -> SeasonView {
        let standard = |t: &Standard| StandardView {
            beneficiary: labelled!(t.beneficiary),
            stage: labelled!(t.stage),
            amount_fen: t.amount_fen.0,
        };
        SeasonView {
            id: s.id,
            county: s.county.to_string(),
            year: s.year,
            name: s.name.clone(),
            notice_no: s.notice_no.clone(),
            open: s.open_on(office.today()),
            status: labelled!(s.status),
            opens_on: s.opens_on.to_string(),
            closes_on: s.closes_on.to_string(),
            review_on: s.review_on.to_string(),
            exam_on: s.exam_on.map(|d| d.to_string()),
            second_evidence_due: s.second_evidence_due.map(|d| d.to_string()),
            quota: s.quota,
            standards: s.standards.iter().map(standard).collect(),
            targets: s.targets.iter().map(TargetView::of).collect(),
        }
    }
}

/// Of which county.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SeasonFilter {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    pub county: AreaCode,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    pub cursor: Option<Cursor>,
}

impl SeasonFilter {
    /// A page of the county's seasons, each as `view` shows it.
    pub async fn page<T>(self, call: Call, view: fn(&Season, &Office) -> T) -> Result<Answer<Page<T>>>
    where
        T: Serialize + Send + 'static,
    {
        let name = format!("aid-seasons:{}", self.county);
        call.page(&name, self.limit, self.cursor.clone().as_deref(), move |c, office, after, limit| {
            let rows = seasons::of_county(c, &self.county, after, limit)?.into_iter();
            Ok(rows.map(|s| (After { at: i64::from(s.year), id: s.id }, view(&s, office))).collect())
        })
        .await
    }
}

#[utoipa::path(get, path = "/education-aid/seasons", tag = "education-aid", operation_id = "listAidSeasons", summary = "教育救助通知",
    description = "本县（区）各年度的教育救助：申请时间、标准和名额，最近的年度在前。",
    responses((status = 200, description = "一页年度通知")))]
async fn list(q: Query<SeasonFilter>, call: Call) -> Result<Public<Page<SeasonView>>> {
    Ok(q.0.page(call, SeasonView::of).await?.public())
}

/// For whom, as what, in which season.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginDraft {
    /// The student, one of `GET /me/persons`.
    person_id: Id,
    #[schema(inline, example = "student")]
    kind: Beneficiary,
    season_id: Id,
}
form!(BeginDraft { person_id: "学生", kind: "救助对象", season_id: "申请季" });

#[utoipa::path(post, path = "/education-aid/drafts", tag = "education-aid", operation_id = "beginAidDraft", summary = "开始申请教育救助",
    description = "为学生开一份草稿。草稿保存在服务器上，换手机也能接着填。",
    responses((status = 201, description = "草稿")))]
async fn begin(who: Filer, call: Write<BeginDraft>) -> Result<Created<CaseView>> {
    let id = call.app.clock.id();
    call.once(who.id(), move |c, office, sent| {
        mandates::relation(c, &who, sent.person_id, office.now)?;
        let student = persons::find(c, sent.person_id)?.ok_or_else(Error::not_found)?;
        let season = seasons::find(c, sent.season_id)?;
        if season.county != student.county {
            return Err(Error::not_found());
        }
        let said_on = beijing_date(mandates::said_at(c, &who, student.id, office.now)?);
        if !season.open_on(office.today()) && !season.open_on(said_on) {
            return Err(Error::new(&codes::NOT_OPEN));
        }
        if store::applied_twice(c, student.id, &season.code, None)? {
            return Err(Error::new(&codes::APPLIED));
        }
        let filer = who.clone();
        let kind = sent.kind.code().to_owned();
        let new = NewDraft { filer, person: student.id, kind, period: season.code };
        let case = drafts::begin(c, office, &EducationAid, id, &new)?;
        views::full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

/// Somebody of the student's family whom the policy counts.
#[derive(Clone, Serialize, ToSchema)]
struct KinView {
    person_id: Id,
    #[schema(example = "王*四")]
    name_masked: String,
    relation: Labelled<KinKind>,
}

/// What is known already, masked, so that nobody is asked twice.
#[derive(Clone, Serialize, ToSchema)]
struct Prefill {
    season: SeasonView,
    #[schema(example = "王*四")]
    student_name_masked: String,
    /// The category on the student's valid certificate, when there is one.
    certificate_category: Option<Labelled<Category>>,
    /// From the last application for this student.
    #[schema(example = "宋疃镇中心学校")]
    last_school: Option<String>,
    last_stage: Option<Labelled<Stage>>,
    /// Relatives whom the policy counts, to choose the disabled parent from.
    kin: Vec<KinView>,
}

#[utoipa::path(get, path = "/education-aid/cases/{id}/prefill", tag = "education-aid", operation_id = "prefillAid", summary = "已经知道的内容",
    description = "系统已经知道的内容，姓名已遮盖：学生、残疾类别、上次填的学校、可以选择的家长。不用再填一遍。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "预填内容")))]
async fn prefill(who: Filer, id: PathId, call: Call) -> Result<Answer<Prefill>> {
    call.read(move |c, office| {
        let case = loading::owned_of(c, &who, id.0, CODE, office.now)?;
        let dossier = dossier::load(c, office, &case)?;
        let card = register::valid_certificate(c, case.person_id, office.today())?;
        let last = last_student(c, office, &case)?;
        let kin = dossier::counted_kin(c, &dossier.terms, case.person_id, dossier.register_day())?;
        let view = |(p, kind): (persons::PersonRef, KinKind)| KinView {
            person_id: p.id,
            name_masked: p.name_masked,
            relation: labelled!(kind),
        };
        Ok(Prefill {
            season: SeasonView::of(&dossier.season, office),
            student_name_masked: persons::find(c, case.person_id)?.map(|p| p.name_masked).unwrap_or_default(),
            certificate_category: card.map(|k| labelled!(k.category)),
            last_school: last.as_ref().map(|s| s.school.clone()),
            last_stage: last.map(|s| labelled!(s.stage)),
            kin: kin.into_iter().map(view).collect(),
        })
    })
    .await
}

fn last_student(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<Student>> {
    let Some(before) = store::case_before(c, case)? else { return Ok(None) };
    Ok(drafts::read(c, &before.key(&office.keys)?, before.id, AidSection::Student.code())?.map(|s| s.body))
}

/// What was granted, and where the payment stands.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct AwardView {
    pub state: Labelled<AwardState>,
    #[schema(example = 300000)]
    pub amount_fen: i64,
    /// Payments that were tried.
    pub attempts: i64,
    /// Why the bank refused the last one.
    pub fault: Option<Labelled<PaymentFault>>,
}

/// An application beyond what every case shows.
#[derive(Clone, Serialize, ToSchema)]
struct AidView {
    season: SeasonView,
    /// What the season's standard gives for what was filled in.
    #[schema(example = 300000)]
    standard_fen: Option<i64>,
    /// The proof of enrolment may follow after approval.
    evidence_follows: bool,
    award: Option<AwardView>,
    account: Option<AccountView>,
    /// What may be changed although the case is approved: `material:CODE` or `section:CODE`.
    #[schema(example = json!(["section:account"]))]
    to_mend: Vec<String>,
    /// What does not fit the rules as it stands, whoever looks.
    details: Vec<Detail>,
}

/// An award as people see it.
pub fn award_of(c: &mut AnyConn, case: Id) -> Result<Option<AwardView>> {
    let shown = store::of_case(c, case)?.filter(|a| a.state != AwardState::Revoked);
    Ok(shown.map(|a| AwardView {
        state: labelled!(a.state),
        amount_fen: a.amount_fen.0,
        attempts: a.attempts,
        fault: a.fault.map(|f| labelled!(f)),
    }))
}

#[utoipa::path(get, path = "/education-aid/cases/{id}", tag = "education-aid", operation_id = "getAid", summary = "救助情况",
    description = "这件申请的标准、批准金额、发放进度、收款账户（已遮盖），以及批准后还要补什么。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "救助情况")))]
async fn one(who: Filer, id: PathId, call: Call) -> Result<Answer<AidView>> {
    call.read(move |c, office| {
        let case = loading::owned_of(c, &who, id.0, CODE, office.now)?;
        let dossier = dossier::load(c, office, &case)?;
        let account = drafts::read::<Account>(c, &case.key(&office.keys)?, case.id, AidSection::Account.code())?;
        let to_mend = office.services.get(&case.service)?.open_after_approval(c, &case)?;
        Ok(AidView {
            season: SeasonView::of(&dossier.season, office),
            standard_fen: dossier.amount().map(|fen| fen.0),
            evidence_follows: dossier.evidence_follows(),
            award: award_of(c, case.id)?,
            account: account.map(|a| a.body.view(a.version)),
            to_mend: to_mend.into_iter().map(str::to_owned).collect(),
            details: dossier.faults(c, &case, dossier.applied_on)?,
        })
    })
    .await
}
