//! `zhucan demo`: everything in one folder, and the commands that talk to a running demo.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Outcome;
use super::place::{self, Place, cause};
use super::running::{block_on, listen, until_stopped};
use crate::entry::demo::{control, folder};
use crate::entry::server::Options;
use crate::platform::clock::Clock;
use crate::platform::crypto::Keyring;
use crate::platform::db::{Bounds, Db};
use crate::platform::facts;
use crate::platform::settings::Settings;
use crate::rules::calendar;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Demo {
    #[command(subcommand)]
    ask: Option<Ask>,
    #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "演示的数据文件夹；没有就新建")]
    data: PathBuf,
    #[arg(long, env = "ZHUCAN_LISTEN", default_value = "127.0.0.1:8080", help = "监听地址")]
    listen: SocketAddr,
    #[arg(long, env = "ZHUCAN_METRICS_LISTEN", help = "Prometheus 指标的监听地址；不填则不开")]
    metrics_listen: Option<SocketAddr>,
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
}

impl Demo {
    pub fn run(self) -> Outcome {
        match self.ask {
            Some(Ask::Clock { by, data }) => block_on(move_clock(by, data)),
            None => self.start(),
        }
    }

    fn start(self) -> Outcome {
        let place = Place::folder(self.data.clone());
        let listener = listen(self.listen)?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let metrics = self.metrics_listen.map(listen).transpose()?;
        let base = format!("http://{address}");
        prepare_folder(&place, &base)?;
        let keys = place.read_keys()?;
        block_on(async move {
            let db = place.open_database(Bounds::default())?;
            place::migrate(&db).await?;
            let clock = Clock::system();
            clock.set_offset_ms(mark_database(&db, clock.now_ms()).await?);
            let settings = Settings { public_url: base, demo: true, templates: Vec::new() };
            let app = place.app(db, clock, keys, settings)?;
            until_stopped(app, listener, Options { metrics, ..Options::default() }, greet).await
        })
    }
}

/// Makes the folder and its keys at the first start; refuses a folder that holds something else.
fn prepare_folder(place: &Place, address: &str) -> Outcome {
    let marker = folder::marker(&place.data).map_err(|e| cause(&e))?;
    let created_at = match marker {
        Some(marker) => marker.created_at,
        None => {
            std::fs::create_dir_all(&place.data).map_err(|e| format!("不能建立文件夹 {}：{e}", place.data.display()))?;
            if place.keys_file().exists() || place.data.join("zhucan.db").exists() {
                return Err(format!("{} 里已有正式数据，演示不会使用它。请用 --data 指定一个空文件夹。", place.data.display()));
            }
            calendar::rfc3339(Clock::system().now_ms())
        }
    };
    // The marker stands before anything else does: a start that broke off goes on at the next one.
    folder::mark(&place.data, &folder::Marker { created_at, address: address.to_owned() }).map_err(|e| cause(&e))?;
    if place.keys_file().exists() {
        return Ok(());
    }
    let keys = Keyring::generate().map_err(|e| e.to_string())?;
    keys.write_new(&place.keys_file()).map_err(|e| e.to_string())
}

/// Marks the database at the first start; answers how far its clock is ahead.
async fn mark_database(db: &Db, now_ms: i64) -> Result<i64, String> {
    let marked = db.write(move |c| {
        if facts::get(c, facts::DEMO)?.is_none() {
            facts::set(c, facts::DEMO, &now_ms.to_string())?;
        }
        Ok(facts::get(c, facts::DEMO_CLOCK_OFFSET)?.and_then(|text| text.parse().ok()).unwrap_or(0))
    });
    marked.await.map_err(|e| cause(&e))
}

fn greet(address: SocketAddr) {
    println!(
        "\n助残演示已启动。人物和数据都是虚构的，请不要填写真实信息。\n\n  接口    http://{address}/api/v1\n  文档    http://{address}/docs\n  拨快时钟  zhucan demo clock +5d\n\n按 Ctrl-C 停止；再次启动会接着用同样的数据。"
    );
}

async fn move_clock(forward_ms: i64, data: PathBuf) -> Outcome {
    let Some(marker) = folder::marker(&data).map_err(|e| cause(&e))? else {
        return Err(format!("{} 不是演示用的文件夹。请用 --data 指定，或先运行 zhucan demo。", data.display()));
    };
    #[derive(serde::Deserialize)]
    struct Told {
        data: control::Clock,
    }
    let away = |e: reqwest::Error| format!("演示没有在 {} 运行，请先启动 zhucan demo。（{}）", marker.address, e.without_url());
    let call = reqwest::Client::new().post(format!("{}/demo/clock", marker.address)).json(&control::Move { forward_ms });
    let answer = call.send().await.and_then(reqwest::Response::error_for_status).map_err(away)?;
    let told: Told = answer.json().await.map_err(away)?;
    println!("演示的时间现在是 {}", calendar::rfc3339(told.data.now_ms));
    Ok(())
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
