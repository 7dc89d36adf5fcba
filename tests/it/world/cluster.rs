//! A private, throw-away PostgreSQL cluster from the machine's own binaries, gone when this process is.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

pub struct Cluster {
    folder: PathBuf,
    // The shell stops the cluster when its input is closed, which also happens when this process dies.
    keeper: Mutex<Option<Child>>,
}

/// The user that runs initdb and the server when the stories run as root, which both refuse.
struct Identity {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// The folder of initdb and pg_ctl: in PATH, or where Debian keeps them, the newest first.
    pub fn binaries() -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .map(|versions| versions.flatten().map(|v| v.path().join("bin")).collect())
            .unwrap_or_default();
        debian.sort();
        let both = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
        debian.into_iter().rev().chain(std::env::split_paths(&path)).find(both)
    }

    /// Makes and starts one.
    pub fn start() -> Cluster {
        let binaries = Cluster::binaries().expect("no PostgreSQL binaries");
        let folder = tempfile::Builder::new().prefix("zhucan-pg").tempdir().unwrap().keep();
        let identity = identity();
        if let Some(Identity { uid, gid }) = identity {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        // `read` returns when this process closes its end of the pipe or dies.
        let script = r#"set -e
            "$1/initdb" -D "$2/data" -U zhucan --auth=trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1
            "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "-c listen_addresses='' -c unix_socket_directories='$2' -c fsync=off -c full_page_writes=off -c max_connections=300" start >>"$2/log" 2>&1
            echo ready
            read -r line || true
            "$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1 || true
            rm -rf "$2""#;
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg("sh").arg(&binaries).arg(&folder).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // In a process group of its own, so that Ctrl-C does not stop the cluster before the stories.
        command.process_group(0);
        if let Some(Identity { uid, gid }) = identity {
            command.uid(uid).gid(gid);
        }
        let mut keeper = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert_eq!(line.trim(), "ready", "the cluster did not start:\n{}", log());
        Cluster { folder, keeper: Mutex::new(Some(keeper)) }
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://zhucan@{socket}/{database}")
    }

    /// A new database, a copy of `template` when given.
    pub fn create(&self, name: &str, template: Option<&str>) {
        let mut c = PgConnection::establish(&self.url("postgres")).unwrap();
        let copy = template.map(|t| format!(" TEMPLATE {t}")).unwrap_or_default();
        for patience in 0.. {
            match c.batch_execute(&format!("CREATE DATABASE {name}{copy}")) {
                Ok(()) => return,
                // The pool that migrated the template may still be closing its connections.
                Err(e) if patience < 100 && e.to_string().contains("being accessed") => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(e) => panic!("{e}"),
            }
        }
    }

    /// Stops it and takes its folder away.
    pub fn stop(&self) {
        if let Some(mut keeper) = self.keeper.lock().unwrap().take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

/// The user to switch to; none when the stories do not run as root.
fn identity() -> Option<Identity> {
    let own = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").ok()?);
    if own != 0 {
        return None;
    }
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let of = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|l| l.starts_with(&format!("{name}:")))?.split(':').collect();
        Some(Identity { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
    };
    Some(of("postgres").or_else(|| of("nobody")).expect("neither a user postgres nor nobody"))
}
