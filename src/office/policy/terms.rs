//! What every service's county policy says in the same words: desks, clocks, materials, reasons.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::platform::error::{Detail, Faults, Result};
use crate::platform::http::body::detail_of;
use crate::rules::lifecycle::Desk;

/// The part of a county policy that the spine itself understands.
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
    /// The legal basis in the words of the notice, for the guide.
    pub guide: String,
}

/// A paper that an application needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Material {
    pub code: String,
    pub label: String,
    pub required: Required,
    pub max_pages: u32,
    /// How to photograph it, or where to get it.
    pub hint: String,
    /// Codes or names of papers that are taken in its place.
    pub alternatives: Vec<String>,
}

/// When a paper is required. JSON: `"always"`, `"never"` or `{"when":"code"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    Always,
    /// Welcome, never asked for.
    Never,
    /// When this condition of the service holds.
    When(String),
}

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

/// A reason that a worker chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonOption {
    pub code: String,
    /// What the applicant reads.
    pub label: String,
}

impl CommonPolicy {
    /// The material of a code.
    pub fn material(&self, code: &str) -> Option<&Material> {
        self.materials.iter().find(|m| m.code == code)
    }

    /// The label of a correction or reject reason.
    pub fn reason(&self, code: &str) -> Option<&str> {
        let mut all = self.correction_reasons.iter().chain(&self.reject_reasons);
        all.find(|r| r.code == code).map(|r| r.label.as_str())
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
        let reasons = || self.correction_reasons.iter().chain(&self.reject_reasons);
        if repeats(reasons().map(|r| r.code.as_str())) || reasons().any(|r| r.label.is_empty()) {
            fault("/correction_reasons", "原因", "原因的代码不能重复，且都要有说明。");
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
