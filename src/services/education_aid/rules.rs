//! Pure rules: a season's days and money, who may be aided and how much, which papers, when evidence follows.

use chrono::{Datelike, Days, NaiveDate};

use super::targets::{self, Target};
use super::terms::{Beneficiary, FixedOn, Stage, Standard, Terms, TwoStageEvidence};
use crate::office::people::kin::KinKind;
use crate::platform::error::{Detail, Faults};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::{coded_enum, fault_enum};
use crate::rules::money::Fen;
use crate::text_columns;

coded_enum! {
    /// Whether a season takes applications, apart from its days.
    pub enum SeasonStatus {
        Published = "published", "已发布";
        Closed = "closed", "已提前结束";
    }
}

text_columns!(SeasonStatus);

/// One announced round of aid in a county.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Season {
    pub id: Id,
    pub county: AreaCode,
    pub year: i32,
    /// What a case keeps as its period.
    pub code: String,
    pub name: String,
    pub notice_no: String,
    pub opens_on: NaiveDate,
    /// The last day of application.
    pub closes_on: NaiveDate,
    pub review_on: NaiveDate,
    pub exam_on: Option<NaiveDate>,
    pub second_evidence_due: Option<NaiveDate>,
    pub budget_fen: Fen,
    /// Persons at most.
    pub quota: i64,
    pub committed_fen: Fen,
    pub committed_count: i64,
    pub standards: Vec<Standard>,
    pub targets: Vec<Target>,
    pub status: SeasonStatus,
    pub version: i64,
}

impl Season {
    /// Whether applications are taken on that day.
    pub fn open_on(&self, day: NaiveDate) -> bool {
        self.status == SeasonStatus::Published && (self.opens_on..=self.closes_on).contains(&day)
    }

    /// What the season pays, in fen; none when it does not aid this beneficiary at this stage.
    pub fn amount(&self, beneficiary: Beneficiary, stage: Stage) -> Option<Fen> {
        self.standards.iter().find(|s| s.beneficiary == beneficiary && s.stage == stage).map(|s| s.amount_fen)
    }

    /// The day that a policy means; days that the season does not name are those of application.
    pub fn day(&self, fixed: FixedOn, applied_on: NaiveDate) -> NaiveDate {
        match fixed {
            FixedOn::Review => self.review_on,
            FixedOn::ExamDate => self.exam_on.unwrap_or(applied_on),
            FixedOn::Application => applied_on,
        }
    }

    /// What is wrong with a season that is to be announced, in the order of its form.
    pub fn faults(&self, terms: &Terms) -> Vec<Detail> {
        let mut faults = Faults::new();
        let mut fault = |field: &str, label: &str, code: &str, reason: &str, way_out: &str| {
            faults.push(field, label, code, reason, way_out);
        };
        if self.opens_on.year().abs_diff(self.year) > 1 {
            fault("/year", "年度", "year_mismatch", "年度与申请时间对不上。", "请核对年度和开始日期。");
        }
        if self.closes_on < self.opens_on {
            fault("/closes_on", "截止日期", "before_opening", "截止日期早于开始日期。", "请重新选择截止日期。");
        }
        if self.review_on < self.opens_on {
            fault("/review_on", "审核日", "before_opening", "审核日早于开始日期。", "请选择开始日期当天或之后的日期。");
        }
        let fixed = [terms.certificate_valid_on, terms.household_register_on];
        if fixed.contains(&FixedOn::ExamDate) && self.exam_on.is_none() {
            fault("/exam_on", "考试日期", "required", "本地政策以考试日期为准，需要填写。", "请填写考试日期。");
        }
        if self.budget_fen <= Fen::ZERO {
            fault("/budget_fen", "预算", "not_positive", "预算要大于零。", "请填写预算，单位为分。");
        }
        if self.quota <= 0 {
            fault("/quota", "名额", "not_positive", "名额要大于零。", "请填写名额。");
        }
        for (at, s) in self.standards.iter().enumerate() {
            let twins = self.standards.iter().filter(|o| o.beneficiary == s.beneficiary && o.stage == s.stage);
            if s.amount_fen <= Fen::ZERO || twins.count() > 1 {
                let field = format!("/standards/{at}");
                fault(&field, "标准", "bad_standard", "标准要大于零，同一对象同一学段只能有一个。", "请修改或删除这一条。");
            }
        }
        if self.standards.is_empty() {
            fault("/standards", "标准", "required", "还没有救助标准。", "请至少填写一条标准。");
        }
        targets::faults(&self.targets, &mut faults);
        faults.into_details()
    }
}

/// The last day for the proof of enrolment in a season of that year; none when the policy wants all evidence at once.
pub fn second_evidence_due(terms: &Terms, year: i32) -> Option<NaiveDate> {
    let due = &terms.two_stage_evidence.as_ref()?.enrolment_proof_due;
    NaiveDate::parse_from_str(&format!("{year:04}-{due}"), "%Y-%m-%d").ok()
}

/// Whether the proof of enrolment may follow after approval: a new student of a stage that the policy lists, who
/// applies before it is due.
pub fn evidence_follows(terms: &Terms, season: &Season, stage: Stage, enrolled_year: i32, applied_on: NaiveDate) -> bool {
    let listed = terms.two_stage_evidence.as_ref().is_some_and(|t| t.stages.contains(&stage));
    listed && enrolled_year == season.year && season.second_evidence_due.is_some_and(|due| applied_on <= due)
}

/// A proof of enrolment that is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Awaited {
    /// The season's last day.
    pub due: NaiveDate,
    /// Since when the applicant may bring it: the approval, or the refusal of an earlier one.
    pub since: NaiveDate,
    pub reminded: bool,
    /// When the applicant was told that the day had passed.
    pub warned_on: Option<NaiveDate>,
    /// It was uploaded and waits for the officer; the applicant must not lose the award by that delay.
    pub brought: bool,
}

/// What is to be done about an awaited proof today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofStep {
    /// Nothing before that day.
    Wait(NaiveDate),
    Remind,
    /// Tells that the day has passed, and the very last day if there is one.
    Warn(Option<NaiveDate>),
    Lapse,
    /// Nothing more: the policy sets no end.
    Rest,
}

/// See [`ProofStep`]. An award lapses only after its applicant was warned `lapse_days` before.
pub fn proof_step(p: &Awaited, terms: &TwoStageEvidence, today: NaiveDate) -> ProofStep {
    let days = |n: u32| Days::new(u64::from(n));
    let after = |day: NaiveDate| day.succ_opt().unwrap_or(day);
    let last = p.due.max(p.since);
    let remind_on = p.due.checked_sub_days(days(terms.remind_days)).unwrap_or(p.due);
    let end = |from: NaiveDate| terms.lapse_days.and_then(|n| from.checked_add_days(days(n)));
    match p.warned_on {
        _ if p.brought => ProofStep::Wait(after(today)),
        Some(warned) => match end(warned) {
            None => ProofStep::Rest,
            Some(end) if today > end => ProofStep::Lapse,
            Some(end) => ProofStep::Wait(after(end)),
        },
        None if today > last => ProofStep::Warn(end(today)),
        None if p.reminded || today > p.due => ProofStep::Wait(after(last)),
        None if today >= remind_on => ProofStep::Remind,
        None => ProofStep::Wait(remind_on),
    }
}

fault_enum! {
    /// Why an application cannot be submitted.
    pub enum Ineligible {
        SeasonClosed = "season_closed", "现在不在申请时间内。", "请留意下一次通知，或向村（社区）专职委员咨询。";
        AlreadyApplied = "already_applied", "这个人在本季已经有一件申请。", "每人每季只能享受一次，请在“我的办件”中查看。";
        StageNotAided = "stage_not_aided", "这个学段不在本季的救助范围内。", "请核对学段；如果没有填错，可以向县残联咨询其他救助。";
        StudentNotCertified = "certificate_invalid", "学生在规定的日期没有有效的残疾人证。", "请先办理或更换残疾人证；证件有效的，请到窗口核对。";
        ParentMissing = "parent_missing", "还没有填写持残疾人证的家长。", "请从名单中选择，或填写家长的姓名和残疾人证号。";
        KinshipNotCounted = "kinship_not_counted", "这位家长与学生的关系不在救助范围内，或还没有登记。", "请核对关系；没有登记的，请填写姓名和残疾人证号并上传证明。";
        ParentNotCertified = "parent_certificate_invalid", "家长在规定的日期没有有效的残疾人证。", "请先为家长办理或更换残疾人证，再来申请。";
        ParentNotSevere = "parent_not_severe", "本地要求家长是重度残疾（一级或二级）。", "如果另一位家长符合条件，请改填另一位。";
        OtherAid = "other_aid", "同一年度已享受其他政府助学救助的，不能重复申请。", "如果填错了，请修改后再提交。";
        NotCommitted = "not_committed", "还没有确认所填内容真实。", "请阅读承诺并勾选。";
        KinCardRefused = "kin_card_refused", "本地只能发放到学生本人的账户。", "请填写学生本人的银行卡或存折。";
    }
}

impl Ineligible {
    /// The field of the form and its name.
    pub fn place(self) -> (&'static str, &'static str) {
        use Ineligible::*;
        match self {
            SeasonClosed | AlreadyApplied => ("/season", "申请季"),
            StageNotAided => ("/student/stage", "学段"),
            StudentNotCertified => ("/student", "学生"),
            ParentMissing | KinshipNotCounted | ParentNotCertified | ParentNotSevere => ("/family/parent", "残疾家长"),
            OtherAid => ("/family/other_government_aid", "其他政府助学救助"),
            NotCommitted => ("/family/commitment", "承诺"),
            KinCardRefused => ("/account/holder", "账户"),
        }
    }

    pub fn detail(self) -> Detail {
        let (field, label) = self.place();
        Detail::new(field, label, self.code(), self.reason(), self.suggestion())
    }
}

/// What is known of the disabled parent.
#[derive(Clone, Copy, Debug)]
pub struct ParentFacts {
    pub relation: KinKind,
    /// The kinship is in the register, or a worker checks it on a paper.
    pub kin: bool,
    pub certified: bool,
    pub severe: bool,
}

/// What the applicant declares in the family section.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The student gets other government tuition aid this year.
    pub other_aid: bool,
    /// What was filled in is true.
    pub committed: bool,
}

/// What an application says, as far as it was filled in.
#[derive(Clone, Copy, Debug)]
pub struct Applied {
    pub beneficiary: Beneficiary,
    pub on: NaiveDate,
    /// Another case of the person in this season is live or was approved.
    pub twice: bool,
    pub stage: Option<Stage>,
    pub student_certified: bool,
    pub parent: Option<ParentFacts>,
    /// Once the family section was saved.
    pub declared: Option<Declared>,
    pub kin_card: bool,
}

/// Every rule that an application breaks, in the order of the form. What was not filled in yet is not checked.
pub fn ineligible(season: &Season, terms: &Terms, a: &Applied) -> Vec<Ineligible> {
    let mut found = Vec::new();
    let mut unless = |good: bool, why: Ineligible| {
        if !good {
            found.push(why);
        }
    };
    unless(season.open_on(a.on), Ineligible::SeasonClosed);
    unless(!a.twice, Ineligible::AlreadyApplied);
    unless(a.stage.is_none_or(|s| season.amount(a.beneficiary, s).is_some()), Ineligible::StageNotAided);
    unless(a.beneficiary != Beneficiary::Student || a.student_certified, Ineligible::StudentNotCertified);
    if let Some(declared) = a.declared {
        if a.beneficiary == Beneficiary::Child {
            match &a.parent {
                None => unless(false, Ineligible::ParentMissing),
                Some(p) => {
                    unless(p.kin && terms.kinships.contains(&p.relation), Ineligible::KinshipNotCounted);
                    unless(p.certified, Ineligible::ParentNotCertified);
                    unless(!p.certified || p.severe || !terms.parent_must_be_severe, Ineligible::ParentNotSevere);
                }
            }
        }
        unless(!declared.other_aid || !terms.second_government_aid_excluded, Ineligible::OtherAid);
        unless(declared.committed, Ineligible::NotCommitted);
    }
    unless(!a.kin_card || terms.kin_card_allowed, Ineligible::KinCardRefused);
    found
}

/// What decides which papers an application needs.
#[derive(Clone, Copy, Debug)]
pub struct PaperFacts {
    pub beneficiary: Beneficiary,
    pub stage: Option<Stage>,
    /// The proof of enrolment follows later (see [`evidence_follows`]).
    pub evidence_follows: bool,
    /// The parent is not known to the register as kin of the student.
    pub parent_claimed: bool,
    pub kin_card: bool,
}

/// All codes that [`conditions`] may answer.
pub const CONDITIONS: &[&str] = &[
    "newly_admitted",
    "in_school",
    "higher_education",
    "child_of_disabled",
    "low_income_required",
    "not_on_one_register",
    "kin_card",
    "kinship_to_prove",
];

/// Conditions of materials (`Required::When`): `newly_admitted` or `in_school`, `higher_education`,
/// `child_of_disabled`, `low_income_required`, `not_on_one_register`, `kin_card`, and `kinship_to_prove` for either of
/// the last two.
pub fn conditions(terms: &Terms, facts: &PaperFacts) -> Vec<String> {
    let child = facts.beneficiary == Beneficiary::Child;
    let claimed = child && facts.parent_claimed;
    let all = [
        ("newly_admitted", facts.stage.is_some() && facts.evidence_follows),
        ("in_school", facts.stage.is_some() && !facts.evidence_follows),
        ("higher_education", facts.stage.is_some_and(Stage::higher)),
        ("child_of_disabled", child),
        ("low_income_required", child && terms.low_income_required),
        ("not_on_one_register", claimed),
        ("kin_card", facts.kin_card),
        ("kinship_to_prove", claimed || facts.kin_card),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(code, _)| code.to_owned()).collect()
}

/// The adult whose masked name may stand in a public notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedAdult {
    /// The student.
    Student(String),
    /// A parent of the student.
    Parent(String),
}

/// The line of the public notice. A minor is never named; without an adult to name, nobody is.
pub fn public_line(adult: Option<&NamedAdult>, beneficiary: Beneficiary, stage: Stage) -> String {
    let who = match adult {
        Some(NamedAdult::Student(name)) => name.clone(),
        Some(NamedAdult::Parent(parent)) => format!("{parent}的子女"),
        None => "一名未成年学生".to_owned(),
    };
    format!("{who}，{}，{}", beneficiary.label(), stage.label())
}
