//! `zhucan doctor`: looks at everything that a running service needs, one line each with the way out.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use chrono::Months;
use clap::Args;

use super::Outcome;
use super::channels::SmsFlags;
use super::place::{Place, cause};
use super::running::block_on;
use crate::office::policy::calendar;
use crate::platform::clock::Clock;
use crate::platform::db::{Bounds, Db, migrate};
use crate::platform::outbox::{self, EffectState};
use crate::rules::calendar::beijing_date;

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
    #[arg(long, env = "ZHUCAN_LISTEN", default_value = "127.0.0.1:8080", help = "服务的监听地址；服务正在运行时向它询问")]
    listen: SocketAddr,
    #[arg(long, env = "ZHUCAN_WECHAT_BASE_URL", default_value = "https://api.weixin.qq.com", help = "微信接口的网址")]
    wechat_base_url: String,
    #[command(flatten)]
    sms: SmsFlags,
}

/// One thing that was looked at: what is well, or what is wrong and the way out.
type Finding = (&'static str, Result<String, String>);

/// Room for a day of uploads; less is a warning long before the disk is full.
const PROBE_BYTES: usize = 64 * 1024 * 1024;
/// Largest tolerated error of the clock, in milliseconds; tokens and one-time codes fail with more.
const MOST_SKEW_MS: i64 = 5_000;

impl Doctor {
    pub fn run(self) -> Outcome {
        block_on(async move {
            let mut findings = vec![("密钥", self.keys()), ("磁盘", self.disk())];
            findings.extend(self.database().await);
            findings.extend(self.wechat().await);
            findings.push(("短信", self.sms().await));
            let mut well = true;
            for (name, finding) in findings {
                well &= finding.is_ok();
                let (mark, text) = match finding {
                    Ok(text) => ("✓", text),
                    Err(text) => ("✗", text),
                };
                println!("{mark} {name}：{text}");
            }
            if well { Ok(()) } else { Err("有需要处理的问题，见上面带 ✗ 的各行。".to_owned()) }
        })
    }

    fn keys(&self) -> Result<String, String> {
        let keys = self.place.read_keys()?;
        let file = self.place.keys_file();
        #[cfg(unix)]
        {
            let mode = std::fs::metadata(&file).map(|m| std::os::unix::fs::PermissionsExt::mode(&m.permissions()));
            if mode.is_ok_and(|mode| mode & 0o077 != 0) {
                return Err(format!("别的用户也能读 {0}。请运行 chmod 600 {0}", file.display()));
            }
        }
        Ok(format!("{} 可用，当前密钥编号 {}", file.display(), keys.current_id()))
    }

    /// Writes a probe to the disk and takes it away again.
    fn disk(&self) -> Result<String, String> {
        let folder = &self.place.data;
        let probe = folder.join(".doctor-probe");
        let written = std::fs::File::create(&probe).and_then(|mut file| {
            let block = vec![0xa5_u8; 1024 * 1024];
            (0..PROBE_BYTES / block.len()).try_for_each(|_| file.write_all(&block))?;
            file.sync_all()
        });
        // An error while removing the probe is ignored: only writing it was to be tested.
        let _ = std::fs::remove_file(&probe);
        match written {
            Ok(()) => Ok(format!("{} 可写，至少还有 64 MiB", folder.display())),
            Err(e) => Err(format!("{} 写不进 64 MiB：{e}。请检查文件夹是否存在、权限和剩余空间", folder.display())),
        }
    }

    async fn database(&self) -> Vec<Finding> {
        match ask(&format!("http://{}/readyz", self.listen)).await {
            Ok((200, _)) => return vec![("数据库", Ok(format!("服务正在 {} 运行，数据库和版本都正常", self.listen)))],
            Ok((503, _)) => return vec![("数据库", Err(format!("服务正在 {} 运行，但未就绪。请看它的日志", self.listen)))],
            _ => {}
        }
        match self.place.open_database(Bounds::default()) {
            Ok(db) => {
                let findings =
                    vec![("数据库", schema(&db).await), ("放假安排", working_days(&db).await), ("待发送", effects(&db).await)];
                db.close();
                findings
            }
            Err(e) => vec![("数据库", Err(e))],
        }
    }

    /// Set up, and reachable; that it is not set up is a choice.
    async fn sms(&self) -> Result<String, String> {
        if self.sms.account()?.is_none() {
            return Ok("没有开通。没有微信的居民要由工作人员发登录码，重要进展由工作人员打电话告知".to_owned());
        }
        match ask(&self.sms.sms_base_url).await {
            Ok(_) => Ok(format!("已设置，{} 可以连通", self.sms.sms_base_url)),
            Err(_) => Err(format!("已设置，但连不上 {}。请检查网络、防火墙和代理", self.sms.sms_base_url)),
        }
    }

    /// Reachable, and by its Date header a second opinion on our clock.
    async fn wechat(&self) -> Vec<Finding> {
        let Ok((_, date)) = ask(&self.wechat_base_url).await else {
            let away = format!("连不上 {}。请检查网络、防火墙和代理；在此之前微信登录和订阅消息不可用", self.wechat_base_url);
            return vec![("微信", Err(away))];
        };
        let reachable = ("微信", Ok(format!("{} 可以连通", self.wechat_base_url)));
        let Some(theirs) = date.and_then(|text| chrono::DateTime::parse_from_rfc2822(&text).ok()) else {
            return vec![reachable];
        };
        let ahead = Clock::system().now().ms().saturating_sub(theirs.timestamp_millis());
        let clock = if ahead.abs() <= MOST_SKEW_MS.saturating_add(1_000) {
            Ok("与微信服务器一致".to_owned())
        } else {
            Err(format!("与微信服务器相差 {} 秒。请打开系统的自动对时（NTP）", ahead / 1_000))
        };
        vec![reachable, ("时钟", clock)]
    }
}

/// Status and Date header of an address.
async fn ask(url: &str) -> Result<(u16, Option<String>), reqwest::Error> {
    let client =
        reqwest::Client::builder().timeout(Duration::from_secs(5)).redirect(reqwest::redirect::Policy::none()).build()?;
    let answer = client.get(url).send().await?;
    let date = answer.headers().get("date").and_then(|v| v.to_str().ok()).map(str::to_owned);
    Ok((answer.status().as_u16(), date))
}

async fn schema(db: &Db) -> Result<String, String> {
    let (missing, unknown) = migrate::state(db).await.map_err(|e| format!("没有回答：{}", cause(&e)))?;
    if !missing.is_empty() {
        return Err(format!("还没有升级到本程序的版本（缺 {}）。请运行 zhucan migrate", missing.join("、")));
    }
    if !unknown.is_empty() {
        return Err(format!("由更新的程序升级过（{}）。请使用新版本的 zhucan", unknown.join("、")));
    }
    Ok(format!("{} 正常，版本是最新的", db.kind()))
}

/// The years of the next three months: limits reach no further.
async fn working_days(db: &Db) -> Result<String, String> {
    let today = beijing_date(Clock::system().now());
    let until = today.checked_add_months(Months::new(3)).unwrap_or(today);
    let known = db.read(move |c| calendar::load_around(c, today)).await.map_err(|e| format!("查不到：{}", cause(&e)))?;
    match calendar::missing_warning(&known, today, until) {
        None => Ok("今后三个月的放假调休都已录入".to_owned()),
        Some(warning) => Err(format!("{warning}请运行 zhucan import calendar 文件")),
    }
}

async fn effects(db: &Db) -> Result<String, String> {
    let states = db.read(outbox::count).await.map_err(|e| format!("查不到：{}", cause(&e)))?;
    let of = |wanted: EffectState| states.iter().find(|(state, _)| *state == wanted).map_or(0, |(_, count)| *count);
    match of(EffectState::Parked) {
        0 => Ok(format!("等待 {}，结果不明 {}", of(EffectState::Waiting), of(EffectState::Unknown))),
        parked => Err(format!("{parked} 条多次失败后停放。请解决原因后运行 zhucan outbox retry")),
    }
}
