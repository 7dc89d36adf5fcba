//! The form: what each section keeps, how a body becomes it, and how it is shown with numbers masked.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rules::Season;
use super::terms::Stage;
use crate::office::people::kin::KinKind;
use crate::platform::error::{Faults, Result};
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::certificate::CertificateNumber;
use crate::rules::coded::coded_enum;
use crate::rules::identity::BankCard;
use crate::rules::names::PersonName;
use crate::{form, labelled};

/// Codes and labels of the sections, in order.
pub const SECTIONS: &[(&str, &str)] = &[("student", "学生信息"), ("family", "家庭与承诺"), ("account", "收款账户")];

/// What is kept of the section `student`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Student {
    pub school: String,
    pub stage: Stage,
    /// Year of admission or enrolment.
    pub enrolled_year: i32,
    pub student_no: Option<String>,
}

/// The disabled parent.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parent {
    /// Kin of the student in the register.
    Known { person: Id, relation: KinKind },
    /// Named by the applicant; a worker sees the papers.
    Claimed { name: String, certificate: String, relation: KinKind },
}

/// What is kept of the section `family`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Family {
    pub parent: Option<Parent>,
    pub other_aid: bool,
    pub commitment: bool,
}

coded_enum! {
    /// Whose account it is.
    pub enum Holder as "AccountHolder" {
        Own = "self", "学生本人";
        Kin = "kin", "亲属";
    }
}

/// What is kept of the section `account`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    pub holder: Holder,
    pub holder_name: String,
    pub card: String,
    pub bank: String,
}

/// The student's school.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveStudent {
    /// The version of the section that was seen; 0 when it was never saved.
    #[schema(example = 0)]
    pub version: i64,
    #[validate(length(min = 2, max = 60, message = "请填写学校全称，2到60个字。"))]
    #[schema(example = "宋疃镇中心学校")]
    pub school: String,
    #[schema(inline, example = "undergraduate")]
    pub stage: Stage,
    /// Year of admission or enrolment.
    #[schema(example = 2026)]
    pub enrolled_year: i32,
    #[validate(length(max = 30, message = "学号最多30个字。"))]
    #[schema(example = "20260315")]
    pub student_no: Option<String>,
}
form!(SaveStudent { version: "版本", school: "学校", stage: "学段", enrolled_year: "入学年份", student_no: "学号" });

/// The longest that anybody stays at one stage; an earlier year is a typing error.
const LONGEST_STAY: u32 = 12;

impl SaveStudent {
    /// The section, or all that is wrong with it.
    pub fn parse(&self, season: &Season) -> Result<Student> {
        let mut faults = Faults::new();
        let school = words(&mut faults, "/school", "学校", &self.school);
        let no = self.student_no.as_deref().map(|n| words(&mut faults, "/student_no", "学号", n));
        if self.enrolled_year > season.year || self.enrolled_year.abs_diff(season.year) > LONGEST_STAY {
            let reason = "入学年份不对。";
            faults.push("/enrolled_year", "入学年份", "out_of_range", reason, "请填写四位数的入学年份，今年新生填今年。");
        }
        faults.settle()?;
        let student_no = no.filter(|n| !n.is_empty());
        Ok(Student { school, stage: self.stage, enrolled_year: self.enrolled_year, student_no })
    }
}

/// The disabled parent and two declarations.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveFamily {
    /// The version of the section that was seen; 0 when it was never saved.
    #[schema(example = 0)]
    pub version: i64,
    /// One of the kin that the prefill lists. For children of disabled parents this, or name and certificate number.
    #[schema(example = json!(null))]
    pub parent_id: Option<Id>,
    #[validate(length(max = 40, message = "姓名最多40个字。"))]
    #[schema(example = json!(null))]
    pub parent_name: Option<String>,
    #[validate(length(max = 40, message = "残疾人证号太长。"))]
    #[schema(example = json!(null))]
    pub parent_certificate: Option<String>,
    /// parent or guardian: what the parent is to the student.
    #[schema(inline, example = json!(null))]
    pub relation: Option<KinKind>,
    /// Whether the student gets other government tuition aid this year.
    #[schema(example = false)]
    pub other_government_aid: bool,
    /// What was filled in is true.
    #[schema(example = true)]
    pub commitment: bool,
}
form!(SaveFamily {
    version: "版本",
    parent_id: "残疾家长",
    parent_name: "家长姓名",
    parent_certificate: "家长残疾人证号",
    relation: "与学生的关系",
    other_government_aid: "其他政府助学救助",
    commitment: "承诺",
});

impl SaveFamily {
    /// The section, or all that is wrong with it; `kin` are the relatives in the register.
    pub fn parse(&self, kin: &[(Id, KinKind)], today: NaiveDate) -> Result<Family> {
        let mut faults = Faults::new();
        let parent = match (self.parent_id, &self.parent_name, &self.parent_certificate) {
            (None, None, None) => None,
            (Some(id), None, None) => self.known(&mut faults, id, kin),
            (None, name, certificate) => self.claimed(&mut faults, name.as_deref(), certificate.as_deref(), today),
            (Some(_), ..) => {
                let way_out = "请从名单中选择一位，或只填写姓名和残疾人证号。";
                faults.push("/parent_id", "残疾家长", "one_way_only", "既选了家长又填了姓名或证号。", way_out);
                None
            }
        };
        faults.settle()?;
        Ok(Family { parent, other_aid: self.other_government_aid, commitment: self.commitment })
    }

    fn known(&self, faults: &mut Faults, person: Id, kin: &[(Id, KinKind)]) -> Option<Parent> {
        let found = kin.iter().find(|(id, k)| *id == person && self.relation.is_none_or(|r| r == *k));
        if found.is_none() {
            let way_out = "请从名单中重新选择，或填写姓名和残疾人证号。";
            faults.push("/parent_id", "残疾家长", "unknown_kin", "这位家长不在名单中。", way_out);
        }
        found.map(|(_, relation)| Parent::Known { person, relation: *relation })
    }

    fn claimed(&self, faults: &mut Faults, name: Option<&str>, number: Option<&str>, today: NaiveDate) -> Option<Parent> {
        let name = PersonName::parse(name.unwrap_or_default());
        let number = CertificateNumber::parse(number.unwrap_or_default(), today);
        if let Err(e) = &name {
            faults.push("/parent_name", "家长姓名", e.code(), e.reason(), e.suggestion());
        }
        if let Err(e) = &number {
            faults.push("/parent_certificate", "家长残疾人证号", e.code(), e.reason(), e.suggestion());
        }
        if self.relation.is_none() {
            faults.push("/relation", "与学生的关系", "required", "还没有选择关系。", "请选择家长是学生的什么人。");
        }
        let (name, certificate) = (name.ok()?.reveal().to_owned(), number.ok()?.reveal());
        Some(Parent::Claimed { name, certificate, relation: self.relation? })
    }
}

/// Where the aid goes.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveAccount {
    /// The version of the section that was seen; 0 when it was never saved.
    #[schema(example = 0)]
    pub version: i64,
    #[schema(inline, example = "self")]
    pub holder: Holder,
    /// Name of the relative; the student's own name is known.
    #[validate(length(max = 40, message = "姓名最多40个字。"))]
    #[schema(example = json!(null))]
    pub holder_name: Option<String>,
    /// Whole number; left out to keep the saved one. A masked number is refused.
    #[validate(length(max = 40, message = "银行账号太长。"))]
    #[schema(example = "6217000010001234567")]
    pub card_number: Option<String>,
    #[validate(length(min = 2, max = 40, message = "请填写开户银行，2到40个字。"))]
    #[schema(example = "县农村商业银行宋疃支行")]
    pub bank: String,
}
form!(SaveAccount {
    version: "版本", holder: "账户属于谁", holder_name: "户名", card_number: "银行账号", bank: "开户银行"
});

impl SaveAccount {
    /// The section, or all that is wrong with it. `student` is the student's own name; what is left out stays as saved.
    pub fn parse(&self, student: &PersonName, saved: Option<&Account>) -> Result<Account> {
        let mut faults = Faults::new();
        let saved = saved.filter(|s| s.holder == self.holder);
        let typed = match (self.holder, &self.holder_name, saved) {
            (Holder::Own, None, _) => Some(student.reveal().to_owned()),
            (Holder::Kin, None, Some(saved)) => Some(saved.holder_name.clone()),
            (_, typed, _) => typed.clone(),
        };
        let name = PersonName::parse(&typed.unwrap_or_default());
        match &name {
            Err(e) => faults.push("/holder_name", "户名", e.code(), e.reason(), e.suggestion()),
            Ok(name) if self.holder == Holder::Own && name != student => {
                let way_out = "用学生本人的账户不用填户名；用亲属的账户请选择“亲属”。";
                faults.push("/holder_name", "户名", "not_the_student", "户名与学生姓名不一致。", way_out);
            }
            Ok(_) => {}
        }
        let card = match (&self.card_number, saved) {
            (None, Some(saved)) => Some(saved.card.clone()),
            (typed, _) => match BankCard::parse(typed.as_deref().unwrap_or_default()) {
                Ok(card) => Some(card.reveal().to_owned()),
                Err(e) => {
                    faults.push("/card_number", "银行账号", e.code(), e.reason(), e.suggestion());
                    None
                }
            },
        };
        let bank = words(&mut faults, "/bank", "开户银行", &self.bank);
        faults.settle()?;
        let holder_name = name.map(|n| n.reveal().to_owned()).unwrap_or_default();
        Ok(Account { holder: self.holder, holder_name, card: card.unwrap_or_default(), bank })
    }
}

/// Plain words of one line without a mask; what is wrong goes to `faults`.
fn words(faults: &mut Faults, field: &str, label: &str, text: &str) -> String {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() || matches!(c, '*' | '<' | '>')) {
        faults.push(field, label, "bad_character", "有不能使用的符号。", "请去掉符号后重新填写。");
    }
    text.to_owned()
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
        let (school, student_no) = (self.school.clone(), self.student_no.clone());
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
