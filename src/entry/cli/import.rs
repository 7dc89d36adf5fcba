//! `zhucan import`: data that the office is given: areas, working days, county policies.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::Value;

use super::Outcome;
use super::place::{self, Place, cause};
use super::running::block_on;
use crate::office::cases::recount;
use crate::office::policy::county::{self, NewPolicy};
use crate::office::policy::terms::CommonPolicy;
use crate::office::policy::{areas, calendar};
use crate::platform::clock::Clock;
use crate::platform::db::{AnyConn, Bounds};
use crate::platform::error::{Error, Result};
use crate::rules::areas::AreaCode;

#[derive(Args)]
pub struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "行政区划：CSV，列为 code,level,parent,name,valid_from,valid_to")]
    Areas(File),
    #[command(about = "放假调休：CSV，列为 date,working,name，第一行注明国务院办公厅通知的文号")]
    Calendar(File),
    #[command(about = "县（区）政策：JSON，发布后不能修改，只能发布新的一版")]
    Policy(File),
}

#[derive(Args)]
struct File {
    #[command(flatten)]
    place: Place,
    #[arg(help = "文件")]
    file: PathBuf,
}

/// A county policy as a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    county: AreaCode,
    service: String,
    effective_from: NaiveDate,
    owner: String,
    source: String,
    common: CommonPolicy,
    terms: Value,
}

type Work = Box<dyn Fn(&mut AnyConn) -> Result<String> + Send>;

impl Import {
    pub fn run(self) -> Outcome {
        let (file, kind) = match self.what {
            What::Areas(file) => (file, 0),
            What::Calendar(file) => (file, 1),
            What::Policy(file) => (file, 2),
        };
        let text = std::fs::read_to_string(&file.file).map_err(|e| format!("读不到 {}：{e}", file.file.display()))?;
        let clock = Clock::system();
        let (id, now) = (clock.id(), clock.now_ms());
        let keys = if kind == 1 { Some(file.place.read_keys()?) } else { None };
        let work: Work = match kind {
            0 => Box::new(move |c| Ok(format!("已导入 {} 个行政区划。", areas::import(c, &text)?))),
            1 => Box::new(move |c| {
                let years = calendar::import(c, &text, now)?;
                // The running service counts the limits of its cases anew.
                if let Some(keys) = &keys {
                    recount::order(c, keys, now)?;
                }
                Ok(format!("已导入这些年份的放假安排：{years:?}。"))
            }),
            _ => {
                let told: PolicyFile = serde_json::from_str(&text).map_err(|e| format!("文件格式不对：{e}"))?;
                let new = NewPolicy {
                    id,
                    county: told.county,
                    service: told.service,
                    effective_from: told.effective_from,
                    owner: told.owner,
                    source: told.source,
                    common: told.common,
                    terms: told.terms,
                    at_ms: now,
                };
                Box::new(move |c| Ok(format!("已发布第 {} 版。", county::publish(c, &new)?.version)))
            }
        };
        block_on(async move {
            let db = file.place.open_database(Bounds::default())?;
            place::migrate(&db).await?;
            let work = std::sync::Mutex::new(work);
            let done = db.write(move |c| {
                let work = work.lock().map_err(|_| Error::internal("an import broke off"))?;
                work(c)
            });
            let said = done.await.map_err(|e| {
                let told: Vec<String> =
                    e.details().iter().map(|d| format!("{}：{}{}", d.field, d.reason, d.suggestion)).collect();
                if told.is_empty() { cause(&e) } else { told.join("\n") }
            })?;
            println!("{said}");
            db.close();
            Ok(())
        })
    }
}
