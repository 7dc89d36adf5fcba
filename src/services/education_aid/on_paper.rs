//! The form and the approval in plain words, for paper.

use super::dossier::{self, Dossier};
use super::sections::{Account, AidSection, Parent};
use super::{store, views};
use crate::office::cases::record::case::Case;
use crate::office::cases::service::{Office, OnPaper, PrintedSection};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::identity::BankCard;

/// See [`crate::office::cases::service::Service::printed`].
pub fn printed(c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>> {
    let dossier = dossier::load(c, office, case)?;
    let OnPaper::Form { open } = what else { return approval(c, &dossier, case) };
    let mut sections = Vec::new();
    for section in AidSection::ALL {
        let rows = match section {
            AidSection::Student => student(&dossier),
            AidSection::Family => family(c, &dossier, open)?,
            AidSection::Account => dossier.account.as_ref().map(|a| account(a, open)).unwrap_or_default(),
        };
        sections.push(PrintedSection { label: section.label(), rows });
    }
    Ok(sections)
}

fn approval(c: &mut AnyConn, dossier: &Dossier, case: &Case) -> Result<Vec<PrintedSection>> {
    let award = store::of_case(c, case.id)?.ok_or_else(|| Error::internal("approved without an award"))?;
    let approved = vec![
        ("申请季", dossier.season.name.clone()),
        ("救助对象", award.beneficiary.label().to_owned()),
        ("学段", award.stage.label().to_owned()),
        ("救助金额", format!("{}元", award.amount_fen)),
    ];
    let mut next = Vec::new();
    if dossier.evidence_follows() {
        let by = dossier
            .season
            .second_evidence_due
            .map_or_else(|| "入学后".to_owned(), |day| day.format("%Y年%-m月%-d日当天或之前").to_string());
        next.push(("在读证明", format!("请在{by}上传在读证明，核对以后才能发放；没有交的，批准可能会收回")));
    }
    next.push(("发放", "由银行转入您申请时填写的账户，到账后通知您".to_owned()));
    next.push(("账户有误", "银行没有发放成功的，会通知您更正账户，不用重新申请".to_owned()));
    Ok(vec![PrintedSection { label: "批准的内容", rows: approved }, PrintedSection { label: "接下来", rows: next }])
}

fn student(dossier: &Dossier) -> Vec<(&'static str, String)> {
    let Some(student) = &dossier.student else { return Vec::new() };
    vec![
        ("学校", student.school.clone()),
        ("学段", student.stage.label().to_owned()),
        ("入学年份", format!("{}年", student.enrolled_year)),
        ("学号", student.student_no.clone().unwrap_or_default()),
    ]
}

/// A parent of the register stays masked: a reveal is written down for the person of the case only.
fn family(c: &mut AnyConn, dossier: &Dossier, open: bool) -> Result<Vec<(&'static str, String)>> {
    let Some(family) = &dossier.family else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    if let Some(view) = views::parent(c, dossier)? {
        let (name, number) = match &family.parent {
            Some(Parent::Claimed { name, certificate, .. }) if open => (name.clone(), Some(certificate.clone())),
            _ => (view.name_masked, view.certificate_masked),
        };
        rows.push(("残疾家长", name));
        rows.push(("与学生的关系", view.relation.label));
        rows.extend(number.map(|n| ("家长残疾人证号", n)));
    }
    let yes = |b: bool| if b { "是" } else { "否" }.to_owned();
    rows.push(("有其他政府助学救助", yes(family.other_aid)));
    rows.push(("承诺内容属实", yes(family.commitment)));
    Ok(rows)
}

fn account(account: &Account, open: bool) -> Vec<(&'static str, String)> {
    let masked = account.view(0);
    let card = BankCard::parse(&account.card).ok().filter(|_| open);
    vec![
        ("账户属于谁", account.holder.label().to_owned()),
        ("户名", if open { account.holder_name.clone() } else { masked.holder_name_masked }),
        ("银行账号", card.map_or(masked.card_number_masked, |c| c.reveal().to_owned())),
        ("开户银行", account.bank.clone()),
    ]
}
