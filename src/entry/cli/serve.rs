//! `zhucan serve`: the product.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::Outcome;
use super::place::{self, Place};
use super::running::{block_on, listen, until_stopped};
use crate::entry::server::Options;
use crate::platform::clock::Clock;
use crate::platform::db::Bounds;
use crate::platform::settings::Settings;

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
        let keys = self.place.read_keys()?;
        let listener = listen(self.listen)?;
        let metrics = listen(self.metrics_listen)?;
        block_on(async move {
            let bounds = Bounds { connections: self.database_connections, ..Bounds::default() };
            let db = self.place.open_database(bounds)?;
            place::migrate(&db).await?;
            place::refuse_demo_database(&db).await?;
            let settings = Settings { public_url: self.public_url, demo: false, templates: Vec::new() };
            let app = self.place.app(db, Clock::system(), keys, settings)?;
            let usual = Options::default();
            let options = Options {
                workers: self.workers.unwrap_or(usual.workers),
                connections: self.connections,
                pause: Duration::from_secs(self.drain_seconds),
                metrics: Some(metrics),
            };
            until_stopped(app, listener, options, |address| tracing::info!(%address, "serving")).await
        })
    }
}
