//! The command line: each command is one file here, each flag also an environment variable `ZHUCAN_…`.

mod place;
mod running;
mod staff;
mod admin;
mod channels;
mod demo;
mod doctor;
mod history;
mod policy;
mod import;
mod keys;
mod migrate;
mod openapi;
mod outbox;
mod serve;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// What a command ends with: nothing to say, or one sentence with the way out.
type Outcome = Result<(), String>;

#[derive(Parser)]
#[command(name = "zhucan", version, about = "助残：县残联移动服务后端", after_help = AFTER, max_term_width = 110)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "先试一试：zhucan demo    正式使用：zhucan keys generate，然后 zhucan serve    检查：zhucan doctor";

#[derive(Subcommand)]
enum Command {
    #[command(about = "启动正式服务")]
    Serve(Box<serve::Serve>),
    #[command(about = "启动演示：自动建立数据文件夹，人物和数据都是虚构的")]
    Demo(demo::Demo),
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

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let line = CommandLine::parse();
    log(matches!(line.command, Command::Serve(_)));
    let outcome = match line.command {
        Command::Serve(c) => c.run(),
        Command::Demo(c) => c.run(),
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
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The service logs every answer; the other commands only what went wrong. Machines get JSON.
fn log(service: bool) {
    let usual = if service { "info" } else { "warn" };
    let filter = EnvFilter::try_from_env("ZHUCAN_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { lines.compact().init() } else { lines.json().init() }
}
