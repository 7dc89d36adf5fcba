//! 一次性告知书: everything that must be mended, told once, with its day and the ways to mend it.

use super::facts::{Facts, day_of};
use crate::office::cases::moving::corrections::{self, Item, ItemState};
use crate::office::cases::service::Office;
use crate::office::cases::showing::views;
use crate::office::policy::calendar;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::print::{Block, Paper};
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::{Action, State};
use crate::rules::moments::Moment;

pub const TITLE: &str = "一次性告知书";

/// Number of the notice of a round.
pub fn number(facts: &Facts, round: i64) -> String {
    format!("{}-补正{round}", facts.case.number)
}

/// The rounds that were told and not taken back, with their times.
pub fn rounds(items: &[Item]) -> Vec<(i64, Moment)> {
    let mut rounds: Vec<(i64, Moment)> = items.iter().filter(|i| stands(i)).map(|i| (i.round, i.asked_at)).collect();
    rounds.dedup_by_key(|(round, _)| *round);
    rounds
}

fn stands(item: &Item) -> bool {
    item.state != ItemState::Recalled
}

/// The notice of a round; 10006 when there was none, or the office took it back.
pub fn notice(c: &mut AnyConn, office: &Office, facts: &Facts, round: i64) -> Result<Paper> {
    let items: Vec<Item> = corrections::of(c, facts.case.id)?.into_iter().filter(|i| i.round == round && stands(i)).collect();
    let asked_at = items.first().ok_or_else(Error::not_found)?.asked_at;
    let key = facts.case.key(&office.keys)?;
    let policy = &facts.policy.common;
    let mut rows = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let what = views::target_label(&item.target, policy, facts.service).unwrap_or_default();
        let hint = item.target.strip_prefix("material:").and_then(|code| policy.material(code)).map(|m| m.hint.clone());
        let note = item.note(&key)?.or(hint).unwrap_or_else(|| "请核对后重新填写，再保存。".to_owned());
        rows.push([at.saturating_add(1).to_string(), what, views::reason_label(policy, &item.reason), note]);
    }
    let number = number(facts, round);
    let day = day_of(asked_at);
    let until = deadline(c, facts, round, asked_at)?;
    let seq = facts.lines.iter().find(|l| l.action == Action::RequestCorrection && l.at == asked_at).map_or(0, |l| l.seq);
    let name_of_office = facts.office(c, seq)?;
    let count = rows.len();
    let blocks = vec![
        facts.head(&number, &day),
        Block::Paragraph(format!(
            "您好！您的申请已经看过，还有下面{count}项需要补充或修改。这份告知书已经把要补的内容一次全部列出。补好后不用重新申请。"
        )),
        Block::heading("需要补正的内容"),
        Block::table([("序号", 2), ("要补的内容", 5), ("原因", 5), ("怎么补", 8)], rows),
        Block::heading("什么时候之前补好"),
        Block::Paragraph(format!(
            "请在{until}当天或之前补好并提交。到期没有提交的，这次申请会终止，您可以重新申请。等您补正的时间，不算在我们的办理期限里。"
        )),
        Block::heading("怎么补"),
        Block::Steps(vec![
            "用手机：打开小程序，进入“我的办件”，按提示逐项补好，再点“提交补正”。".to_owned(),
            "到窗口：带上要补的材料和这份告知书，由工作人员帮您上传。".to_owned(),
            "上门帮助：出门不方便的，请联系村（社区）残疾人专职委员或当地残联，约工作人员上门。".to_owned(),
        ]),
        Block::Paragraph(facts.ask()),
        Block::heading("依据"),
        Block::paragraph("参照《中华人民共和国行政许可法》第三十二条关于申请材料应当一次告知需要补正的全部内容的规定。"),
        facts.closing(name_of_office.clone(), day),
    ];
    Ok(Paper { title: TITLE.to_owned(), running: number, author: name_of_office, issued_at: asked_at, blocks })
}

/// The last day: what the case itself shows while it waits, else counted from the day of the notice as the clock does.
fn deadline(c: &mut AnyConn, facts: &Facts, round: i64, asked_at: Moment) -> Result<String> {
    let last = rounds(&corrections::of(c, facts.case.id)?).last().map(|(r, _)| *r);
    if facts.case.state == State::CorrectionRequested && last == Some(round) {
        // No day: the clock stands until somebody may answer the correction.
        let days = facts.policy.common.correction_days;
        return Ok(facts.case.limit.due_at.map_or_else(|| format!("可以办理的人接手后第{days}个工作日"), day_of));
    }
    let days = calendar::load_around(c, beijing_date(asked_at))?;
    Ok(day_of(days.due_at(asked_at, facts.policy.common.correction_days)))
}
