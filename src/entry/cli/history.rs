//! `zhucan history`: verifies that no line of any case was changed, removed or added by hand.

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::Outcome;
use super::place::{Place, cause};
use super::running::block_on;
use crate::office::cases::record::anchors;
use crate::platform::db::Bounds;

#[derive(Args)]
pub struct History {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "逐件核对办理记录是否被改动过")]
    Verify(#[command(flatten)] Place),
}

impl History {
    pub fn run(self) -> Outcome {
        let What::Verify(place) = self.what;
        let keys = Arc::new(place.read_keys()?);
        block_on(async move {
            let db = place.open_database(Bounds::default())?;
            let found = anchors::verify(&db, keys).await.map_err(|e| cause(&e))?;
            println!("核对了 {} 件、{} 条办理记录、{} 个锚点。", found.cases, found.lines, found.anchors);
            db.close();
            if found.faults.is_empty() {
                println!("没有发现改动。");
                return Ok(());
            }
            Err(format!("发现 {} 处问题，请保留现场并联系管理员：\n{}", found.faults.len(), found.faults.join("\n")))
        })
    }
}
