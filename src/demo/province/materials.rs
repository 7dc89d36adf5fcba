//! The papers and reasons of the demo policies, in the words that a resident reads.

use zhucan::office::policy::terms::{Material, ReasonOption, Required};

fn material(code: &str, label: &str, required: Required, max_pages: u32, hint: &str, alternatives: &[&str]) -> Material {
    Material {
        code: code.to_owned(),
        label: label.to_owned(),
        required,
        max_pages,
        hint: hint.to_owned(),
        alternatives: alternatives.iter().map(|a| (*a).to_owned()).collect(),
    }
}

fn when(condition: &str) -> Required {
    Required::When(condition.to_owned())
}

pub(super) fn reasons(list: &[(&str, &str)]) -> Vec<ReasonOption> {
    list.iter().map(|(code, label)| ReasonOption { code: (*code).to_owned(), label: (*label).to_owned() }).collect()
}

/// Why a paper or an answer goes back, the same for all services.
pub(super) fn correction_reasons() -> Vec<ReasonOption> {
    reasons(&[
        ("unclear", "照片不清楚，请在光线好的地方重新拍"),
        ("incomplete", "缺页或没有拍全，请补拍缺少的部分"),
        ("wrong_paper", "材料传错了，请换成需要的材料"),
        ("expired", "材料已过期，请换成有效期内的"),
        ("mismatch", "与填写的内容不一致，请核对后修改"),
        ("not_filled", "内容没有填写完整，请补充"),
        ("needs_seal", "缺少签字或盖章，请补齐后重新拍"),
    ])
}

pub(super) fn education_aid() -> Vec<Material> {
    vec![
        material(
            "student_id_card",
            "学生身份证",
            Required::Always,
            2,
            "正反两面各拍一张，四角都要拍到。",
            &["还没有办身份证的，拍户口簿上学生的那一页"],
        ),
        material(
            "household_register",
            "户口簿",
            Required::Always,
            6,
            "拍首页、户主页和学生、家长的页。",
            &["派出所出具的户籍证明"],
        ),
        material(
            "disability_certificate",
            "残疾人证",
            Required::Always,
            2,
            "拍有照片和证号的一面。子女申请的，拍父亲或母亲的残疾人证。",
            &["系统中查到有效的残疾人证时不用再拍"],
        ),
        material(
            "enrolment_proof",
            "在读证明或学籍证明",
            when("in_school"),
            1,
            "学校盖章的在读证明，或学籍在线查询页。",
            &["盖章的学生证", "学信网学籍验证报告"],
        ),
        material(
            "admission_letter",
            "录取通知书",
            when("newly_admitted"),
            2,
            "拍完整的录取通知书。",
            &["省招生考试院的录取查询页"],
        ),
        material(
            "kinship_proof",
            "亲属关系证明",
            when("kinship_to_prove"),
            2,
            "学生与残疾家长不在同一本户口簿上，或者收款卡是家人的，才需要。",
            &["出生医学证明", "村（社区）开具的亲属关系证明"],
        ),
        material(
            "low_income_proof",
            "低收入证明",
            when("low_income_required"),
            1,
            "低保证、低保边缘家庭证明都可以。",
            &["民政部门出具的证明"],
        ),
        material(
            "bank_card",
            "银行卡或存折",
            Required::Always,
            1,
            "拍有账号的一面。可以用学生本人的，也可以用家长的。",
            &["银行出具的账户信息"],
        ),
    ]
}

pub(super) fn device_rental() -> Vec<Material> {
    vec![
        material(
            "proxy_id_card",
            "代领人身份证",
            Required::Never,
            2,
            "别人代领时才需要，正反两面各拍一张。",
            &["代领时在网点出示身份证原件"],
        ),
        material(
            "fit_assessment",
            "适配评估单",
            when("fit_assessment_first"),
            2,
            "网点要求先评估的辅具才需要。",
            &["医院或康复机构的建议书"],
        ),
    ]
}

pub(super) fn certificate() -> Vec<Material> {
    vec![
        material(
            "id_card",
            "身份证",
            Required::Always,
            2,
            "正反两面各拍一张，四角都要拍到。",
            &["还没有办身份证的，拍户口簿本人页"],
        ),
        material("household_register", "户口簿", Required::Always, 4, "拍首页、户主页和本人页。", &["派出所出具的户籍证明"]),
        material(
            "photo",
            "近期两寸白底免冠照片",
            Required::Always,
            1,
            "白底、不戴帽子，可以用手机在白墙前拍。",
            &["上门或窗口办理时由工作人员拍照"],
        ),
        material(
            "old_certificate",
            "原残疾人证",
            when("has_old_card"),
            2,
            "拍有照片和证号的一面。",
            &["证丢了的，改选“挂失补办”"],
        ),
        material(
            "guardian_id_card",
            "监护人身份证",
            when("guardian_required"),
            2,
            "未成年人、智力和精神残疾人由监护人办理时需要。",
            &["还没有办身份证的，拍户口簿监护人页"],
        ),
        material(
            "guardian_proof",
            "监护关系证明",
            when("guardian_required"),
            2,
            "户口簿能看出父母子女关系的，拍那一页就可以。",
            &["出生医学证明", "村（社区）出具的监护证明", "法院判决书"],
        ),
        material(
            "assessment_form",
            "残疾评定表",
            when("assessment_required"),
            4,
            "由评定医院填写，一般由医院直接上传，不用自己拍。",
            &["行动不便的可以申请上门评定"],
        ),
        material(
            "residence_permit",
            "居住证",
            when("cross_province"),
            2,
            "在外省居住地办理时需要，正反两面各拍一张。",
            &["居住登记回执"],
        ),
    ]
}
