//! What every service's county policy says in the same words: desks, clocks, materials, reasons.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::guide_facts::GuideFacts;
pub use super::guide_facts::ReasonOption;
use crate::platform::error::{Detail, Faults, Result};
use crate::platform::http::faults::detail_of;
use crate::rules::lifecycle::Desk;
use crate::rules::text::PlainText;
use crate::rules::typed::{all_kept, kept};

/// The part of a county policy that the office itself understands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommonPolicy {
    /// The desks that a case passes, the last one decides.
    pub chain: Vec<Desk>,
    /// Working days after which a case that nobody answered counts as accepted (视为受理).
    pub accept_days: u32,
    /// Working days of each desk.
    pub review_days: u32,
    /// Working days in which an applicant answers a correction notice.
    pub correction_days: u32,
    /// Working days of public notice; 0 for none.
    pub notice_days: u32,
    /// Minutes in which a submission can be undone.
    pub undo_minutes: u32,
    /// Minutes that a claim keeps a case for one worker.
    pub claim_minutes: u32,
    pub materials: Vec<Material>,
    pub correction_reasons: Vec<ReasonOption>,
    pub reject_reasons: Vec<ReasonOption>,
    /// What the service is and on what it rests, in one or two sentences.
    #[serde(deserialize_with = "kept::<_, PlainText<0, 500>>")]
    #[schema(value_type = String, max_length = 500)]
    pub guide: String,
    /// What only the guide tells; empty in policies of before.
    #[serde(default)]
    pub facts: GuideFacts,
    /// What happens when the days run, stand still or are over.
    #[serde(default)]
    pub handling: Handling,
}

/// How long a whole case may take, what warns, and what may put it off. Days are working days; the defaults follow the
/// usual practice of the permission law (行政许可法 Art. 32 and 42) until a county says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Handling {
    /// From submission to the decision, without the days on which the clock stands; 0 for no limit.
    pub total_days: u32,
    /// When so many percent of a limit are over, the case is at risk.
    pub risk_percent: u32,
    /// Days after its limit at which a case that nobody decided climbs to the next desk; 0 for never.
    pub climb_days: u32,
    /// A case is put off for at most so long; then its clock runs again by itself.
    pub hold_days: u32,
    /// Days in which a refusal can be appealed; 0 for never.
    pub appeal_days: u32,
    /// Days of the desk that decides an appeal.
    pub appeal_review_days: u32,
    /// Days between two calls to hurry.
    pub urge_gap_days: u32,
    /// So many days before the end of a correction the applicant is reminded, the longest first.
    pub correction_reminders: Vec<u32>,
    pub hold_reasons: Vec<ReasonOption>,
    pub send_back_reasons: Vec<ReasonOption>,
    pub escalate_reasons: Vec<ReasonOption>,
}

impl Default for Handling {
    fn default() -> Handling {
        let list = |all: &[(&str, &str)]| {
            let option = |(code, label): &(&str, &str)| ReasonOption { code: (*code).to_owned(), label: (*label).to_owned() };
            all.iter().map(option).collect()
        };
        Handling {
            total_days: 20,
            risk_percent: 80,
            climb_days: 3,
            hold_days: 20,
            appeal_days: 10,
            appeal_review_days: 20,
            urge_gap_days: 3,
            correction_reminders: vec![5, 1],
            hold_reasons: list(&[
                ("verification", "需要向有关部门核实情况"),
                ("home_visit", "需要上门走访"),
                ("waiting_for_policy", "等待上级明确政策"),
                ("quota", "名额或者资金暂时不足"),
            ]),
            send_back_reasons: list(&[
                ("opinion_missing", "初审意见不完整"),
                ("check_again", "有情况需要重新核实"),
                ("wrong_desk", "不属于本级办理"),
            ]),
            escalate_reasons: list(&[
                ("needs_higher_decision", "需要上级决定"),
                ("no_capacity", "本级暂时无法办理"),
                ("close_to_deadline", "期限快到，请上级直接办理"),
            ]),
        }
    }
}

/// A paper that an application needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Material {
    #[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60)]
    pub code: String,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60)]
    pub label: String,
    pub required: Required,
    pub max_pages: u32,
    /// How to photograph it, or where to get it.
    #[serde(deserialize_with = "kept::<_, PlainText<0, 300>>")]
    #[schema(value_type = String, max_length = 300)]
    pub hint: String,
    /// Codes or names of papers that are taken in its place.
    #[serde(deserialize_with = "all_kept::<_, PlainText<0, 200>>")]
    #[schema(inline, value_type = Vec<PlainText<0, 200>>)]
    pub alternatives: Vec<String>,
}

/// When a paper is required. JSON: `"always"`, `"never"` or `{"when":"code"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    Always,
    /// Welcome, never asked for.
    Never,
    /// When this condition of the service holds.
    When(#[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")] String),
}

/// Written out, because the derived schema has no place for the length of a condition's code.
impl PartialSchema for Required {
    fn schema() -> RefOr<Schema> {
        let word = Object::builder()
            .schema_type(Type::String)
            .enum_values(Some(["always", "never"]))
            .description(Some("always 必交；never 欢迎提交，从不强求"));
        let when = Object::builder()
            .schema_type(Type::Object)
            .property("when", <PlainText<0, 60> as PartialSchema>::schema())
            .required("when")
            .description(Some("服务的这个条件成立时必交"));
        let text = "材料什么时候必交：`\"always\"`、`\"never\"` 或 `{\"when\":\"条件的编码\"}`。";
        OneOfBuilder::new().item(word).item(when).description(Some(text)).into()
    }
}

impl ToSchema for Required {}

impl Required {
    /// Whether the paper is asked for when these conditions hold.
    pub fn holds(&self, conditions: &[String]) -> bool {
        match self {
            Required::Always => true,
            Required::Never => false,
            Required::When(code) => conditions.contains(code),
        }
    }
}

impl CommonPolicy {
    /// The material of a code.
    pub fn material(&self, code: &str) -> Option<&Material> {
        self.materials.iter().find(|m| m.code == code)
    }

    /// Every reason that a worker can choose.
    fn reasons(&self) -> impl Iterator<Item = &ReasonOption> {
        let h = &self.handling;
        let lists = [&self.correction_reasons, &self.reject_reasons, &h.hold_reasons, &h.send_back_reasons, &h.escalate_reasons];
        lists.into_iter().flatten()
    }

    /// The label of a reason.
    pub fn reason(&self, code: &str) -> Option<&str> {
        self.reasons().find(|r| r.code == code).map(|r| r.label.as_str())
    }

    /// Whether it can be published: 10002 with everything that is wrong.
    pub fn check(&self) -> Result<()> {
        self.faults().settle()
    }

    /// Everything that keeps it from being published.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        let mut fault = |field: &str, label: &str, reason: &str| {
            faults.push(field, label, "policy_fault", reason, "请修改后再发布。");
        };
        if self.chain.is_empty() || repeats(self.chain.iter().map(|d| d.code())) {
            fault("/chain", "办理流程", "办理流程至少有一个环节，且不能重复。");
        }
        if self.accept_days == 0 || self.review_days == 0 || self.correction_days == 0 || self.claim_minutes == 0 {
            fault("/accept_days", "期限", "受理、审核、补正和领取的期限都要大于零。");
        }
        if repeats(self.materials.iter().map(|m| m.code.as_str())) {
            fault("/materials", "材料", "材料的代码不能重复。");
        }
        for (at, m) in self.materials.iter().enumerate() {
            let when = matches!(&m.required, Required::When(code) if code.is_empty());
            if m.code.is_empty() || m.label.is_empty() || m.max_pages == 0 || when {
                fault(&format!("/materials/{at}"), "材料", "每份材料都要有代码、名称、页数上限和必交条件。");
            }
        }
        for at in self.facts.unfounded() {
            let field = format!("/facts/basis/{at}");
            fault(&field, "办理依据", "法律和行政法规要写明名称、条款、原文和出处，其他依据要写明名称和出处。");
        }
        if repeats(self.reasons().map(|r| r.code.as_str())) || self.reasons().any(|r| r.label.is_empty()) {
            fault("/correction_reasons", "原因", "原因的代码不能重复，且都要有说明。");
        }
        let h = &self.handling;
        if !(1..=100).contains(&h.risk_percent) || h.hold_days == 0 || h.appeal_days > 0 && h.appeal_review_days == 0 {
            fault("/handling", "办理时限", "提醒比例要在1到100之间，暂缓和申诉办理的期限要大于零。");
        }
        faults
    }
}

/// A service's own part of a policy in the service's own type, or what is wrong with it.
pub fn parse_terms<T: DeserializeOwned>(terms: &Value) -> std::result::Result<T, Vec<Detail>> {
    serde_path_to_error::deserialize(terms.clone()).map_err(|e| vec![detail_of(&e, "服务自己的规定")])
}

/// Whether a list says something twice.
pub fn repeats<'a>(mut codes: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    !codes.all(|code| seen.insert(code))
}
