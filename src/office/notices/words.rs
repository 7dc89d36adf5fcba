//! The words of notices: shipped with the program, and a county's own where its administrator changed them.

use diesel::prelude::*;

use crate::platform::db::AnyConn;
use crate::platform::error::{Current, Error, Faults, Result, twin};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    notice_words (county, event) {
        county -> Text,
        event -> Text,
        title -> Text,
        body -> Text,
        version -> BigInt,
        updated_by -> Binary,
        updated_at -> BigInt,
    }
}

coded_enum! {
    /// What a resident is told of.
    pub enum NoticeEvent {
        Submitted = "submitted", "已提交";
        Undone = "undone", "已取消提交";
        Withdrawn = "withdrawn", "已撤回";
        Accepted = "accepted", "已受理";
        Declined = "declined", "不予受理";
        CorrectionRequested = "correction_requested", "需要补正";
        Resubmitted = "resubmitted", "补正已提交";
        OnNotice = "on_notice", "正在公示";
        Approved = "approved", "已批准";
        Rejected = "rejected", "不予批准";
        Expired = "expired", "草稿已过期";
        Lapsed = "lapsed", "已终止";
        Completed = "completed", "已办结";
        Progress = "progress", "有新进展";
        Extended = "extended", "补正期限延长了";
        Reminded = "reminded", "补正期限快到了";
        Held = "held", "暂缓办理";
        Resumed = "resumed", "恢复办理";
        Climbed = "climbed", "由上级办理";
        Escalated = "escalated", "提请上级办理";
        TakenBack = "taken_back", "正在重新审核";
        NoticeStopped = "notice_stopped", "公示暂停";
        Appealed = "appealed", "已收到申诉";
        Merged = "merged", "已并入另一件";
        Recounted = "recounted", "期限有变化";
        TakenOn = "taken_on", "有人接手办理";
        ToBeTakenOn = "to_be_taken_on", "等待接手";
    }
}

crate::text_columns!(NoticeEvent);

/// Words with placeholders: `{service}` and `{day}`. Lock screens are public, so there is none for anything personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub title: String,
    pub body: String,
    /// 0 for the shipped words.
    pub version: i64,
}

/// All placeholders.
const PLACEHOLDERS: [&str; 2] = ["service", "day"];

impl NoticeEvent {
    /// The words that come with the program.
    pub fn shipped(self) -> Template {
        let body = match self {
            NoticeEvent::Submitted => "申请已经提交，十分钟内可以取消。",
            NoticeEvent::Undone => "申请已经变回草稿，可以继续修改。",
            NoticeEvent::Withdrawn => "申请已经撤回。",
            NoticeEvent::Accepted => "申请已经受理，正在审核。",
            NoticeEvent::Declined => "申请没有被受理，原因请看办理记录。",
            NoticeEvent::CorrectionRequested => "有材料需要补充，全部内容已经一次列出。请在{day}前办理。",
            NoticeEvent::Resubmitted => "补正材料已经提交，继续审核。",
            NoticeEvent::OnNotice => "申请已经通过审核，正在公示。",
            NoticeEvent::Approved => "申请已经批准，正在办理。",
            NoticeEvent::Rejected => "申请没有获得批准，原因和救济办法请看办理记录。",
            NoticeEvent::Expired => "草稿放了六十天没有提交，已经清除，需要时可以重新申请。",
            NoticeEvent::Lapsed => "没有在期限内补交材料，申请已经终止，您可以重新申请。",
            NoticeEvent::Completed => "事项已经办结，欢迎评价。",
            NoticeEvent::Progress => "办理有了新进展，请打开办件查看。请在{day}前办理。",
            NoticeEvent::Extended => "补正期限已经延长。请在{day}前办理。",
            NoticeEvent::Reminded => {
                "还有材料没有补好。请在{day}前办理。逾期申请会终止，不方便拍照可以到窗口或者请工作人员上门。"
            }
            NoticeEvent::Held => "办理暂时停一停，原因请看办理记录，恢复后会通知您。",
            NoticeEvent::Resumed => "已经恢复办理。",
            NoticeEvent::Climbed => "办理超过了期限，已经转给上一级办理。",
            NoticeEvent::Escalated => "您的申请已经提请上一级办理，原因请看办理记录。",
            NoticeEvent::TakenBack => "工作人员收回了上一步的决定，正在重新审核，请看办理记录。",
            NoticeEvent::NoticeStopped => "公示期间有人提出异议，正在核实，结果会通知您。",
            NoticeEvent::Appealed => "您的申诉已经收到，由另外的工作人员办理。",
            NoticeEvent::Merged => "这一件与您的另一件是同一件事，已经合并办理。",
            NoticeEvent::ToBeTakenOn => {
                "申请人已不能办理，补正期限暂停，申请不会因此终止。可以代办的人请在“待接手的办件”里接手，或者联系当地残联。"
            }
            NoticeEvent::TakenOn => "原来的申请人不能再代办，已经有人接手这件申请。",
            NoticeEvent::Recounted => "放假安排有变化，期限已经重新计算。新的期限是{day}。",
        };
        Template { title: format!("{{service}}：{}", self.label()), body: body.to_owned(), version: 0 }
    }
}

impl Template {
    /// Title and body with the placeholders filled. Without a day, a sentence that names it is left out.
    pub fn fill(&self, service: &str, day: Option<&str>) -> (String, String) {
        let named = |sentence: &&str| day.is_some() || !sentence.contains("{day}");
        let body: String = self.body.split_inclusive('。').filter(named).collect();
        let fill = |text: &str| text.replace("{service}", service).replace("{day}", day.unwrap_or_default());
        (fill(&self.title), fill(&body))
    }
}

/// What keeps these words from being used.
pub fn check(title: &str, body: &str) -> Faults {
    let mut faults = Faults::new();
    for (field, label, text) in [("/title", "标题", title), ("/body", "正文", body)] {
        if !only_known(text) {
            let way_out = "只能用 {service} 和 {day}，大括号不能另作他用。";
            faults.push(field, label, "placeholder", "有不认识的占位符。", way_out);
        }
    }
    if title.contains("{day}") {
        faults.push("/title", "标题", "no_day_in_title", "标题里不能写期限。", "请把 {day} 放在正文里。");
    }
    if body.split_inclusive('。').all(|sentence| sentence.contains("{day}") || sentence.trim().is_empty()) {
        faults.push("/body", "正文", "only_day", "没有期限时正文会是空的。", "请至少写一句不带 {day} 的话，用句号分开。");
    }
    faults
}

/// Every brace belongs to a placeholder that exists.
fn only_known(text: &str) -> bool {
    let rest = PLACEHOLDERS.iter().fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), ""));
    !rest.contains(['{', '}'])
}

/// The words that a county uses for an event.
///
/// # Errors
/// Those of the database.
pub fn template(c: &mut AnyConn, county: &AreaCode, event: NoticeEvent) -> Result<Template> {
    use notice_words::dsl as w;
    let own = w::notice_words.find((*county, event)).select((w::title, w::body, w::version));
    let own: Option<(String, String, i64)> = own.get_result(c).optional()?;
    Ok(own.map_or_else(|| event.shipped(), |(title, body, version)| Template { title, body, version }))
}

/// All words that a county has of its own.
///
/// # Errors
/// Those of the database.
pub fn of_county(c: &mut AnyConn, county: &AreaCode) -> Result<Vec<(NoticeEvent, Template)>> {
    use notice_words::dsl as w;
    let rows = w::notice_words.filter(w::county.eq(*county)).order(w::event);
    let rows: Vec<(NoticeEvent, String, String, i64)> = rows.select((w::event, w::title, w::body, w::version)).load(c)?;
    Ok(rows.into_iter().map(|(event, title, body, version)| (event, Template { title, body, version })).collect())
}

/// Who changes the words, and when.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// The worker.
    pub by: Id,
    pub at: Moment,
}

/// Replaces the words over the version that was seen (`new.version`, 0 for the shipped ones).
///
/// # Errors
/// 10030.
pub fn save(c: &mut AnyConn, county: &AreaCode, event: NoticeEvent, new: &Template, touch: Touch) -> Result<Template> {
    use notice_words::dsl as w;
    let known = template(c, county, event)?.version;
    if known != new.version {
        let state = event.code().to_owned();
        let state_label = event.label().to_owned();
        return Err(Error::stale(Current { version: known, state, state_label }));
    }
    let saved = Template { version: known.saturating_add(1), ..new.clone() };
    let said = (w::title.eq(&saved.title), w::body.eq(&saved.body), w::version.eq(saved.version));
    let touched = (w::updated_by.eq(touch.by), w::updated_at.eq(touch.at));
    if known == 0 {
        let place = (w::county.eq(*county), w::event.eq(event));
        diesel::insert_into(w::notice_words).values((place, said, touched)).execute(c).map_err(twin)?;
    } else {
        diesel::update(w::notice_words.find((*county, event))).set((said, touched)).execute(c)?;
    }
    Ok(saved)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn shipped_words_hold_and_never_show_a_placeholder() {
        for event in NoticeEvent::ALL {
            let template = event.shipped();
            assert!(check(&template.title, &template.body).is_empty(), "{event:?}");
            for day in [None, Some("3月24日")] {
                let (title, body) = template.fill("教育救助", day);
                assert!(!format!("{title}{body}").contains(['{', '}']) && !body.is_empty(), "{event:?}");
            }
        }
    }

    #[test]
    fn a_sentence_about_a_day_goes_when_there_is_none() {
        let template = NoticeEvent::CorrectionRequested.shipped();
        assert_eq!(template.fill("辅具租赁", None).1, "有材料需要补充，全部内容已经一次列出。");
        assert!(template.fill("辅具租赁", Some("3月24日")).1.ends_with("请在3月24日前办理。"));
    }

    #[test]
    fn other_placeholders_and_empty_words_are_refused() {
        let code = |title: &str, body: &str| check(title, body).into_details().first().map(|d| d.code.clone());
        assert_eq!(code("{name}", "有新进展。").as_deref(), Some("placeholder"));
        assert_eq!(code("进展", "{service").as_deref(), Some("placeholder"));
        assert_eq!(code("{day}", "有新进展。").as_deref(), Some("no_day_in_title"));
        assert_eq!(code("进展", "请在{day}前办理。").as_deref(), Some("only_day"));
        assert_eq!(code("{service}", "有新进展。请在{day}前办理。"), None);
    }
}
