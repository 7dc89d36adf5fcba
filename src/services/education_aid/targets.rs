//! Targets of a season (任务数): how many students of some stages the office was told to reach.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::terms::Stage;
use crate::platform::error::Faults;
use crate::rules::text::PlainText;

/// One target, as it is stored with its season.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub name: String,
    pub stages: Vec<Stage>,
    pub planned: i64,
}

/// How many students of some stages are to be reached.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTarget {
    #[schema(value_type = String, min_length = 2, max_length = 20, example = "高等教育")]
    name: PlainText<2, 20>,
    #[validate(length(min = 1, max = 7, message = "请选择学段，最多7个。"))]
    #[schema(inline, example = json!(["junior_college", "undergraduate", "postgraduate"]))]
    stages: Vec<Stage>,
    #[validate(range(min = 1, max = 1_000_000, message = "任务数要大于零。"))]
    #[schema(example = 18)]
    planned: i64,
}

impl NewTarget {
    pub fn target(&self) -> Target {
        Target { name: self.name.to_string(), stages: self.stages.clone(), planned: self.planned }
    }
}

/// What is wrong with the targets of one season: the report has a line for each name.
pub fn faults(targets: &[Target], faults: &mut Faults) {
    for (at, target) in targets.iter().enumerate() {
        if targets.iter().filter(|other| other.name == target.name).count() > 1 {
            let field = format!("/targets/{at}/name");
            faults.push(&field, "任务名称", "twice", "同一个任务写了两次。", "请修改或删除这一条。");
        }
    }
}
