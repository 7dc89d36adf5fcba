//! The program: parses the command line and runs one command.

use std::process::ExitCode;

use zhucan::platform::files::{PDF_WORKER_COMMAND, run_pdf_worker};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A worker limits itself before any thread starts, and has no command line.
    if std::env::args_os().nth(1).is_some_and(|word| word == PDF_WORKER_COMMAND) {
        return run_pdf_worker();
    }
    zhucan::entry::cli::run()
}
