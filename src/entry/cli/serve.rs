//! `zhucan serve`: the product.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::Outcome;
use super::channels::{PushFlags, SmsFlags};
use super::place::{self, Outside, Place, cause};
use super::running::{block_on, listen, until_stopped};
use crate::entry::server::Options;
use crate::office::accounts::staff_admin;
use crate::platform::clock::Clock;
use crate::platform::db::{Bounds, Db};
use crate::platform::settings::Settings;
use crate::platform::wechat::{Secret, WECHAT_BASE_URL, WeChatApp};

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    #[arg(long, env = "ZHUCAN_LISTEN", default_value = "127.0.0.1:8080", help = "监听地址；对外服务请放在 HTTPS 反向代理之后")]
    listen: SocketAddr,
    #[arg(long, env = "ZHUCAN_METRICS_LISTEN", default_value = "127.0.0.1:9090", help = "Prometheus 指标的监听地址")]
    metrics_listen: SocketAddr,
    #[arg(long, env = "ZHUCAN_PUBLIC_URL", help = "手机看到的网址，例如 https://zhucan.example.gov.cn")]
    public_url: String,
    #[arg(long, env = "ZHUCAN_WECHAT_APPID", help = "小程序的 appid；可以写多次")]
    wechat_appid: Vec<String>,
    #[arg(long, env = "ZHUCAN_WECHAT_SECRET", hide_env_values = true, help = "小程序的 secret，与 appid 一一对应")]
    wechat_secret: Vec<String>,
    #[arg(long, env = "ZHUCAN_WECHAT_BASE_URL", default_value = WECHAT_BASE_URL, help = "微信接口的地址")]
    wechat_base_url: String,
    #[arg(long, env = "ZHUCAN_WECHAT_TEMPLATE", help = "办理进展订阅消息的模板编号；不填则只发小程序内消息")]
    wechat_template: Option<String>,
    #[arg(long, env = "ZHUCAN_MIN_CLIENT_VERSION", help = "还能使用的最低小程序版本，例如 1.4.0；不填则都能用")]
    min_client_version: Option<String>,
    #[arg(
        long,
        env = "ZHUCAN_MIN_CLIENT_WORDS",
        default_value = "小程序有新版本，请关闭后重新打开。",
        help = "低于最低版本时给用户看的话"
    )]
    min_client_words: String,
    #[command(flatten)]
    push: PushFlags,
    #[command(flatten)]
    sms: SmsFlags,
    #[arg(long, env = "ZHUCAN_WORKERS", help = "处理请求的线程数；不填则与处理器核数相同")]
    workers: Option<usize>,
    #[arg(long, env = "ZHUCAN_CONNECTIONS", default_value_t = 10_000, help = "最多同时保持的连接数")]
    connections: usize,
    #[arg(long, env = "ZHUCAN_DATABASE_CONNECTIONS", default_value_t = 8, help = "数据库连接数")]
    database_connections: usize,
    #[arg(long, env = "ZHUCAN_DRAIN_SECONDS", default_value_t = 2, help = "收到停止信号后，先报告未就绪多少秒再停止接收")]
    drain_seconds: u64,
}

impl Serve {
    pub fn run(self) -> Outcome {
        self.place.refuse_demo_folder()?;
        let outside =
            Outside { programs: self.programs()?, callbacks: self.push.callbacks(&self.wechat_appid)?, sms: self.sms.account()? };
        let keys = self.place.read_keys()?;
        let listener = listen(self.listen)?;
        let metrics = listen(self.metrics_listen)?;
        block_on(async move {
            let bounds = Bounds { connections: self.database_connections, ..Bounds::default() };
            let db = self.place.open_database(bounds)?;
            place::migrate(&db).await?;
            place::refuse_demo_database(&db).await?;
            hint_at_first_administrator(&db).await?;
            let templates = self.wechat_template.into_iter().map(|id| ("case_progress".to_owned(), id)).collect();
            let min_client = self.min_client_version.map(|version| (version, self.min_client_words));
            let settings = Settings { public_url: self.public_url, demo: false, templates, min_client };
            let app = self.place.app(db, Clock::system(), keys, settings, outside)?;
            let usual = Options::default();
            let options = Options {
                workers: self.workers.unwrap_or(usual.workers),
                connections: self.connections,
                pause: Duration::from_secs(self.drain_seconds),
                metrics: Some(metrics),
                ..usual
            };
            until_stopped(app, listener, options, |address| tracing::info!(%address, "serving")).await
        })
    }

    /// The mini-programs of the command line; each appid needs its secret.
    fn programs(&self) -> Result<Vec<WeChatApp>, String> {
        if self.wechat_appid.len() != self.wechat_secret.len() {
            return Err("每个 --wechat-appid 都要有一个 --wechat-secret（或环境变量 ZHUCAN_WECHAT_SECRET）。".to_owned());
        }
        let pairs = self.wechat_appid.iter().zip(&self.wechat_secret);
        Ok(pairs
            .map(|(appid, secret)| WeChatApp {
                appid: appid.clone(),
                secret: Secret::new(secret.clone()),
                base_url: self.wechat_base_url.trim_end_matches('/').to_owned(),
            })
            .collect())
    }
}

/// Warns when there is no administrator, because everything else is set up by one over the API.
async fn hint_at_first_administrator(db: &Db) -> Outcome {
    let now = Clock::system().now();
    let there = db.read(move |c| staff_admin::has_administrator(c, now)).await.map_err(|e| cause(&e))?;
    if !there {
        eprintln!("还没有管理员。请运行（用 SQLite 时先停止服务）：zhucan admin invite --area 十二位区划代码 --name 姓名");
    }
    Ok(())
}
