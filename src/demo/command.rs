//! `zhucan demo`: everything in one folder, and the commands that talk to a running demo.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use crate::demo::province::figures_counted::Figure;
use crate::demo::province::marker;
use crate::demo::walks::{self, Walker};
use crate::demo::{banner, cast, control, folder, past, province, shop};
use zhucan::entry::cli::Outcome;
use zhucan::entry::cli::place::{self, Outside, Place, cause};
use zhucan::entry::cli::running::{block_on, listen, until_stopped};
use zhucan::entry::server::Options;
use zhucan::office::policy::areas;
use zhucan::platform::clock::Clock;
use zhucan::platform::crypto::Keyring;
use zhucan::platform::db::{Bounds, Db, migrate};
use zhucan::platform::settings::Settings;
use zhucan::platform::wechat::{Secret, WeChatApp};
use zhucan::platform::wechat_stand_in::{self, Shared};
use zhucan::platform::{facts, sms_stand_in};
use zhucan::rules::calendar;
use zhucan::rules::moments::Moment;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Demo {
    #[command(subcommand)]
    ask: Option<Ask>,
    #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "演示的数据文件夹；没有就新建")]
    data: PathBuf,
    #[arg(long, env = "ZHUCAN_LISTEN", default_value = "127.0.0.1:8080", help = "监听地址")]
    listen: SocketAddr,
    #[arg(long, env = "ZHUCAN_WECHAT_LISTEN", help = "微信替身的监听地址；不填则用接口的下一个端口")]
    wechat_listen: Option<SocketAddr>,
    #[arg(long, env = "ZHUCAN_SMS_LISTEN", help = "短信替身的监听地址；不填则用接口后面第二个端口")]
    sms_listen: Option<SocketAddr>,
    #[arg(long, env = "ZHUCAN_METRICS_LISTEN", help = "Prometheus 指标的监听地址；不填则不开")]
    metrics_listen: Option<SocketAddr>,
    #[arg(long, help = "只装入甲区，几秒钟就能启动；第一次启动时决定")]
    small: bool,
    // No environment variable: one that is meant for the product must not bring invented people into its database.
    #[arg(long, help = "postgres://… 一个空的数据库；不填则用数据文件夹里的 zhucan.db")]
    database_url: Option<String>,
}

#[derive(Subcommand)]
enum Ask {
    #[command(about = "把运行中的演示的时钟拨快，例如 +5d、+3h、+20m")]
    Clock {
        #[arg(help = "拨快多少：+5d 是五天，+3h 是三小时，+20m 是二十分钟", value_parser = forward)]
        by: i64,
        #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "演示的数据文件夹")]
        data: PathBuf,
    },
    #[command(about = "看一遍完整的办理过程，每一步都打印成 curl 命令和回答")]
    Walk {
        #[arg(help = "过程的名字", value_parser = clap::builder::PossibleValuesParser::new(walks::listed().into_iter().map(|(name, _)| name)))]
        name: String,
        #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "演示的数据文件夹")]
        data: PathBuf,
    },
    #[command(about = "从运行中的演示的办件里统计年报数字，逐项与年报核对")]
    Figures {
        #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "演示的数据文件夹")]
        data: PathBuf,
    },
    #[command(about = "给出演示工作人员现在的动态验证码，例如 town")]
    Totp {
        #[arg(help = "工作人员的用户名")]
        name: String,
        #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "演示的数据文件夹")]
        data: PathBuf,
    },
}

impl Demo {
    pub fn run(self) -> Outcome {
        match self.ask {
            Some(Ask::Clock { by, data }) => block_on(move_clock(by, data)),
            Some(Ask::Walk { name, data }) => block_on(walk(name, data)),
            Some(Ask::Figures { data }) => block_on(check_figures(data)),
            Some(Ask::Totp { name, data }) => block_on(show_code(name, data)),
            None => self.start(),
        }
    }

    fn start(self) -> Outcome {
        let place = Place { database_url: self.database_url, ..Place::folder(self.data) };
        let listener = listen(self.listen)?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let metrics = self.metrics_listen.map(listen).transpose()?;
        let base = format!("http://{address}");
        // The stand-ins accept calls from this machine only.
        let next = |n: u16| {
            let port = if self.listen.port() == 0 { 0 } else { address.port().saturating_add(n) };
            SocketAddr::from(([127, 0, 0, 1], port))
        };
        let wechat = listen(self.wechat_listen.unwrap_or_else(|| next(1)))?;
        let wechat_base = format!("http://{}", wechat.local_addr().map_err(|e| e.to_string())?);
        let sms = listen(self.sms_listen.unwrap_or_else(|| next(2)))?;
        let sms_base = format!("http://{}", sms.local_addr().map_err(|e| e.to_string())?);
        prepare_folder(&place, &base, &wechat_base)?;
        let keys = place.read_keys()?;
        block_on(async move {
            let db = place.open_database(Bounds::default())?;
            refuse_real_database(&db).await?;
            place::migrate(&db).await?;
            let clock = Clock::system();
            clock.set_offset_ms(mark_database(&db, clock.now(), self.small).await?);
            let templates = vec![("case_progress".to_owned(), cast::TEMPLATE.to_owned())];
            let settings = Settings { public_url: base, demo: true, templates, min_client: None };
            let at = clock.clone();
            let stand_in = Shared::new(Arc::new(move || at.now_ms()));
            cast::introduce(&stand_in);
            let secret = Secret::new(cast::SECRET);
            let program = WeChatApp { appid: cast::APPID.to_owned(), secret, base_url: wechat_base.clone() };
            let at = clock.clone();
            let messages = sms_stand_in::Shared::new(Arc::new(move || at.now_ms()));
            let outside = Outside { programs: vec![program], sms: Some(sms_stand_in::account(&sms_base)), ..Outside::default() };
            let app = place.app(db, clock, keys, settings, outside)?;
            println!("正在准备演示数据，第一次大约需要半分钟……");
            province::load(&app).await.map_err(|e| cause(&e))?;
            cast::load(&app, &stand_in).await.map_err(|e| cause(&e))?;
            shop::open(&app).await.map_err(|e| cause(&e))?;
            past::load(&app).await.map_err(|e| cause(&e))?;
            let wechat = wechat_stand_in::start(wechat, stand_in).map_err(|e| format!("微信替身不能启动：{e}"))?;
            actix_web::rt::spawn(wechat);
            let sms = sms_stand_in::start(sms, messages).map_err(|e| format!("短信替身不能启动：{e}"))?;
            actix_web::rt::spawn(sms);
            let options = Options { metrics, extra: Some(control::EXTRA), ..Options::default() };
            until_stopped(app, listener, options, |address| println!("{}", banner::text(address, &wechat_base, &sms_base))).await
        })
    }
}

/// Makes the folder and its keys at the first start; refuses a folder that holds something else.
fn prepare_folder(place: &Place, address: &str, wechat: &str) -> Outcome {
    let marker = folder::marker(&place.data).map_err(|e| cause(&e))?;
    let created_at = match marker {
        Some(marker) => marker.created_at,
        None => {
            std::fs::create_dir_all(&place.data).map_err(|e| format!("不能建立文件夹 {}：{e}", place.data.display()))?;
            if place.keys_file().exists() || place.data.join("zhucan.db").exists() {
                return Err(format!("{} 里已有正式数据，演示不会使用它。请用 --data 指定一个空文件夹。", place.data.display()));
            }
            calendar::rfc3339(Clock::system().now())
        }
    };
    // The marker stands before anything else does: a start that broke off goes on at the next one.
    folder::mark(&place.data, &folder::Marker { created_at, address: address.to_owned(), wechat: wechat.to_owned() })
        .map_err(|e| cause(&e))?;
    if place.keys_file().exists() {
        return Ok(());
    }
    let keys = Keyring::generate().map_err(|e| e.to_string())?;
    keys.write_new(&place.keys_file()).map_err(|e| e.to_string())
}

/// The first migration, which makes the tables that are asked here.
const FIRST: &str = "0001";

/// Err when the database has areas and is no demo's. A demo that was cut off before its first mark has none.
async fn refuse_real_database(db: &Db) -> Outcome {
    let (missing, _) = migrate::state(db).await.map_err(|e| cause(&e))?;
    if missing.iter().any(|version| version == FIRST) {
        return Ok(());
    }
    let real = db.read(|c| Ok(facts::get(c, facts::DEMO)?.is_none() && !areas::counties(c)?.is_empty()));
    if real.await.map_err(|e| cause(&e))? {
        return Err("这个数据库里已有正式数据，演示不会使用它。请换一个空的数据库。".to_owned());
    }
    Ok(())
}

/// Marks the database at the first start; answers how far its clock is ahead.
async fn mark_database(db: &Db, now: Moment, small: bool) -> Result<i64, String> {
    let marked = db.write(move |c| {
        if facts::get(c, facts::DEMO)?.is_none() {
            facts::set(c, facts::DEMO, &now.to_string())?;
            if small {
                marker::first_county_only(c)?;
            }
        }
        Ok(facts::get(c, facts::DEMO_CLOCK_OFFSET)?.and_then(|text| text.parse().ok()).unwrap_or(0))
    });
    marked.await.map_err(|e| cause(&e))
}

async fn move_clock(forward_ms: i64, data: PathBuf) -> Outcome {
    let address = running_at(&data)?;
    let call = reqwest::Client::new().post(format!("{address}/demo/clock")).json(&control::Move { forward_ms });
    let told: control::Clock = ask(call, &address).await?;
    println!("演示的时间现在是 {}", calendar::rfc3339(Moment::of_ms(told.now_ms)));
    Ok(())
}

async fn show_code(name: String, data: PathBuf) -> Outcome {
    let address = running_at(&data)?;
    let told: control::Code = ask(reqwest::Client::new().get(format!("{address}/demo/totp/{name}")), &address).await?;
    println!("{}", told.code);
    Ok(())
}

/// Prints each figure as it is counted now; err when one is not that of its report.
async fn check_figures(data: PathBuf) -> Outcome {
    let address = running_at(&data)?;
    let figures: Vec<Figure> = ask(reqwest::Client::new().get(format!("{address}/demo/figures")), &address).await?;
    for figure in &figures {
        let verdict = if figure.counted == figure.reported { "一致" } else { "不一致" };
        println!("{verdict}  统计 {:>6}  年报 {:>6}  {}", figure.counted, figure.reported, figure.name);
    }
    let wrong = figures.iter().filter(|f| f.counted != f.reported).count();
    if figures.is_empty() || wrong > 0 {
        return Err(format!("{} 项数字中有 {wrong} 项与年报不一致。", figures.len()));
    }
    println!("{} 项数字都与年报一致。", figures.len());
    Ok(())
}

async fn walk(name: String, data: PathBuf) -> Outcome {
    let marker = marker_of(&data)?;
    let mut walker = Walker::new(&marker.address, &marker.wechat, true);
    walks::take(&mut walker, &name).await.map_err(|stop| stop.0)
}

/// Where the demo of a folder says that it runs.
fn running_at(data: &Path) -> Result<String, String> {
    marker_of(data).map(|m| m.address)
}

fn marker_of(data: &Path) -> Result<folder::Marker, String> {
    let marker = folder::marker(data).map_err(|e| cause(&e))?;
    marker.ok_or_else(|| format!("{} 不是演示用的文件夹。请用 --data 指定，或先运行 zhucan demo。", data.display()))
}

/// What the running demo answers.
async fn ask<T: serde::de::DeserializeOwned>(call: reqwest::RequestBuilder, address: &str) -> Result<T, String> {
    #[derive(serde::Deserialize)]
    struct Told<T> {
        data: T,
    }
    let away =
        |e: reqwest::Error| format!("演示没有在 {address} 运行或者不能回答，请先启动 zhucan demo。（{}）", e.without_url());
    let answer = call.send().await.and_then(reqwest::Response::error_for_status).map_err(away)?;
    let told: Told<T> = answer.json().await.map_err(away)?;
    Ok(told.data)
}

/// `+5d` as milliseconds.
fn forward(text: &str) -> Result<i64, String> {
    let wrong = || "请写成 +5d（天）、+3h（小时）或 +20m（分钟）".to_owned();
    let rest = text.strip_prefix('+').ok_or_else(wrong)?;
    let (number, unit) = rest.split_at_checked(rest.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        _ => return Err(wrong()),
    };
    let number: i64 = number.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_by_days_hours_and_minutes_and_only_forward() {
        assert_eq!(forward("+5d"), Ok(432_000_000));
        assert_eq!(forward("+3h"), Ok(10_800_000));
        assert_eq!(forward("+20m"), Ok(1_200_000));
        for wrong in ["", "+", "5d", "-5d", "+d", "+0d", "+5", "+5天", "+-5d", "+9999999999999999d"] {
            assert!(forward(wrong).is_err(), "{wrong}");
        }
    }
}
