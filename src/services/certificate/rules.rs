//! Pure rules of certificates: who may apply for which card when, what an assessment must say, what the new card says.

use chrono::NaiveDate;

use super::terms::{Kind, Terms};
use crate::platform::error::{Faults, Result};
use crate::rules::certificate::{
    CardFacts, Category, GrantedBy, Level, RenewalWindow, WindowPhase, assessment_needed, renewal_window,
};
use crate::rules::coded::coded_enum;

coded_enum! {
    /// Whether the case needs the word of a hospital.
    pub enum Assessment {
        None = "none", "还没有判断";
        Waived = "waived", "不用评定";
        Needed = "needed", "需要评定";
        Ordered = "ordered", "工作人员要求评定";
        Done = "done", "已评定";
    }
}

coded_enum! {
    /// How far the new card is.
    pub enum CardStep {
        None = "none", "还没有到制证环节";
        ToBeMade = "to_be_made", "待制证";
        Made = "made", "新证已制好";
        Posted = "posted", "新证已寄出";
        HandedOut = "handed_out", "新证已发放";
        Received = "received", "新证已收到";
    }
}

/// The card that a person holds: valid or frozen in the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCard {
    pub category: Category,
    pub components: Vec<Category>,
    pub level: Level,
    pub issued_on: NaiveDate,
    pub expires_on: NaiveDate,
    pub granted_by: GrantedBy,
    pub irreversible: bool,
    pub frozen: bool,
}

impl HeldCard {
    /// Its days by the county's terms.
    pub fn window(&self, terms: &Terms) -> RenewalWindow {
        renewal_window(self.expires_on, self.issued_on, &terms.renewal)
    }

    /// Category and components in one list.
    pub fn categories(&self) -> Vec<Category> {
        std::iter::once(self.category).chain(self.components.iter().copied()).collect()
    }
}

/// Why something is not possible, with its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub code: &'static str,
    pub reason: String,
    pub way_out: &'static str,
}

fn obstacle(code: &'static str, reason: impl Into<String>, way_out: &'static str) -> Obstacle {
    Obstacle { code, reason: reason.into(), way_out }
}

/// A guardian applies for minors and for holders of certain categories (domain.md §2; which ones is policy).
pub fn guardian_required(minor: bool, categories: &[Category], terms: &Terms) -> bool {
    minor || categories.iter().any(|c| terms.guardian_categories.contains(c))
}

/// Why this kind cannot be applied for today; empty when it can.
pub fn obstacles(kind: Kind, card: Option<&HeldCard>, live_case: bool, terms: &Terms, today: NaiveDate) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if !terms.offers(kind) {
        found.push(obstacle("not_offered", "本地还没有开通这项网上业务。", "请到县（区）残联窗口咨询办理。"));
    }
    if live_case {
        found.push(obstacle("already_live", "这位残疾人已经有一件残疾人证业务在办理。", "请在“我的办件”中查看进度。"));
    }
    let phase = card.map(|k| (k, k.window(terms).phase(today)));
    match (kind, phase) {
        (Kind::New, Some((_, phase))) if phase != WindowPhase::Cancelled => {
            found.push(obstacle("has_card", "这位残疾人已经有残疾人证，不用新办。", "需要换证或者变更的，请选择相应的业务。"));
        }
        (Kind::New, _) => {}
        (_, None) => {
            found.push(obstacle("no_card", "没有查到可以办理的残疾人证。", "还没有办过证的，请选择“新办”；有疑问请到窗口查询。"));
        }
        (_, Some((_, WindowPhase::Cancelled))) => {
            found.push(obstacle("cancelled", "原证到期太久，已到注销期限。", "请选择“新办”重新申请。"));
        }
        (Kind::Renewal, Some((k, WindowPhase::NotOpen))) => {
            let window = k.window(terms);
            let reason =
                format!("还没到换证时间，{}起可以申请，原证{}到期。", plain_day(window.opens), plain_day(window.expires));
            found.push(obstacle("not_open", reason, "到时候再来申请就可以，现在的证照常使用。"));
        }
        (Kind::Change, Some((k, phase))) if k.frozen || phase == WindowPhase::Frozen => {
            found.push(obstacle("frozen", "原证已经冻结，不能直接变更。", "请先办理“到期换证”，残疾情况有变化的在申请中说明。"));
        }
        _ => {}
    }
    found
}

/// A day as people say it: 2026年11月21日.
pub fn plain_day(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}

/// The phase of the card in its renewal window, in one sentence for its holder.
pub fn window_sentence(window: &RenewalWindow, today: NaiveDate) -> String {
    let opens = plain_day(window.opens);
    let expires = plain_day(window.expires);
    match window.phase(today) {
        WindowPhase::NotOpen => format!("您的证{expires}到期，{opens}起可以申请换证，现在不用办。"),
        WindowPhase::Open => format!("您的证{expires}到期，现在可以申请换证。"),
        WindowPhase::Expired => {
            format!("您的证已于{expires}到期，请尽快换证；{}起会被冻结，补贴可能暂停。", plain_day(window.freezes))
        }
        WindowPhase::Frozen => {
            format!("您的证已于{expires}到期并冻结，现在换证可以恢复；{}起会被注销。", plain_day(window.cancels))
        }
        WindowPhase::Cancelled => format!("您的证已于{expires}到期，超过了换证期限，需要重新申请办证。"),
    }
}

/// Whether an assessment is needed, with a stable code and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub needed: bool,
    pub code: &'static str,
    pub sentence: String,
}

/// A first card and a change are always assessed; a renewal by the county's terms.
pub fn need(kind: Kind, card: Option<&HeldCard>, changed: bool, ordered_because: Option<String>, terms: &Terms) -> Need {
    let always = |code, sentence: &str| Need { needed: true, code, sentence: sentence.to_owned() };
    match (kind, card) {
        (Kind::New, _) => always("first_card", "第一次办证，需要到指定医院评定残疾类别和等级。"),
        (Kind::Change, _) => always("change_of_level", "变更类别或等级，需要到指定医院重新评定。"),
        (Kind::Renewal, None) => always("no_card", "没有查到原证，需要到指定医院评定。"),
        (Kind::Renewal, Some(card)) => {
            let facts = CardFacts {
                category: card.category,
                granted_by: card.granted_by,
                unchanged: !changed,
                irreversible_limb_loss: card.irreversible,
                ordered_because,
            };
            let need = assessment_needed(&facts, &terms.assessment);
            Need { needed: need.needed, code: need.reason_code.code(), sentence: need.sentence }
        }
    }
}

/// What a hospital found. Without a level the standard is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub category: Category,
    pub components: Vec<Category>,
    pub level: Option<Level>,
    pub assessed_on: NaiveDate,
}

/// What is wrong with a finding: a multiple disability names two or more different single ones, any other none; the day
/// is not in the future.
pub fn finding_faults(f: &Finding, today: NaiveDate) -> Faults {
    let mut faults = Faults::new();
    let mut single = f.components.clone();
    single.sort();
    single.dedup();
    let parts_fit = match f.category {
        Category::Multiple => single.len() >= 2 && single.len() == f.components.len() && !single.contains(&Category::Multiple),
        _ => single.is_empty(),
    };
    if !parts_fit {
        let reason = "多重残疾要写明两种以上不同的残疾类别，其他类别不用写。";
        faults.push("/components", "多重残疾的各项类别", "components", reason, "请对照评定表填写各项残疾类别。");
    }
    if f.assessed_on > today {
        faults.push("/assessed_on", "评定日期", "in_future", "评定日期晚于今天。", "请填写实际评定的日期。");
    }
    faults
}

/// What the new card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardContent {
    pub category: Category,
    pub components: Vec<Category>,
    pub level: Level,
    pub granted_by: GrantedBy,
    pub irreversible: bool,
    /// Category and level are those of the old card, so that its number stays.
    pub same_number: bool,
}

/// Content of the new card: from the finding if there is one, else from the old card. None when there is neither, or when
/// the standard is not met.
pub fn card_content(old: Option<&HeldCard>, finding: Option<&Finding>) -> Option<CardContent> {
    let Some(f) = finding else {
        let old = old?;
        return Some(CardContent {
            category: old.category,
            components: old.components.clone(),
            level: old.level,
            granted_by: old.granted_by,
            irreversible: old.irreversible,
            same_number: true,
        });
    };
    let level = f.level?;
    Some(CardContent {
        category: f.category,
        components: f.components.clone(),
        level,
        granted_by: GrantedBy::Hospital,
        irreversible: f.category == Category::Physical && old.is_some_and(|o| o.irreversible),
        same_number: old.is_some_and(|o| o.category == f.category && o.level == level),
    })
}

/// What the daily round does with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    Freeze,
    Cancel,
}

/// What the daily round does with a card that was not renewed. One step a day, so that a card is frozen before it is
/// cancelled.
pub fn lapse(card: &HeldCard, terms: &Terms, today: NaiveDate) -> Option<Lapse> {
    let window = card.window(terms);
    if !card.frozen {
        return (today >= window.freezes).then_some(Lapse::Freeze);
    }
    (today >= window.cancels).then_some(Lapse::Cancel)
}

/// A carrier's number holds letters and digits only.
///
/// # Errors
/// 10002.
pub fn tracking_number(typed: &str) -> Result<()> {
    let mut faults = Faults::new();
    if !typed.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let reason = "快递单号里有不能使用的符号。";
        faults.push("/tracking_no", "快递单号", "characters", reason, "单号只有字母和数字，请对照快递单填写。");
    }
    faults.settle()
}
