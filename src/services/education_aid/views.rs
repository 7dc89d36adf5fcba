//! What people see of education aid: seasons, sections with numbers masked, the award, and how far its payment is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dossier::{self, Dossier};
use super::rules::{Season, SeasonStatus};
use super::sections::{Account, AidSection, Family, Holder, Parent, Student};
use super::store::{self, AwardState, PaymentFault};
use super::targets::Target;
use super::terms::{Beneficiary, Stage, Standard};
use crate::labelled;
use crate::office::cases::filing::drafts;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::people::kin::KinKind;
use crate::office::people::persons;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Result};
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::certificate::Category;
use crate::rules::identity::BankCard;
use crate::rules::names::PersonName;

/// A target as everybody may see it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TargetView {
    #[schema(example = "高等教育")]
    pub name: String,
    pub stages: Vec<Labelled<Stage>>,
    #[schema(example = 18)]
    pub planned: i64,
}

impl TargetView {
    pub fn of(target: &Target) -> TargetView {
        let stages = target.stages.iter().map(|s| labelled!(*s)).collect();
        TargetView { name: target.name.clone(), stages, planned: target.planned }
    }
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

/// A season with its money.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SeasonBooks {
    pub season: SeasonView,
    pub version: i64,
    #[schema(example = 27000000)]
    pub budget_fen: i64,
    /// What approved applications hold of it.
    pub committed_fen: i64,
    /// For how many persons.
    pub committed_count: i64,
}

impl SeasonBooks {
    pub fn of(s: &Season, office: &Office) -> SeasonBooks {
        SeasonBooks {
            season: SeasonView::of(s, office),
            version: s.version,
            budget_fen: s.budget_fen.0,
            committed_fen: s.committed_fen.0,
            committed_count: s.committed_count,
        }
    }
}

/// Somebody of the student's family whom the policy counts.
#[derive(Clone, Serialize, ToSchema)]
pub struct KinView {
    pub person_id: Id,
    #[schema(example = "王*四")]
    pub name_masked: String,
    pub relation: Labelled<KinKind>,
}

/// What is known already, masked, so that nobody is asked twice.
#[derive(Clone, Serialize, ToSchema)]
pub struct Prefill {
    pub season: SeasonView,
    #[schema(example = "王*四")]
    pub student_name_masked: String,
    /// The category on the student's valid certificate, when there is one.
    pub certificate_category: Option<Labelled<Category>>,
    /// From the last application for this student.
    #[schema(example = "宋疃镇中心学校")]
    pub last_school: Option<String>,
    pub last_stage: Option<Labelled<Stage>>,
    /// Relatives whom the policy counts, to choose the disabled parent from.
    pub kin: Vec<KinView>,
}

/// The section `student` as saved.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct StudentView {
    pub version: i64,
    #[schema(example = "宋疃镇中心学校")]
    pub school: String,
    pub stage: Labelled<Stage>,
    #[schema(example = 2026)]
    pub enrolled_year: i32,
    pub student_no: Option<String>,
}

impl Student {
    pub fn view(&self, version: i64) -> StudentView {
        let school = self.school.clone();
        let student_no = self.student_no.clone();
        StudentView { version, school, stage: labelled!(self.stage), enrolled_year: self.enrolled_year, student_no }
    }
}

/// The disabled parent, masked.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ParentView {
    /// None when the applicant named somebody whom the register does not know as kin.
    pub person_id: Option<Id>,
    #[schema(example = "王*四")]
    pub name_masked: String,
    /// Masked; none for kin of the register.
    #[schema(example = "9****************1**")]
    pub certificate_masked: Option<String>,
    pub relation: Labelled<KinKind>,
}

/// The section `family` as saved.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct FamilyView {
    pub version: i64,
    pub parent: Option<ParentView>,
    pub other_government_aid: bool,
    pub commitment: bool,
}

/// The section `account` as saved; the number shows its last four digits only.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    pub version: i64,
    pub holder: Labelled<Holder>,
    #[schema(example = "王*四")]
    pub holder_name_masked: String,
    #[schema(example = "****4567")]
    pub card_number_masked: String,
    #[schema(example = "县农村商业银行宋疃支行")]
    pub bank: String,
    /// The number does not pass the usual check of cards and deserves a second look; passbooks have none.
    pub look_again: bool,
}

impl Account {
    pub fn view(&self, version: i64) -> AccountView {
        let card = BankCard::parse(&self.card).ok();
        AccountView {
            version,
            holder: labelled!(self.holder),
            holder_name_masked: PersonName::parse(&self.holder_name).map(|n| n.masked()).unwrap_or_default(),
            card_number_masked: card.as_ref().map(BankCard::masked).unwrap_or_default(),
            bank: self.bank.clone(),
            look_again: card.is_some_and(|c| !c.passes_luhn()),
        }
    }
}

/// The family section as people see it.
pub fn family(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<FamilyView>> {
    let Some(section) = drafts::read::<Family>(c, &case.key(&office.keys)?, case.id, AidSection::Family.code())? else {
        return Ok(None);
    };
    let dossier = dossier::load(c, office, case)?;
    let parent = parent(c, &dossier)?;
    let other_government_aid = section.body.other_aid;
    let commitment = section.body.commitment;
    Ok(Some(FamilyView { version: section.version, parent, other_government_aid, commitment }))
}

/// The parent as people see them.
pub fn parent(c: &mut AnyConn, dossier: &Dossier) -> Result<Option<ParentView>> {
    Ok(match dossier.family.as_ref().and_then(|f| f.parent.as_ref()) {
        None => None,
        Some(Parent::Known { person, relation }) => {
            let name_masked = persons::find(c, *person)?.map(|p| p.name_masked).unwrap_or_default();
            let relation = labelled!(*relation);
            Some(ParentView { person_id: Some(*person), name_masked, certificate_masked: None, relation })
        }
        Some(Parent::Claimed { name, certificate, relation }) => {
            let certificate_masked = Some(dossier::number(certificate, dossier.applied_on)?.masked());
            let name_masked = dossier::masked(name);
            let relation = labelled!(*relation);
            Some(ParentView { person_id: None, name_masked, certificate_masked, relation })
        }
    })
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
pub struct AidView {
    pub season: SeasonView,
    /// What the season's standard gives for what was filled in.
    #[schema(example = 300000)]
    pub standard_fen: Option<i64>,
    /// The proof of enrolment may follow after approval.
    pub evidence_follows: bool,
    pub award: Option<AwardView>,
    pub account: Option<AccountView>,
    /// What may be changed although the case is approved: `material:CODE` or `section:CODE`.
    #[schema(example = json!(["section:account"]))]
    pub to_mend: Vec<String>,
    /// What does not fit the rules as it stands, whoever looks.
    pub details: Vec<Detail>,
}

/// An award as people see it.
pub fn award(c: &mut AnyConn, case: Id) -> Result<Option<AwardView>> {
    let shown = store::of_case(c, case)?.filter(|a| a.state != AwardState::Revoked);
    Ok(shown.map(|a| AwardView {
        state: labelled!(a.state),
        amount_fen: a.amount_fen.0,
        attempts: a.attempts,
        fault: a.fault.map(|f| labelled!(f)),
    }))
}

/// An application as officers judge it; names and numbers masked, the papers show the rest.
#[derive(Clone, Serialize, ToSchema)]
pub struct Application {
    pub season: SeasonView,
    pub student: Option<StudentView>,
    pub family: Option<FamilyView>,
    pub account: Option<AccountView>,
    /// Whether the register holds a valid certificate of the named parent under that very name.
    pub parent_in_register: Option<bool>,
    /// What approval would pay.
    #[schema(example = 300000)]
    pub standard_fen: Option<i64>,
    /// The proof of enrolment may follow after approval.
    pub evidence_follows: bool,
    /// What does not fit the rules, on the day of application.
    pub details: Vec<Detail>,
    pub award: Option<AwardView>,
}
