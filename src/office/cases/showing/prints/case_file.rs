//! 案卷: everything of a case on paper, for the office: facts, form, papers, corrections, history and its check.

use super::facts::{Facts, day_of, masked, minute};
use super::record;
use crate::office::accounts::staff;
use crate::office::cases::filing::papers;
use crate::office::cases::moving::corrections::{self, ItemState};
use crate::office::cases::record::history;
use crate::office::cases::service::{Office, OnPaper};
use crate::office::cases::showing::views;
use crate::office::people::persons;
use crate::office::people::reveals::RevealField;
use crate::office::policy::areas;
use crate::platform::crypto::Place;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::print::{Block, Paper};
use crate::rules::lifecycle::Role;

pub const TITLE: &str = "案卷";

/// What stands in full in a file that was asked for with a purpose.
pub const OPENS: &[RevealField] =
    &[RevealField::Name, RevealField::IdNumber, RevealField::Phone, RevealField::Address, RevealField::CertificateNumber];

/// The file as it stands now; names and numbers in full only when `open`. The caller has noted the print.
pub fn paper(c: &mut AnyConn, office: &Office, facts: &Facts, open: bool) -> Result<Paper> {
    let case = &facts.case;
    let mut blocks = vec![head(c, office, facts, open)?];
    for section in facts.service.printed(c, office, case, OnPaper::Form { open })? {
        blocks.push(Block::Heading(format!("填写内容：{}", section.label)));
        blocks.push(match section.rows.is_empty() {
            true => Block::paragraph("这一部分没有填写。"),
            false => Block::Facts(section.rows.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()),
        });
    }
    blocks.extend(materials(c, office, facts)?);
    blocks.extend(mended(c, office, facts)?);
    blocks.extend(timeline(c, office, facts)?);
    blocks.extend(printed(c, case.id)?);
    let author = facts.policy.owner.clone();
    let running = case.number.clone();
    Ok(Paper { title: TITLE.to_owned(), running, author, issued_at: office.now, blocks })
}

fn head(c: &mut AnyConn, office: &Office, facts: &Facts, open: bool) -> Result<Block> {
    let case = &facts.case;
    let person = persons::open(c, &office.keys, facts.case.person_id)?;
    let shown = |full: &str, mask: String| if open { full.to_owned() } else { mask };
    let phone = person.phone.as_ref().map(|p| shown(p.reveal(), p.masked())).unwrap_or_default();
    let applicant = facts.applicant.as_deref().map(|n| shown(n, masked(n)));
    let policy = &facts.policy;
    Ok(Block::facts([
        ("办件编号", case.number.clone()),
        ("申请事项", facts.matter()),
        ("现在的状态", case.state.label().to_owned()),
        ("为谁申请", shown(&facts.person, person.name.masked())),
        ("身份证号码", shown(person.id_number.reveal(), person.id_number.masked())),
        ("联系电话", phone),
        ("所在地", areas::full_name(c, &case.area)?),
        ("申请人", applicant.unwrap_or_else(|| "由工作人员代为提交".to_owned())),
        ("提交时间", case.course.submitted_at.map(minute).unwrap_or_default()),
        ("结束时间", case.course.ended_at.map(minute).unwrap_or_default()),
        ("适用的规定", format!("{}，第{}版，{}", policy.source, policy.version, policy.owner)),
    ]))
}

fn materials(c: &mut AnyConn, office: &Office, facts: &Facts) -> Result<Vec<Block>> {
    let mut rows = Vec::new();
    for paper in papers::of(c, facts.case.id)? {
        let words = office.keys.open_text(&Place::new("papers", "alt_text", paper.id.as_bytes()), &paper.alt_text)?;
        let label = facts.policy.common.material(&paper.material).map_or(paper.material.clone(), |m| m.label.clone());
        rows.push([label, words, paper.pages.to_string(), minute(paper.uploaded_at)]);
    }
    let table = match rows.is_empty() {
        true => Block::paragraph("没有上传材料。"),
        false => Block::table([("材料", 5), ("内容", 6), ("页数", 2), ("上传时间", 5)], rows),
    };
    Ok(vec![Block::heading("材料"), table])
}

fn mended(c: &mut AnyConn, office: &Office, facts: &Facts) -> Result<Vec<Block>> {
    let key = facts.case.key(&office.keys)?;
    let policy = &facts.policy.common;
    let mut rows = Vec::new();
    for item in corrections::of(c, facts.case.id)? {
        let what = views::target_label(&item.target, policy, facts.service).unwrap_or_default();
        let done = match (item.answered_at, item.state) {
            (Some(at), _) => format!("{} 已补", minute(at)),
            (None, ItemState::Recalled) => "已收回".to_owned(),
            (None, _) => "待补正".to_owned(),
        };
        let why = match item.note(&key)? {
            Some(note) => format!("{}：{note}", views::reason_label(policy, &item.reason)),
            None => views::reason_label(policy, &item.reason),
        };
        rows.push([item.round.to_string(), what, why, minute(item.asked_at), done]);
    }
    Ok(match rows.is_empty() {
        true => Vec::new(),
        false => {
            let columns = [("第几次", 2), ("要补的内容", 4), ("原因", 6), ("告知时间", 4), ("结果", 5)];
            vec![Block::heading("补正"), Block::table(columns, rows)]
        }
    })
}

/// Every line with who and when, and what the chain of hashes says of them.
fn timeline(c: &mut AnyConn, office: &Office, facts: &Facts) -> Result<Vec<Block>> {
    let key = facts.case.key(&office.keys)?;
    let policy = &facts.policy.common;
    let names = staff::names(c, facts.lines.iter().filter_map(|l| l.actor).collect())?;
    let mut rows = Vec::new();
    for line in &facts.lines {
        let view = views::line(line, line.note(&key)?, policy, facts.service);
        let name = line.actor.and_then(|a| names.iter().find(|(id, _)| *id == a)).map(|(_, n)| n.as_str());
        let by = match (line.role, name) {
            (Role::Applicant | Role::System, _) | (_, None) => view.by.label,
            (_, Some(name)) => format!("{} {name}", view.by.label),
        };
        let said: Vec<String> = [view.reason, view.note].into_iter().flatten().collect();
        let number = line.seq.saturating_add(1).to_string();
        rows.push([number, minute(line.at), view.action.label, view.state.label, by, said.join("。")]);
    }
    let columns = [("序号", 2), ("时间", 4), ("办理", 4), ("之后的状态", 3), ("谁办的", 4), ("说明", 5)];
    let check = match history::fault(&facts.case, &facts.lines) {
        None => format!("{}条记录前后相接，没有缺少，也没有被改动。最后一条的校验码（SHA-256）：", facts.lines.len()),
        Some(_) => "注意：记录缺少或被改动过，请联系系统管理员核查。最后一条的校验码（SHA-256）：".to_owned(),
    };
    Ok(vec![
        Block::heading("办理记录"),
        Block::table(columns, rows),
        Block::Paragraph(format!("{check}{}", hex::encode(&facts.case.keeping.head))),
    ])
}

/// Who had papers of this case before; the last line is this very print.
fn printed(c: &mut AnyConn, case: Id) -> Result<Vec<Block>> {
    let prints = record::of(c, case)?;
    let names = staff::names(c, prints.iter().map(|p| p.worker_id).collect())?;
    let row = |p: &record::Print| {
        let name = names.iter().find(|(id, _)| *id == p.worker_id).map(|(_, n)| n.clone()).unwrap_or_default();
        let shown = if p.open { "完整" } else { "遮盖" };
        [minute(p.at), name, p.document.clone(), shown.to_owned()]
    };
    let rows = prints.iter().map(row).collect();
    let day = prints.last().map(|p| day_of(p.at)).unwrap_or_default();
    Ok(vec![
        Block::heading("打印记录"),
        Block::table([("时间", 4), ("打印人", 4), ("文书", 5), ("姓名和号码", 3)], rows),
        Block::Closing(vec![format!("打印日期：{day}")]),
    ])
}
