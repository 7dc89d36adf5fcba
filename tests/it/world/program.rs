//! A running `zhucan demo`, as a newcomer starts it, and the commands that talk to it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_zhucan");

pub struct Demo {
    /// Its data folder.
    pub data: PathBuf,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// Where its stand-in for WeChat answers.
    pub wechat: String,
    // The shell ends the demo when its input is closed, which also happens when this process dies.
    keeper: Child,
    _told: BufReader<ChildStdout>,
}

/// The output of a command, and whether its exit code was zero.
pub struct Said {
    pub well: bool,
    pub text: String,
}

impl Demo {
    /// Starts a demo with one county and waits until it says that it is ready.
    pub fn start(data: &Path, more: &[&str]) -> Demo {
        let script = r#""$0" "$@" </dev/null & pid=$!
            exec >/dev/null
            read -r line || true
            kill -TERM "$pid"
            wait "$pid""#;
        let mut command = Command::new("sh");
        command.args(["-c", script, PROGRAM, "demo", "--small", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(more);
        let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(keeper.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains("按 Ctrl-C 停止") {
            assert!(told.read_line(&mut text).unwrap() > 0, "the demo ended by itself:\n{text}");
        }
        let marker: Value = serde_json::from_slice(&std::fs::read(data.join("demo.json")).unwrap()).unwrap();
        let address = |name: &str| marker[name].as_str().unwrap().to_owned();
        Demo { data: data.to_owned(), base: address("address"), wechat: address("wechat"), keeper, _told: told }
    }

    /// SIGTERM; whether it ended well.
    pub fn stop(mut self) -> bool {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap().success()
    }
}

/// Runs a command of the program on a data folder.
pub fn run(words: &[&str], data: &Path) -> Said {
    let output = Command::new(PROGRAM).args(words).arg("--data").arg(data).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Said { well: output.status.success(), text: String::from_utf8(text).unwrap() }
}
