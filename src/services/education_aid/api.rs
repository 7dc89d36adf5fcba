//! Seasons for everybody; drafts, prefill and the state of the aid for the applicant.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules::Season;
use super::sections::{Account, AidSection, Student};
use super::store;
use super::terms::Beneficiary;
use super::views::{self, AidView, KinView, Prefill, SeasonView};
use super::{CODE, EducationAid, codes, dossier, seasons};
use crate::office::accounts::guards::Filer;
use crate::office::cases::access::{loading, mandates};
use crate::office::cases::filing::drafts::{self, NewDraft};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::cases::showing::views::{CaseView, full};
use crate::office::frame::{Call, Write};
use crate::office::people::kin::KinKind;
use crate::office::people::{persons, register};
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::paging::{After, Cursor};
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Public, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_seasons,
        begin_draft: [code::NOT_FOUND, codes::NOT_OPEN, codes::APPLIED],
        prefill,
        show_aid,
    );
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
async fn list_seasons(q: Query<SeasonFilter>, call: Call) -> Result<Public<Page<SeasonView>>> {
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
async fn begin_draft(who: Filer, call: Write<BeginDraft>) -> Result<Created<CaseView>> {
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
        full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
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

#[utoipa::path(get, path = "/education-aid/cases/{id}", tag = "education-aid", operation_id = "getAid", summary = "救助情况",
    description = "这件申请的标准、批准金额、发放进度、收款账户（已遮盖），以及批准后还要补什么。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "救助情况")))]
async fn show_aid(who: Filer, id: PathId, call: Call) -> Result<Answer<AidView>> {
    call.read(move |c, office| {
        let case = loading::owned_of(c, &who, id.0, CODE, office.now)?;
        let dossier = dossier::load(c, office, &case)?;
        let account = drafts::read::<Account>(c, &case.key(&office.keys)?, case.id, AidSection::Account.code())?;
        let to_mend = office.services.get(&case.service)?.open_after_approval(c, &case)?;
        Ok(AidView {
            season: SeasonView::of(&dossier.season, office),
            standard_fen: dossier.amount().map(|fen| fen.0),
            evidence_follows: dossier.evidence_follows(),
            award: views::award(c, case.id)?,
            account: account.map(|a| a.body.view(a.version)),
            to_mend: to_mend.into_iter().map(str::to_owned).collect(),
            details: dossier.faults(c, &case, dossier.applied_on)?,
        })
    })
    .await
}
