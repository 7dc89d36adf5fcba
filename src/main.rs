//! The program: parses the command line and runs one command, the product's or the demo's.

mod demo;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use zhucan::entry::cli;
use zhucan::platform::files::{PDF_WORKER_COMMAND, run_pdf_worker};
use zhucan::services;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "zhucan", version, about = "助残：县残联移动服务后端", after_help = AFTER, max_term_width = 110)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "先试一试：zhucan demo    正式使用：zhucan keys generate，然后 zhucan serve    检查：zhucan doctor";

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Product(cli::Command),
    // The second place in the help, after `serve`.
    #[command(about = "启动演示：自动建立数据文件夹，人物和数据都是虚构的", display_order = 1)]
    Demo(demo::command::Demo),
}

fn main() -> ExitCode {
    // A worker limits itself before any thread starts, and has no command line.
    if std::env::args_os().nth(1).is_some_and(|word| word == PDF_WORKER_COMMAND) {
        return run_pdf_worker();
    }
    // Roles and desks of services are words of the command line, of files and of rows from here on.
    services::all();
    cli::end(match CommandLine::parse().command {
        Command::Product(command) => {
            cli::log(command.usual_log());
            command.run()
        }
        Command::Demo(demo) => {
            cli::log(cli::QUIET);
            demo.run()
        }
    })
}
