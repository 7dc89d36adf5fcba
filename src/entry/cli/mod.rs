//! The command line: each command is one file here, each flag also an environment variable `ZHUCAN_…`.

pub mod place;
pub mod running;
mod staff;
mod admin;
mod channels;
mod doctor;
mod history;
pub mod policy;
mod import;
mod keys;
mod migrate;
mod openapi;
mod outbox;
mod serve;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Subcommand;
use tracing_subscriber::EnvFilter;

/// The result of a command: nothing, or one sentence for the operator that says what to do.
pub type Outcome = Result<(), String>;

/// The product's commands; the program may have more.
#[derive(Subcommand)]
pub enum Command {
    #[command(about = "启动正式服务")]
    Serve(Box<serve::Serve>),
    #[command(about = "把数据库升级到本程序的版本")]
    Migrate(migrate::Migrate),
    #[command(about = "密钥")]
    Keys(keys::Keys),
    #[command(about = "管理员")]
    Admin(admin::Admin),
    #[command(about = "工作人员")]
    Staff(staff::Staff),
    #[command(about = "导入行政区划、放假调休")]
    Import(import::Import),
    #[command(about = "县（区）政策")]
    Policy(policy::Policy),
    #[command(about = "办理记录")]
    History(history::History),
    #[command(about = "待发送的消息和通知")]
    Outbox(outbox::Outbox),
    #[command(about = "打印接口文档（OpenAPI 3.1）")]
    Openapi(openapi::Openapi),
    #[command(about = "检查运行条件，逐项说明问题和办法")]
    Doctor(doctor::Doctor),
}

impl Command {
    /// Runs to its end.
    ///
    /// # Errors
    /// One sentence for the operator, with the way out.
    pub fn run(self) -> Outcome {
        match self {
            Command::Serve(c) => c.run(),
            Command::Migrate(c) => c.run(),
            Command::Keys(c) => c.run(),
            Command::Admin(c) => c.run(),
            Command::Staff(c) => c.run(),
            Command::Import(c) => c.run(),
            Command::Policy(c) => c.run(),
            Command::History(c) => c.run(),
            Command::Outbox(c) => c.run(),
            Command::Openapi(c) => c.run(),
            Command::Doctor(c) => c.run(),
        }
    }

    /// What is logged unless `ZHUCAN_LOG` says otherwise: the service logs every answer, the other commands only what went wrong.
    pub fn usual_log(&self) -> &'static str {
        if matches!(self, Command::Serve(_)) { "info" } else { QUIET }
    }
}

/// The log level of commands that do not serve.
pub const QUIET: &str = "warn";

/// Starts logging: text on a terminal, else JSON.
pub fn log(usual: &str) {
    let filter = EnvFilter::try_from_env("ZHUCAN_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { lines.compact().init() } else { lines.json().init() }
}

/// Prints what went wrong, and returns the exit code.
pub fn end(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
