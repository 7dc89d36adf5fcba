//! The words of education aid, and what a county's policy decides about it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::office::people::kin::KinKind;
use crate::platform::error::{Detail, Faults};
use crate::rules::coded::coded_enum;
use crate::rules::money::Fen;
use crate::rules::text::KeyedCode;
use crate::rules::typed::kept;
use crate::text_columns;

coded_enum! {
    /// Who is aided; the kind of a case.
    pub enum Beneficiary {
        #[serde(alias = "disabled_student")]
        Student = "student", "残疾学生";
        #[serde(alias = "child_of_disabled")]
        Child = "child", "残疾人家庭子女";
    }
}

coded_enum! {
    /// The stage of schooling.
    pub enum Stage as "SchoolStage" {
        Compulsory = "compulsory", "义务教育";
        SeniorHigh = "senior_high", "高中";
        Vocational = "vocational", "中职";
        SpecialSchool = "special_school", "省特校";
        JuniorCollege = "junior_college", "专科";
        Undergraduate = "undergraduate", "本科";
        Postgraduate = "postgraduate", "研究生";
    }
}

text_columns!(Beneficiary, Stage);

impl Stage {
    /// Junior college and above (高等教育).
    pub fn higher(self) -> bool {
        matches!(self, Stage::JuniorCollege | Stage::Undergraduate | Stage::Postgraduate)
    }
}

/// What a beneficiary of a stage gets in a season, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    pub beneficiary: Beneficiary,
    pub stage: Stage,
    pub amount_fen: Fen,
}

/// The day on which a fact must have been so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixedOn {
    /// The season's review day.
    Review,
    /// The season's day of examination.
    ExamDate,
    /// The day of application.
    Application,
}

/// Admission letter first, proof of enrolment later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwoStageEvidence {
    pub stages: Vec<Stage>,
    /// Month and day, `MM-DD`, of the season's year.
    #[serde(deserialize_with = "kept::<_, KeyedCode<5, 5>>")]
    pub enrolment_proof_due: String,
    /// Days before that day on which the applicant is reminded.
    #[serde(default = "a_week")]
    pub remind_days: u32,
    /// Days after the warning that the day has passed, at the end of which the award lapses. Left out, it never does.
    #[serde(default)]
    pub lapse_days: Option<u32>,
}

fn a_week() -> u32 {
    7
}

/// The service's own part of a county's policy.
///
/// ```json
/// { "standards": [{ "beneficiary": "disabled_student", "stage": "undergraduate", "amount_fen": 300000 }],
///   "kinships": ["parent", "guardian"], "parent_must_be_severe": false, "low_income_required": false,
///   "certificate_valid_on": "review", "household_register_on": "exam_date",
///   "two_stage_evidence": { "stages": ["undergraduate"], "enrolment_proof_due": "09-30",
///                           "remind_days": 7, "lapse_days": 10 },
///   "second_government_aid_excluded": true, "kin_card_allowed": true }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What a season begins with when its notice names no other standards.
    pub standards: Vec<Standard>,
    /// What the disabled relative may be to the student.
    pub kinships: Vec<KinKind>,
    pub parent_must_be_severe: bool,
    /// The family must be on the low-income list, shown by a paper.
    pub low_income_required: bool,
    pub certificate_valid_on: FixedOn,
    /// When the kinship must have stood in the household register.
    pub household_register_on: FixedOn,
    pub two_stage_evidence: Option<TwoStageEvidence>,
    pub second_government_aid_excluded: bool,
    pub kin_card_allowed: bool,
}

impl Terms {
    /// What keeps these terms from being published, each field as a pointer from their root.
    pub fn faults(&self) -> Vec<Detail> {
        let mut faults = Faults::new();
        let mut fault = |field: &str, label: &str, reason: &str, way_out: &str| {
            faults.push(field, label, "policy_fault", reason, way_out);
        };
        if self.standards.is_empty() {
            fault("/standards", "标准", "还没有救助标准。", "请至少填写一条标准。");
        }
        let mut seen = Vec::with_capacity(self.standards.len());
        for (at, standard) in self.standards.iter().enumerate() {
            if standard.amount_fen <= Fen::ZERO {
                fault(&format!("/standards/{at}/amount_fen"), "金额", "救助金额要大于零。", "请填写以分为单位的金额。");
            }
            if seen.contains(&(standard.beneficiary, standard.stage)) {
                fault(&format!("/standards/{at}"), "标准", "同一类对象和学段写了两次。", "请只留一条。");
            }
            seen.push((standard.beneficiary, standard.stage));
        }
        if self.kinships.is_empty() {
            fault("/kinships", "亲属关系", "没有写明哪些亲属关系算数。", "请至少选择一种。");
        }
        // A leap year, so that 29 February is a day.
        let day =
            |two: &TwoStageEvidence| NaiveDate::parse_from_str(&format!("2024-{}", two.enrolment_proof_due), "%Y-%m-%d").is_ok();
        if self.two_stage_evidence.as_ref().is_some_and(|two| !day(two)) {
            let way_out = "请写成 09-30 这样的月和日。";
            fault("/two_stage_evidence/enrolment_proof_due", "在读证明的截止日", "日期不正确。", way_out);
        }
        faults.into_details()
    }
}
