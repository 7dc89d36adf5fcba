//! `zhucan openapi`: prints the document; `openapi.yaml` in the repository is this output.

use std::io::Write as _;

use clap::Args;

use super::Outcome;
use super::place::cause;
use crate::entry::docs;
use crate::services;

#[derive(Args)]
pub struct Openapi {
    #[arg(long, help = "打印 JSON，而不是 YAML")]
    json: bool,
}

impl Openapi {
    pub fn run(self) -> Outcome {
        let services = services::all();
        let text = if self.json { docs::json(&services) } else { docs::yaml(&services) }.map_err(|e| cause(&e))?;
        std::io::stdout().lock().write_all(text.as_bytes()).map_err(|e| e.to_string())
    }
}
