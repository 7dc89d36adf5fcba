//! What officers may call: announce a season, read an application, confirm or refuse a proof of enrolment.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::api::SeasonFilter;
use super::rules::{self, Season, SeasonStatus};
use super::sections::{Account, AidSection, Student};
use super::store::{self, AwardState};
use super::targets::NewTarget;
use super::terms::{Beneficiary, Stage, Standard, Terms};
use super::views::{self, Application, SeasonBooks, SeasonView};
use super::{CODE, codes, dossier, proofs, seasons};
use crate::office::accounts::guards::{CountyOfficer, DeskOfficer, Worker};
use crate::office::cases::access::loading;
use crate::office::cases::filing::{drafts, papers};
use crate::office::cases::moving::act::{Step, step};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::showing::views::{CaseView, full};
use crate::office::frame::{Call, Write};
use crate::office::policy::county;
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::dates::Day;
use crate::rules::lifecycle::Role;
use crate::rules::money::Fen;
use crate::rules::text::PlainText;
use crate::rules::typed::blank_is_none;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_books: [code::NOT_FOUND],
        announce_season: [code::NOT_FOUND, case_codes::NO_POLICY],
        close_season: [codes::SEASON_CLOSED],
        show_application,
        confirm_proof: [case_codes::NOT_NOW, case_codes::CLAIMED, case_codes::CONFLICTED, codes::NO_EVIDENCE],
        refuse_proof: [case_codes::NOT_NOW, case_codes::CLAIMED, case_codes::CONFLICTED, codes::NO_EVIDENCE],
    );
}

#[utoipa::path(get, path = "/staff/education-aid/seasons", tag = "education-aid", operation_id = "listAidSeasonBooks", summary = "各季资金",
    description = "各季的预算、名额和已批准的金额、人数，最近的年度在前。",
    responses((status = 200, description = "一页各季资金")))]
async fn list_books(who: DeskOfficer, q: Query<SeasonFilter>, call: Call) -> Result<Answer<Page<SeasonBooks>>> {
    let county = &q.0.county;
    if !who.covers(Role::CountyOfficer, county) && !who.covers(Role::FinanceOfficer, county) {
        return Err(Error::not_found());
    }
    q.0.page(call, SeasonBooks::of).await
}

/// What a beneficiary of a stage gets.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStandard {
    #[schema(inline, example = "student")]
    beneficiary: Beneficiary,
    #[schema(inline, example = "undergraduate")]
    stage: Stage,
    #[schema(example = 300000)]
    amount_fen: i64,
}

/// A season to be announced.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Announce {
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    #[validate(range(min = 2000, max = 2999, message = "请填写四位数的年度。"))]
    #[schema(example = 2026)]
    year: i32,
    #[schema(value_type = String, min_length = 2, max_length = 60, example = "2026年教育救助")]
    name: PlainText<2, 60>,
    #[schema(value_type = String, min_length = 1, max_length = 60, example = "甲残联〔2026〕12号")]
    notice_no: PlainText<1, 60>,
    #[schema(value_type = String, format = Date, example = "2026-11-01")]
    opens_on: Day,
    #[schema(value_type = String, format = Date, example = "2026-12-31")]
    closes_on: Day,
    /// The day on which certificates must be valid.
    #[schema(value_type = String, format = Date, example = "2026-12-31")]
    review_on: Day,
    /// The day on which the household must have been so; asked for when the policy fixes it.
    #[schema(value_type = Option<String>, format = Date, example = "2026-06-07")]
    #[serde(default, deserialize_with = "blank_is_none")]
    exam_on: Option<Day>,
    #[schema(example = 27000000)]
    budget_fen: i64,
    #[schema(example = 340)]
    quota: i64,
    /// The last day for the proof of enrolment; the policy's day when left out.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-15")]
    #[serde(default, deserialize_with = "blank_is_none")]
    second_evidence_due: Option<Day>,
    /// The standards of the notice; those of the policy when left out.
    #[validate(length(max = 14, message = "标准最多14条。"), nested)]
    #[serde(default)]
    standards: Vec<NewStandard>,
    /// How many the year is planned to reach, for the yearly report.
    #[validate(length(max = 14, message = "任务最多14条。"), nested)]
    #[serde(default)]
    targets: Vec<NewTarget>,
}
form!(Announce {
    county: "县（区）",
    year: "年度",
    name: "名称",
    notice_no: "文号",
    opens_on: "开始日期",
    closes_on: "截止日期",
    review_on: "审核日",
    exam_on: "考试日期",
    budget_fen: "预算",
    quota: "名额",
    second_evidence_due: "在读证明截止日",
    standards: "标准",
    beneficiary: "救助对象",
    stage: "学段",
    amount_fen: "金额",
    targets: "任务",
    stages: "学段",
    planned: "任务数",
});

impl Announce {
    fn season(&self, id: Id, terms: &Terms) -> Result<Season> {
        let own = self.standards.iter();
        let own = own.map(|s| Standard { beneficiary: s.beneficiary, stage: s.stage, amount_fen: Fen(s.amount_fen) });
        let due = self.second_evidence_due.map(NaiveDate::from).or_else(|| rules::second_evidence_due(terms, self.year));
        let season = Season {
            id,
            county: self.county,
            year: self.year,
            code: seasons::code_of(self.year, id),
            name: self.name.to_string(),
            notice_no: self.notice_no.to_string(),
            opens_on: self.opens_on.0,
            closes_on: self.closes_on.0,
            review_on: self.review_on.0,
            exam_on: self.exam_on.map(NaiveDate::from),
            second_evidence_due: due,
            budget_fen: Fen(self.budget_fen),
            quota: self.quota,
            committed_fen: Fen::ZERO,
            committed_count: 0,
            standards: if self.standards.is_empty() { terms.standards.clone() } else { own.collect() },
            targets: self.targets.iter().map(NewTarget::target).collect(),
            status: SeasonStatus::Published,
            version: 1,
        };
        let faults = season.faults(terms);
        if faults.is_empty() { Ok(season) } else { Err(Error::invalid(faults)) }
    }
}

#[utoipa::path(post, path = "/staff/education-aid/seasons", tag = "education-aid", operation_id = "announceAidSeason", summary = "发布教育救助通知",
    description = "发布一季教育救助：申请时间、预算、名额和标准。不写标准时按本地政策的标准。",
    responses((status = 201, description = "已发布")))]
async fn announce_season(who: CountyOfficer, call: Write<Announce>) -> Result<Created<SeasonBooks>> {
    let id = call.app.clock.id();
    let by = who.id;
    if !who.covers(Role::CountyOfficer, &call.sent.county) {
        return Err(Error::not_found());
    }
    call.once(by, move |c, office, sent| {
        let policy = county::current(c, &sent.county, CODE, office.today())?;
        let terms: Terms = policy.ok_or_else(|| Error::new(&case_codes::NO_POLICY))?.service()?;
        let season = sent.season(id, &terms)?;
        seasons::announce(c, &season, by, office.now)?;
        Ok(SeasonBooks::of(&season, office))
    })
    .await
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenAid {
    /// The version that was seen.
    #[schema(example = 1)]
    pub version: i64,
}
form!(SeenAid { version: "版本" });

#[utoipa::path(post, path = "/staff/education-aid/seasons/{id}/actions/close", tag = "education-aid", operation_id = "closeAidSeason", summary = "提前结束一季",
    description = "不再接受新的申请；已经提交的继续办理。",
    params(("id" = Id, Path, description = "申请季编号")),
    responses((status = 200, description = "已结束")))]
async fn close_season(who: CountyOfficer, id: PathId, call: Write<SeenAid>) -> Result<Answer<SeasonBooks>> {
    call.once(who.id, move |c, office, sent| {
        let season = seasons::find(c, id.0)?;
        if !who.covers(Role::CountyOfficer, &season.county) {
            return Err(Error::not_found());
        }
        Ok(SeasonBooks::of(&seasons::close(c, &season, sent.version)?, office))
    })
    .await
}

/// An application of this service in the worker's scope.
fn in_scope(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Case> {
    let case = loading::in_scope(c, worker, id)?;
    if case.service == CODE { Ok(case) } else { Err(Error::not_found()) }
}

#[utoipa::path(get, path = "/staff/education-aid/cases/{id}", tag = "education-aid", operation_id = "getAidApplication", summary = "查看申请内容",
    description = "工作人员审核用：填写的内容（已遮盖）、与残疾人登记是否一致、按标准应发金额、不符合规则的地方。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "申请内容")))]
async fn show_application(who: DeskOfficer, id: PathId, call: Call) -> Result<Answer<Application>> {
    call.read(move |c, office| {
        let case = in_scope(c, &who, id.0)?;
        let dossier = dossier::load(c, office, &case)?;
        let key = case.key(&office.keys)?;
        let student = drafts::read::<Student>(c, &key, case.id, AidSection::Student.code())?;
        let account = drafts::read::<Account>(c, &key, case.id, AidSection::Account.code())?;
        Ok(Application {
            season: SeasonView::of(&dossier.season, office),
            student: student.map(|s| s.body.view(s.version)),
            family: views::family(c, office, &case)?,
            account: account.map(|a| a.body.view(a.version)),
            parent_in_register: dossier.register_agrees(c, office)?,
            standard_fen: dossier.amount().map(|fen| fen.0),
            evidence_follows: dossier.evidence_follows(),
            details: dossier.faults(c, &case, dossier.applied_on)?,
            award: views::award(c, case.id)?,
        })
    })
    .await
}

/// The award that waits for a proof which was uploaded; else 31009.
fn award_with_proof(c: &mut AnyConn, case: &Case) -> Result<store::Award> {
    let award = store::of_case(c, case.id)?.filter(|a| a.state == AwardState::EvidenceDue);
    let there = papers::materials_of(c, case.id)?.iter().any(|m| m == "enrolment_proof");
    award.filter(|_| there).ok_or_else(|| Error::new(&codes::NO_EVIDENCE).with_current(case.current()))
}

#[utoipa::path(post, path = "/staff/education-aid/cases/{id}/actions/confirm-enrolment", tag = "education-aid", operation_id = "confirmEnrolment", summary = "确认在读证明",
    description = "先批准、后交在读证明的，确认后转财务发放。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已确认")))]
async fn confirm_proof(who: DeskOfficer, id: PathId, call: Write<SeenAid>) -> Result<Answer<CaseView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let case = in_scope(c, &worker, id.0)?;
        case.seen(Version(sent.version))?;
        let award = award_with_proof(c, &case)?;
        super::to_finance(c, office, &case, Actor::Worker(worker.clone()), Some(Version(sent.version)), "enrolment_confirmed")?;
        store::move_to(c, award.id, AwardState::EvidenceDue, AwardState::Payable, office.now)?;
        proofs::stop_waiting(c, award.id)?;
        let case = case::find(c, case.id)?;
        full(c, office, &case, Some(&Actor::Worker(worker.clone())))
    })
    .await
}

#[utoipa::path(post, path = "/staff/education-aid/cases/{id}/actions/refuse-enrolment", tag = "education-aid", operation_id = "refuseEnrolment", summary = "退回在读证明",
    description = "在读证明看不清或不对时退回，申请人删除后重新上传。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已退回")))]
async fn refuse_proof(who: DeskOfficer, id: PathId, call: Write<SeenAid>) -> Result<Answer<CaseView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let case = in_scope(c, &worker, id.0)?;
        case.seen(Version(sent.version))?;
        let award = award_with_proof(c, &case)?;
        proofs::store_refusal(c, award.id, office.now)?;
        let actor = Actor::Worker(worker.clone());
        let back = Step {
            actor,
            version: Some(Version(sent.version)),
            step: "enrolment_refused",
            desk: None,
            point: None,
            due: case.limit.due_at.into(),
        };
        let case = step(c, office, case.id, back)?;
        full(c, office, &case, Some(&Actor::Worker(worker.clone())))
    })
    .await
}
