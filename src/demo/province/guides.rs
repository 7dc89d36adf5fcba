//! What the guides of the invented counties tell: real law in its own words, invented places and local rules marked as such.

use zhucan::office::policy::guide_facts::{Basis, GuideFacts, GuidePlace, GuideStep, Nature, Remedy};

use super::materials::reasons;

/// Where anybody can read the laws and regulations of the State.
const DATABASE: &str = "国家法律法规数据库 https://flk.npc.gov.cn";

fn basis(nature: Nature, title: &str, article: &str, text: &str, source: &str) -> Basis {
    let owned = str::to_owned;
    Basis { nature, title: owned(title), article: owned(article), text: owned(text), source: owned(source) }
}

/// A rule that the invented county made itself.
fn local(title: &str, owner: &str) -> Basis {
    basis(Nature::Local, title, "", "", &format!("{owner}（示例，不是真实文件）"))
}

fn sentences(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

fn step(name: &str, who: &str, words: &str) -> GuideStep {
    GuideStep { name: name.to_owned(), who: who.to_owned(), words: words.to_owned() }
}

/// The county's window, and the commissioners of the villages.
fn places(owner: &str, phone: &str) -> Vec<GuidePlace> {
    let hours = "周一至周五 9:00—12:00，14:00—17:30，法定节假日除外";
    let place = |name: String, address: &str| GuidePlace {
        name,
        address: address.to_owned(),
        phone: phone.to_owned(),
        hours: hours.to_owned(),
    };
    vec![
        place(format!("{owner}服务窗口"), "示例路1号一楼，门口有坡道，可以用手语交流"),
        place(
            "各镇（街道）残联、村（社区）残协".to_owned(),
            "镇（街道）便民服务中心、村（居）委会；行动不便的可以请工作人员上门",
        ),
    ]
}

fn complaints(phone: &str) -> Vec<Remedy> {
    let remedy = |name: &str, how: &str, phone: Option<&str>| Remedy {
        name: name.to_owned(),
        how: how.to_owned(),
        phone: phone.map(str::to_owned),
    };
    vec![
        remedy("办不成事反映", "在“我的反映”里选择“办不成事”，写明情况，会看到答复的日期。", None),
        remedy("反馈问题（信访）", "在“我的反映”里选择“反馈问题”，或者打电话、到窗口当面说。", Some(phone)),
        remedy("评价", "办结后可以评价。评价“不满意”的，由没有经办过的工作人员核实整改，不会告诉经办人是谁评价的。", None),
        remedy("残疾人服务热线", "全国残疾人服务热线，可以咨询和投诉。", Some("12385")),
        remedy("政务服务便民热线", "对办理和答复都不满意的，可以拨打。", Some("12345")),
    ]
}

pub(super) fn education_aid(owner: &str, phone: &str) -> GuideFacts {
    GuideFacts {
        who: sentences(&[
            "在读或者刚被录取的残疾学生，有在有效期内的残疾人证。",
            "残疾人家庭的子女，父亲或者母亲有在有效期内的残疾人证。",
            "同一年度没有领取其他政府助学救助，每人每年度一次。",
        ]),
        conditions: reasons(&[
            ("in_school", "正在上学的"),
            ("newly_admitted", "今年刚被录取的"),
            ("kinship_to_prove", "户口簿上看不出亲属关系，或者收款卡是家人的"),
            ("low_income_required", "本县（区）要求家庭是低收入的"),
        ]),
        cost: "免费。".to_owned(),
        places: places(owner, phone),
        afterwards: vec![step("发放", "县（区）残联财务", "救助金打到您登记的银行卡，卡号有误会通知您改，不用重新申请。")],
        basis: vec![
            basis(
                Nature::Law,
                "中华人民共和国残疾人保障法",
                "第二十一条",
                "各级人民政府对接受义务教育的残疾学生、贫困残疾人家庭的学生提供免费教科书，并给予寄宿生活费等费用补助；对接受义务教育以外其他教育的残疾学生、贫困残疾人家庭的学生按照国家有关规定给予资助。",
                DATABASE,
            ),
            basis(
                Nature::Regulation,
                "残疾人教育条例",
                "第五十一条",
                "招收残疾学生的学校对经济困难的残疾学生，应当按照国家有关规定减免学费和其他费用，并按照国家资助政策优先给予补助。",
                DATABASE,
            ),
            local("教育救助实施办法（示例）", owner),
        ],
        complaints: complaints(phone),
    }
}

pub(super) fn device_rental(owner: &str, phone: &str) -> GuideFacts {
    GuideFacts {
        who: sentences(&["有在有效期内的残疾人证，并且需要轮椅、拐杖等辅助器具的人。", "监护人、家人可以代借、代领。"]),
        conditions: reasons(&[("collected_by_other", "请别人代领的"), ("fit_assessment_first", "网点要求先评估的辅具")]),
        cost: "免费借用，本县（区）不收押金。".to_owned(),
        places: places(owner, phone),
        afterwards: vec![
            step("取用", "您（申请人）", "在约定的时间凭取件码到网点取，或者由网点送上门。"),
            step("归还", "您（申请人）", "到期前归还到任何一个网点；没有人排队时可以申请延期。坏了或者不合适请随时报告。"),
        ],
        basis: vec![
            basis(
                Nature::Law,
                "中华人民共和国残疾人保障法",
                "第二十条",
                "政府有关部门应当组织和扶持残疾人康复器械、辅助器具的研制、生产、供应、维修服务。",
                DATABASE,
            ),
            basis(
                Nature::Regulation,
                "残疾预防和残疾人康复条例",
                "第二十六条",
                "通过实施重点康复项目为城乡贫困残疾人、重度残疾人提供基本康复服务，按照国家有关规定对基本型辅助器具配置给予补贴。",
                DATABASE,
            ),
            local("辅具租赁管理办法（示例）", owner),
        ],
        complaints: complaints(phone),
    }
}

pub(super) fn certificate(owner: &str, phone: &str) -> GuideFacts {
    GuideFacts {
        who: sentences(&[
            "视力、听力、言语、肢体、智力、精神和多重残疾，经评定符合残疾标准的人，自愿申请。",
            "未成年人、智力残疾和精神残疾的人由监护人申请。",
            "户口在外省的，凭居住证可以在居住地办理（跨省通办）。",
        ]),
        conditions: reasons(&[
            ("has_old_card", "原来有残疾人证的"),
            ("guardian_required", "由监护人办理的"),
            ("assessment_required", "需要残疾评定的"),
            ("cross_province", "在外省居住地办理的"),
        ]),
        cost: "办证免费。残疾评定的费用按评定医院的规定，有补贴的从其规定。".to_owned(),
        places: places(owner, phone),
        afterwards: vec![step(
            "领证",
            "您（申请人）",
            "证做好后通知您，可以到窗口领、邮寄或者送上门。新证有效期十年，换证时交回旧证。",
        )],
        basis: vec![
            basis(
                Nature::Document,
                "中华人民共和国残疾人证管理办法（残联发〔2017〕34号）",
                "第三条",
                "残疾人证坚持申领自愿、属地管理原则。凡符合残疾标准的视力、听力、言语、肢体、智力、精神及多重残疾人均可申领残疾人证。",
                "中国残疾人联合会文件，残联发〔2017〕34号",
            ),
            basis(
                Nature::Law,
                "中华人民共和国残疾人保障法",
                "第二条",
                "残疾人包括视力残疾、听力残疾、言语残疾、肢体残疾、智力残疾、精神残疾、多重残疾和其他残疾的人。残疾标准由国务院规定。",
                DATABASE,
            ),
            local("残疾人证管理实施细则（示例）", owner),
        ],
        complaints: complaints(phone),
    }
}
