//! 受理通知书, 不予受理通知书, 批准决定书, 不予批准决定书: dated written proof, from the line of history that said it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::correction;
use super::facts::{Facts, day_of};
use crate::labelled;
use crate::office::cases::moving::corrections;
use crate::office::cases::record::history::Event;
use crate::office::cases::service::{Office, OnPaper};
use crate::office::cases::showing::views;
use crate::office::policy::calendar;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::Labelled;
use crate::platform::print::{Block, Paper};
use crate::rules::calendar::{beijing_date, rfc3339};
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Action, State};
use crate::rules::moments::Moment;

coded_enum! {
    /// A paper that tells a decision.
    pub enum Document {
        Acceptance = "acceptance", "受理通知书";
        Refusal = "refusal", "不予受理通知书";
        Approval = "approval", "批准决定书";
        Rejection = "rejection", "不予批准决定书";
    }
}

/// The way that the law opens against every decision.
const REVIEW: &str = "属于行政复议范围的，可以从知道这个决定之日起六十日内申请行政复议（《中华人民共和国行政复议法》第二十条）。";

/// A paper of the case that can be printed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DocumentView {
    /// correction_notice, or a document's code.
    pub document: Labelled,
    /// Number on the paper.
    #[schema(example = "ZS20260310123456-补正1")]
    pub number: String,
    /// When it was issued.
    #[schema(example = "2026-03-10T09:20:00+08:00", format = DateTime)]
    pub issued_at: String,
    /// Under the case: append it to the path of the case.
    #[schema(example = "/corrections/1/notice")]
    pub path: String,
}

/// Codes of all papers with their words.
pub fn documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    let decisions = Document::ALL.iter().map(|document| (document.code(), document.label()));
    std::iter::once((CORRECTION_NOTICE, correction::TITLE)).chain(decisions)
}

/// The code of the paper that is no decision.
const CORRECTION_NOTICE: &str = "correction_notice";

impl Document {
    fn number(self, facts: &Facts) -> String {
        let word = match self {
            Document::Acceptance => "受理",
            Document::Refusal => "不受",
            Document::Approval => "批准",
            Document::Rejection => "不批",
        };
        format!("{}-{word}", facts.case.number)
    }

    /// The latest line that says it and still stands.
    fn line(self, facts: &Facts) -> Option<&Event> {
        let says = |l: &Event| match self {
            Document::Acceptance => matches!(l.action, Action::Accept | Action::DeemAccepted),
            Document::Refusal => l.action == Action::Decline,
            // The approval counts from the end of the public notice, where there is one.
            Document::Approval => l.to_state == State::Approved && l.from_state != l.to_state,
            Document::Rejection => l.action == Action::Reject,
        };
        facts.lines.iter().enumerate().rfind(|(at, l)| says(l) && !self.void(facts, *at)).map(|(_, l)| l)
    }

    /// The decision of this line is not printed any more: it was taken back, or it is an approval that ended unfulfilled and
    /// gives no right. An appeal does not hide the first decision.
    fn void(self, facts: &Facts, at: usize) -> bool {
        let mut later = facts.lines.iter().skip(at.saturating_add(1));
        match self {
            Document::Acceptance => later.any(|l| matches!(l.to_state, State::Draft | State::Submitted)),
            Document::Approval => later.any(|l| matches!(l.to_state, State::Lapsed | State::Withdrawn)),
            _ => later.find(|l| l.from_state != l.to_state).is_some_and(|l| l.action == Action::TakeBack),
        }
    }
}

/// Every paper of the case for its applicant, the oldest first.
pub fn list(c: &mut AnyConn, facts: &Facts) -> Result<Vec<DocumentView>> {
    let mut found: Vec<(Moment, DocumentView)> = Vec::new();
    for (round, at) in correction::rounds(&corrections::of(c, facts.case.id)?) {
        let document = Labelled::new(CORRECTION_NOTICE, correction::TITLE);
        let number = correction::number(facts, round);
        let path = format!("/corrections/{round}/notice");
        found.push((at, DocumentView { document, number, issued_at: rfc3339(at), path }));
    }
    for document in Document::ALL {
        if let Some(line) = document.line(facts) {
            let number = document.number(facts);
            let path = format!("/documents/{}", document.code());
            found.push((
                line.at,
                DocumentView { document: labelled!(*document).untyped(), number, issued_at: rfc3339(line.at), path },
            ));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, view)| view).collect())
}

/// One of them; 10006 when the case has none.
pub fn paper(c: &mut AnyConn, office: &Office, facts: &Facts, document: Document) -> Result<Paper> {
    let line = document.line(facts).ok_or_else(Error::not_found)?;
    let number = document.number(facts);
    let day = day_of(line.at);
    let name_of_office = facts.office(c, line.seq)?;
    let mut blocks = vec![facts.head(&number, &day)];
    match document {
        Document::Acceptance => blocks.extend(accepted(facts, line)),
        Document::Refusal => blocks.extend(refused(c, facts, office, line, "我们不能受理您的这项申请。")?),
        Document::Approval => blocks.extend(approved(c, facts, office, line)?),
        Document::Rejection => blocks.extend(refused(c, facts, office, line, "经过审核，您的这项申请没有获得批准。")?),
    }
    blocks.push(Block::Paragraph(facts.ask()));
    blocks.push(facts.closing(name_of_office.clone(), day));
    Ok(Paper { title: document.label().to_owned(), running: number, author: name_of_office, issued_at: line.at, blocks })
}

fn accepted(facts: &Facts, line: &Event) -> Vec<Block> {
    let submitted = facts.lines.iter().rfind(|l| l.seq < line.seq && l.action == Action::Submit);
    let on = submitted.map_or_else(|| "此前".to_owned(), |l| day_of(l.at));
    let how = match line.action {
        Action::DeemAccepted => "我们没有在期限内答复，按规定从提交之日起视为已经受理，开始办理。",
        _ => "您的申请材料齐全，符合要求，已经受理，开始办理。",
    };
    let days = facts.policy.common.review_days;
    vec![
        Block::Paragraph(format!("您好！您{on}提交的申请已经收到。{how}")),
        Block::Paragraph(format!(
            "每一级窗口的办理期限是{days}个工作日。补正、评定和公示的时间不算在内。您可以随时在小程序的“我的办件”里查看办到哪一步。"
        )),
        Block::heading("依据"),
        Block::paragraph("参照《中华人民共和国行政许可法》第三十二条关于受理申请应当出具注明日期的书面凭证的规定。"),
    ]
}

fn refused(c: &mut AnyConn, facts: &Facts, office: &Office, line: &Event, what: &str) -> Result<Vec<Block>> {
    let reason = line.reason.as_deref().map(|r| views::reason_label(&facts.policy.common, r)).unwrap_or_default();
    let mut rows = vec![("原因".to_owned(), reason)];
    if let Some(note) = line.note(&facts.case.key(&office.keys)?)? {
        rows.push(("说明".to_owned(), note));
    }
    let mut ways = vec![
        "可以向作出决定的单位说明情况，请工作人员当面解释。情况有变化、材料补齐后，可以重新申请。".to_owned(),
        REVIEW.to_owned(),
    ];
    let days = facts.policy.common.handling.appeal_days;
    let appealed = facts.lines.iter().any(|l| l.seq < line.seq && l.action == Action::Appeal);
    if days > 0 && !appealed {
        let until = day_of(calendar::load_around(c, beijing_date(line.at))?.due_at(line.at, days));
        let way = "打开小程序，进入“我的办件”，点“申诉”。";
        ways.insert(0, format!("可以在{until}当天或之前申诉一次，由上一级或者另一位工作人员重新审核：{way}"));
    }
    Ok(vec![
        Block::Paragraph(format!("您好！{what}")),
        Block::heading("为什么"),
        Block::Facts(rows),
        Block::heading("如果您不同意"),
        Block::Steps(ways),
        Block::heading("依据"),
        basis(facts),
    ])
}

fn basis(facts: &Facts) -> Block {
    Block::Paragraph(format!("办理依据：{}。", facts.policy.source.trim_end_matches('。')))
}

fn approved(c: &mut AnyConn, facts: &Facts, office: &Office, line: &Event) -> Result<Vec<Block>> {
    let how = match line.action {
        Action::EndNotice => "经过审核和公示，您的这项申请已经批准。",
        _ => "您的这项申请符合规定，已经批准。",
    };
    let mut blocks = vec![Block::Paragraph(format!("您好！{how}"))];
    for section in facts.service.printed(c, office, &facts.case, OnPaper::Approval)? {
        blocks.push(Block::heading(section.label));
        blocks.push(Block::Facts(section.rows.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()));
    }
    let ways = [
        "批准的内容和您申请的不一样，或者有写错的地方，可以请作出决定的单位说明、更正，工作人员会当面解释。",
        "想请别的工作人员重新看一看，可以在小程序的“我的反映”里提出，会按期答复。",
        REVIEW,
    ];
    blocks.extend([
        Block::heading("如果您不同意"),
        Block::Steps(ways.map(str::to_owned).to_vec()),
        Block::heading("依据"),
        basis(facts),
    ]);
    Ok(blocks)
}
