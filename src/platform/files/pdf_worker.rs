//! The child process in which PDF are read: bounded in time and memory by the system, so that a hostile file ends it
//! and nothing else.
//!
//! The server starts its own program with [`PDF_WORKER_COMMAND`] for each PDF, writes the file to its input and reads
//! the answer from its output: one byte 0, the page count (u32, big endian) and the cleaned file, or one byte 1 and a
//! fault's code. No file, network or environment is given to it.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::limits::MAX_FILE_BYTES;
use super::pdf::{self, CleanPdf};
use super::{FileFault, Kind, inspect};

/// The argument that makes the program a PDF worker. `main` looks for it before anything else.
pub const PDF_WORKER_COMMAND: &str = "pdf-worker";

/// Longest time for one PDF, in real time; then the worker is killed.
const WALL_TIME: Duration = Duration::from_secs(10);
/// Processor seconds of a worker; a file of the largest size takes a small part of one.
#[cfg(unix)]
const PROCESSOR_SECONDS: u64 = 3;
/// Address space of a worker, in bytes.
#[cfg(unix)]
const ADDRESS_SPACE: u64 = 512 * 1024 * 1024;
/// A cleaned file is about as long as it came; more than this is a mistake.
const MAX_ANSWER: u64 = 4 * MAX_FILE_BYTES as u64;

const DONE: u8 = 0;
const REFUSED: u8 = 1;

/// Starts PDF workers.
#[derive(Debug, Clone)]
pub struct PdfWorker {
    program: PathBuf,
}

impl PdfWorker {
    /// Workers run `program`, which must call [`run_pdf_worker`] for [`PDF_WORKER_COMMAND`].
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Workers run the program that runs now.
    ///
    /// # Errors
    /// The system's error when the program's own path is unknown.
    pub fn of_this_program() -> std::io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?))
    }

    /// Cleans one PDF in a worker. Blocks up to ten seconds.
    ///
    /// # Errors
    /// The worker's fault; [`FileFault::PdfTooComplex`] when it was ended by its limits or crashed;
    /// [`FileFault::Unavailable`] when it could not be started.
    pub(super) fn clean(&self, bytes: bytes::Bytes) -> Result<CleanPdf, FileFault> {
        let mut worker = Running::start(&self.program).map_err(|_| FileFault::Unavailable)?;
        let (Some(mut input), Some(output)) = (worker.0.stdin.take(), worker.0.stdout.take()) else {
            return Err(FileFault::Unavailable);
        };
        // Both threads end when the worker ends, because its pipes close then.
        let thread = || std::thread::Builder::new().name("pdf-pipe".into());
        thread().spawn(move || drop(input.write_all(&bytes))).map_err(|_| FileFault::Unavailable)?;
        let (send, receive) = mpsc::channel();
        let read = move || {
            let mut answer = Vec::new();
            let read = output.take(MAX_ANSWER).read_to_end(&mut answer);
            // The receiver is gone when the time is over.
            let _ = send.send(read.map(|_| answer));
        };
        thread().spawn(read).map_err(|_| FileFault::Unavailable)?;
        match receive.recv_timeout(WALL_TIME) {
            Ok(Ok(answer)) => read_answer(&answer),
            _ => Err(FileFault::PdfTooComplex),
        }
    }
}

/// A worker that ends, at the latest, when this is dropped; no zombie stays.
struct Running(Child);

impl Running {
    fn start(program: &Path) -> std::io::Result<Self> {
        let mut command = Command::new(program);
        command.arg(PDF_WORKER_COMMAND).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map(Self)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that it has ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read_answer(answer: &[u8]) -> Result<CleanPdf, FileFault> {
    match answer.split_first() {
        Some((&DONE, rest)) => {
            let (pages, bytes) = rest.split_first_chunk::<4>().ok_or(FileFault::PdfTooComplex)?;
            // A worker that was ended while it wrote leaves half a file.
            if bytes.starts_with(b"%PDF-") && bytes.ends_with(b"%%EOF") {
                let pages = usize::try_from(u32::from_be_bytes(*pages)).unwrap_or(usize::MAX);
                return Ok(CleanPdf { bytes: bytes.to_vec(), pages });
            }
            Err(FileFault::PdfTooComplex)
        }
        Some((&REFUSED, code)) => {
            let fault = std::str::from_utf8(code).ok().and_then(FileFault::from_code);
            Err(fault.unwrap_or(FileFault::PdfTooComplex))
        }
        _ => Err(FileFault::PdfTooComplex),
    }
}

/// Runs the worker: limits itself, reads one PDF, answers and ends. Call it from `main` before any thread starts.
#[must_use]
pub fn run_pdf_worker() -> ExitCode {
    match limit_myself().and_then(|()| answer_one()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer_one() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().take((MAX_FILE_BYTES as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    let cleaned = match inspect(&bytes) {
        Ok(Kind::Pdf) => pdf::clean(&bytes),
        Ok(_) => Err(FileFault::WrongKind),
        Err(fault) => Err(fault),
    };
    let mut out = std::io::stdout().lock();
    match cleaned {
        Ok(pdf) => {
            out.write_all(&[DONE])?;
            out.write_all(&u32::try_from(pdf.pages).unwrap_or(u32::MAX).to_be_bytes())?;
            out.write_all(&pdf.bytes)?;
        }
        Err(fault) => {
            out.write_all(&[REFUSED])?;
            out.write_all(fault.code().as_bytes())?;
        }
    }
    out.flush()
}

/// Only memory and time: files and network are out of reach of what this process does.
fn limit_myself() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        rlimit::setrlimit(rlimit::Resource::CORE, 0, 0)?;
        rlimit::setrlimit(rlimit::Resource::CPU, PROCESSOR_SECONDS, PROCESSOR_SECONDS)?;
        // macOS refuses this one; the other limits hold there.
        let limited = rlimit::setrlimit(rlimit::Resource::AS, ADDRESS_SPACE, ADDRESS_SPACE);
        if cfg!(target_os = "linux") {
            limited?;
        }
    }
    Ok(())
}
