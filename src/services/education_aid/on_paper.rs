//! The form in plain words, for the file of the case on paper.

use super::dossier::{self, Dossier};
use super::form::{Account, Parent, SECTIONS};
use crate::office::cases::case::Case;
use crate::office::cases::service::{PrintedSection, Spine};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::rules::identity::BankCard;

/// See [`crate::office::cases::service::Service::printed`].
pub fn printed(c: &mut AnyConn, spine: &Spine, case: &Case, open: bool) -> Result<Vec<PrintedSection>> {
    let dossier = dossier::load(c, spine, case)?;
    let mut sections = Vec::new();
    for (code, label) in SECTIONS {
        let rows = match *code {
            "student" => student(&dossier),
            "family" => family(c, &dossier, open)?,
            _ => dossier.account.as_ref().map(|a| account(a, open)).unwrap_or_default(),
        };
        sections.push(PrintedSection { label, rows });
    }
    Ok(sections)
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
    if let Some(view) = dossier.parent_view(c)? {
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
