//! The form: what each section keeps, how a body becomes it, and how it is shown with numbers masked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rules::Season;
use super::terms::Stage;
use crate::form;
use crate::office::people::kin::KinKind;
use crate::platform::error::{Faults, Result};
use crate::platform::http::Sent;
use crate::platform::id::Id;
use crate::rules::certificate::CertificateNumber;
use crate::rules::coded::coded_enum;
use crate::rules::identity::{BankCard, IdentityFault};
use crate::rules::names::PersonName;
use crate::rules::text::PlainText;
use crate::rules::typed::blank_is_none;

coded_enum! {
    /// A section of the form, in its order.
    pub enum AidSection {
        Student = "student", "学生信息";
        Family = "family", "家庭与承诺";
        Account = "account", "收款账户";
    }
}

/// Codes and labels of the sections, in order.
pub const SECTIONS: &[(&str, &str)] = &[named(AidSection::Student), named(AidSection::Family), named(AidSection::Account)];

const fn named(section: AidSection) -> (&'static str, &'static str) {
    (section.code(), section.label())
}

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
    /// The school's full name.
    #[schema(value_type = String, min_length = 2, max_length = 60, example = "宋疃镇中心学校")]
    pub school: PlainText<2, 60>,
    #[schema(inline, example = "undergraduate")]
    pub stage: Stage,
    /// Year of admission or enrolment.
    #[schema(example = 2026)]
    pub enrolled_year: i32,
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 30, example = "20260315")]
    pub student_no: Option<PlainText<1, 30>>,
}
form!(SaveStudent { version: "版本", school: "学校", stage: "学段", enrolled_year: "入学年份", student_no: "学号" });

/// The longest that anybody stays at one stage; an earlier year is a typing error.
const LONGEST_STAY: u32 = 12;

/// The section `student` and the version that was seen, or all that is wrong with what was sent.
pub fn student(sent: &Sent<SaveStudent>, season: &Season) -> Result<(i64, Student)> {
    sent.judged(|s, faults| {
        unmasked(faults, "/school", "学校", &s.school);
        if let Some(number) = &s.student_no {
            unmasked(faults, "/student_no", "学号", number);
        }
        if s.enrolled_year > season.year || s.enrolled_year.abs_diff(season.year) > LONGEST_STAY {
            let reason = "入学年份不对。";
            faults.push("/enrolled_year", "入学年份", "out_of_range", reason, "请填写四位数的入学年份，今年新生填今年。");
        }
        let student_no = s.student_no.as_ref().map(ToString::to_string);
        let stage = s.stage;
        let enrolled_year = s.enrolled_year;
        Ok(Some((s.version, Student { school: s.school.to_string(), stage, enrolled_year, student_no })))
    })
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
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40, example = json!(null))]
    pub parent_name: Option<PersonName>,
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 20, max_length = 44, example = json!(null))]
    pub parent_certificate: Option<CertificateNumber>,
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

/// The section `family` and the version that was seen, or all that is wrong with what was sent; `kin` are the relatives in
/// the register.
pub fn family(sent: &Sent<SaveFamily>, kin: &[(Id, KinKind)]) -> Result<(i64, Family)> {
    sent.judged(|s, faults| {
        let parent = match (s.parent_id, &s.parent_name, &s.parent_certificate) {
            (None, None, None) => None,
            (Some(id), None, None) => s.known(faults, id, kin),
            (None, name, certificate) => s.claimed(faults, name.as_ref(), certificate.as_ref()),
            (Some(_), ..) => {
                let way_out = "请从名单中选择一位，或只填写姓名和残疾人证号。";
                faults.push("/parent_id", "残疾家长", "one_way_only", "既选了家长又填了姓名或证号。", way_out);
                None
            }
        };
        Ok(Some((s.version, Family { parent, other_aid: s.other_government_aid, commitment: s.commitment })))
    })
}

impl SaveFamily {
    fn known(&self, faults: &mut Faults, person: Id, kin: &[(Id, KinKind)]) -> Option<Parent> {
        let found = kin.iter().find(|(id, k)| *id == person && self.relation.is_none_or(|r| r == *k));
        if found.is_none() {
            let way_out = "请从名单中重新选择，或填写姓名和残疾人证号。";
            faults.push("/parent_id", "残疾家长", "unknown_kin", "这位家长不在名单中。", way_out);
        }
        found.map(|(_, relation)| Parent::Known { person, relation: *relation })
    }

    fn claimed(&self, faults: &mut Faults, name: Option<&PersonName>, number: Option<&CertificateNumber>) -> Option<Parent> {
        if name.is_none() {
            faults.push("/parent_name", "家长姓名", "name_empty", "没有填写姓名。", "请按身份证填写姓名。");
        }
        if number.is_none() {
            let way_out = "请对照残疾人证填写。";
            faults.push("/parent_certificate", "家长残疾人证号", "required", "没有填写残疾人证号。", way_out);
        }
        if self.relation.is_none() {
            faults.push("/relation", "与学生的关系", "required", "还没有选择关系。", "请选择家长是学生的什么人。");
        }
        Some(Parent::Claimed { name: name?.reveal().to_owned(), certificate: number?.reveal(), relation: self.relation? })
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
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40, example = json!(null))]
    pub holder_name: Option<PersonName>,
    /// Whole number; left out to keep the saved one. A masked number is refused.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[schema(value_type = Option<String>, min_length = 12, max_length = 40, example = "6217000010001234567")]
    pub card_number: Option<BankCard>,
    /// The bank and its branch.
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "县农村商业银行宋疃支行")]
    pub bank: PlainText<2, 40>,
}
form!(SaveAccount {
    version: "版本", holder: "账户属于谁", holder_name: "户名", card_number: "银行账号", bank: "开户银行"
});

/// The section `account` and the version that was seen, or all that is wrong with what was sent. `student` is the student's
/// own name; what is left out stays as saved.
pub fn account(sent: &Sent<SaveAccount>, student: &PersonName, saved: Option<&Account>) -> Result<(i64, Account)> {
    sent.judged(|s, faults| {
        let saved = saved.filter(|saved| saved.holder == s.holder);
        let holder_name = s.name_of_holder(faults, student, saved);
        let card = s.card_number.as_ref().map(|card| card.reveal().to_owned()).or_else(|| saved.map(|s| s.card.clone()));
        if card.is_none() {
            let fault = IdentityFault::BankCardEmpty;
            faults.push("/card_number", "银行账号", fault.code(), fault.reason(), fault.suggestion());
        }
        unmasked(faults, "/bank", "开户银行", &s.bank);
        let holder = s.holder;
        let bank = s.bank.to_string();
        let made = holder_name.zip(card).map(|(holder_name, card)| Account { holder, holder_name, card, bank });
        Ok(made.map(|account| (s.version, account)))
    })
}

impl SaveAccount {
    fn name_of_holder(&self, faults: &mut Faults, student: &PersonName, saved: Option<&Account>) -> Option<String> {
        match (self.holder, &self.holder_name, saved) {
            (Holder::Own, Some(name), _) if name != student => {
                let way_out = "用学生本人的账户不用填户名；用亲属的账户请选择“亲属”。";
                faults.push("/holder_name", "户名", "not_the_student", "户名与学生姓名不一致。", way_out);
                None
            }
            (Holder::Own, ..) => Some(student.reveal().to_owned()),
            (Holder::Kin, Some(name), _) => Some(name.reveal().to_owned()),
            (Holder::Kin, None, Some(saved)) => Some(saved.holder_name.clone()),
            (Holder::Kin, None, None) => {
                faults.push("/holder_name", "户名", "name_empty", "没有填写户名。", "请按银行卡或存折填写户名。");
                None
            }
        }
    }
}

/// Refuses the characters of masks and of HTML in a text that is printed and written into bank files.
fn unmasked(faults: &mut Faults, field: &str, label: &str, text: &str) {
    if text.contains(['*', '<', '>']) {
        faults.push(field, label, "bad_character", "有不能使用的符号。", "请去掉符号后重新填写。");
    }
}
