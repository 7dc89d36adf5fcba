//! `zhucan policy`: county policies as files: list, export, check, publish. Published ones are never edited.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outcome;
use super::place::{self, Place, cause};
use super::running::block_on;
use super::staff::area;
use crate::office::administration::publishing;
use crate::office::policy::county::{self, NewPolicy, Pinned};
use crate::office::policy::terms::CommonPolicy;
use crate::platform::clock::Clock;
use crate::platform::db::{AnyConn, Bounds};
use crate::platform::error::{Detail, Error, Result};
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::dates::Day;
use crate::rules::text::PlainText;
use crate::rules::typed::kept;
use crate::services;

#[derive(Args)]
pub struct Policy {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "列出一个县（区）发布过的全部版本")]
    List(List),
    #[command(about = "把一个版本打印成文件的格式，默认是今天有效的版本")]
    Export(Export),
    #[command(about = "检查政策文件，一次列出全部问题；不连接数据库")]
    Check(Check),
    #[command(about = "检查并发布政策文件；发布后不能修改，只能发布新的一版")]
    Publish(Publish),
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    place: Place,
    #[arg(long, value_parser = area, help = "县（区）的十二位代码")]
    county: AreaCode,
}

#[derive(Args)]
struct Export {
    #[command(flatten)]
    place: Place,
    #[arg(long, value_parser = area, help = "县（区）的十二位代码")]
    county: AreaCode,
    #[arg(long, help = "服务，例如 education_aid")]
    service: String,
    #[arg(long, help = "第几版；不填则是今天有效的")]
    version: Option<i64>,
}

#[derive(Args)]
struct Check {
    #[arg(help = "政策文件（JSON）")]
    file: PathBuf,
}

#[derive(Args)]
struct Publish {
    #[command(flatten)]
    place: Place,
    #[arg(help = "政策文件（JSON）")]
    file: PathBuf,
}

/// A county policy as a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    county: AreaCode,
    service: String,
    effective_from: Day,
    #[serde(deserialize_with = "kept::<_, PlainText<1, 100>>")]
    owner: String,
    #[serde(deserialize_with = "kept::<_, PlainText<1, 200>>")]
    source: String,
    common: CommonPolicy,
    terms: Value,
}

impl PolicyFile {
    /// What the text of a file says.
    ///
    /// # Errors
    /// A sentence when it is no policy.
    pub fn parse(text: &str) -> std::result::Result<PolicyFile, String> {
        // A chain may name desks of services: reading one needs what their registry declares.
        services::all();
        serde_json::from_str(text).map_err(|e| format!("文件格式不对：{e}"))
    }

    /// The version to be published now, by nobody of the register.
    pub fn decided(self, clock: &Clock) -> NewPolicy {
        NewPolicy {
            id: clock.id(),
            county: self.county,
            service: self.service,
            effective_from: self.effective_from.0,
            owner: self.owner,
            source: self.source,
            common: self.common,
            terms: self.terms,
            at: clock.now(),
            by: None,
        }
    }

    fn read(file: &PathBuf) -> std::result::Result<PolicyFile, String> {
        let text = std::fs::read_to_string(file).map_err(|e| format!("读不到 {}：{e}", file.display()))?;
        PolicyFile::parse(&text)
    }

    fn of(policy: &Pinned) -> PolicyFile {
        PolicyFile {
            county: policy.county,
            service: policy.service.clone(),
            effective_from: Day(policy.effective_from),
            owner: policy.owner.clone(),
            source: policy.source.clone(),
            common: (*policy.common).clone(),
            terms: policy.terms().clone(),
        }
    }
}

/// Faults as lines of text.
pub fn told(faults: &[Detail]) -> String {
    faults.iter().map(|d| format!("{}：{}{}", d.field, d.reason, d.suggestion)).collect::<Vec<String>>().join("\n")
}

impl Policy {
    pub fn run(self) -> Outcome {
        match self.what {
            What::List(wanted) => read(wanted.place, move |c| list(c, &wanted.county)),
            What::Export(wanted) => read(wanted.place, move |c| export(c, &wanted.county, &wanted.service, wanted.version)),
            What::Check(wanted) => {
                let file = PolicyFile::read(&wanted.file)?;
                let faults = publishing::faults(&services::all(), &file.service, &file.common, &file.terms);
                if !faults.is_empty() {
                    return Err(told(&faults));
                }
                println!("没有问题，可以发布。");
                Ok(())
            }
            What::Publish(wanted) => publish(wanted),
        }
    }
}

/// Prints what one read finds.
fn read(place: Place, f: impl Fn(&mut AnyConn) -> Result<String> + Send + 'static) -> Outcome {
    block_on(async move {
        let db = place.open_database(Bounds::default())?;
        println!("{}", db.read(f).await.map_err(|e| cause(&e))?);
        db.close();
        Ok(())
    })
}

fn list(c: &mut AnyConn, county: &AreaCode) -> Result<String> {
    let mut lines = Vec::new();
    for service in services::all().all() {
        for v in county::versions(c, county, service.code(), None, 1000)? {
            lines.push(format!("{}\t第 {} 版\t{} 起\t{}\t{}", service.code(), v.version, v.effective_from, v.owner, v.source));
        }
    }
    Ok(if lines.is_empty() { "这个县（区）还没有发布过政策。".to_owned() } else { lines.join("\n") })
}

fn export(c: &mut AnyConn, county: &AreaCode, service: &str, version: Option<i64>) -> Result<String> {
    let policy = match version {
        None => county::current(c, county, service, beijing_date(Clock::system().now()))?,
        Some(wanted) => {
            let all = county::versions(c, county, service, None, 1000)?;
            all.iter().find(|v| v.version == wanted).map(|v| county::pinned(c, v.id)).transpose()?
        }
    };
    let policy = policy.ok_or_else(|| Error::internal("没有这个版本。"))?;
    serde_json::to_string_pretty(&PolicyFile::of(&policy)).map_err(Error::internal)
}

fn publish(wanted: Publish) -> Outcome {
    let new = PolicyFile::read(&wanted.file)?.decided(&Clock::system());
    block_on(async move {
        let db = wanted.place.open_database(Bounds::default())?;
        place::migrate(&db).await?;
        let published = db.write(move |c| publishing::publish(c, &services::all(), &new)).await;
        let published = published.map_err(|e| if e.details().is_empty() { cause(&e) } else { told(e.details()) })?;
        println!("已发布第 {} 版，{} 起生效。", published.version, published.effective_from);
        db.close();
        Ok(())
    })
}
