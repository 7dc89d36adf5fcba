//! `zhucan import`: data that the office is given: areas and working days.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Outcome;
use super::place::{self, Place, cause};
use super::policy::told;
use super::running::block_on;
use crate::office::administration::events::{Change, Event};
use crate::office::alarms::recount;
use crate::office::policy::{areas, calendar};
use crate::platform::clock::Clock;
use crate::platform::crypto::Keyring;
use crate::platform::db::{AnyConn, Bounds};
use crate::platform::error::Result;
use crate::rules::moments::Moment;

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
}

#[derive(Args)]
struct File {
    #[command(flatten)]
    place: Place,
    #[arg(help = "文件")]
    file: PathBuf,
}

/// Within one write: the keys, the file's text, the moment; answers what to say.
type Work = fn(&mut AnyConn, &Keyring, &str, Moment) -> Result<String>;

impl Import {
    pub fn run(self) -> Outcome {
        let now = Clock::system().now();
        let (file, work): (File, Work) = match self.what {
            What::Areas(file) => (file, import_areas),
            What::Calendar(file) => (file, import_calendar),
        };
        let text = std::fs::read_to_string(&file.file).map_err(|e| format!("读不到 {}：{e}", file.file.display()))?;
        let keys = file.place.read_keys()?;
        block_on(async move {
            let db = file.place.open_database(Bounds::default())?;
            place::migrate(&db).await?;
            let said = db.write(move |c| work(c, &keys, &text, now)).await;
            let said = said.map_err(|e| if e.details().is_empty() { cause(&e) } else { told(e.details()) })?;
            println!("{said}");
            db.close();
            Ok(())
        })
    }
}

fn import_areas(c: &mut AnyConn, _: &Keyring, text: &str, now: Moment) -> Result<String> {
    let said = format!("已导入 {} 个行政区划。", areas::import(c, text)?);
    Event::new(now, None, Change::AreasImported, "areas", None).words(None, said.clone()).record(c)?;
    Ok(said)
}

fn import_calendar(c: &mut AnyConn, keys: &Keyring, text: &str, now: Moment) -> Result<String> {
    let years: Vec<String> = calendar::import(c, text, now)?.iter().map(i32::to_string).collect();
    // The running service counts the limits of its cases anew.
    recount::order(c, keys, now)?;
    let said = format!("已导入这些年份的放假安排：{}。", years.join("、"));
    Event::new(now, None, Change::CalendarImported, years.join("、"), None).words(None, said.clone()).record(c)?;
    Ok(said)
}
