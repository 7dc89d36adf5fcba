//! Where fresh databases come from: a migrated template of each kind, copied for each story.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use zhucan::platform::db::{Bounds, Db, migrate};

use super::Kind;
use super::cluster::Cluster;

static SQLITE: OnceLock<PathBuf> = OnceLock::new();
static POSTGRES: OnceLock<Cluster> = OnceLock::new();
static FOLDER: Mutex<Option<tempfile::TempDir>> = Mutex::new(None);
static NEXT: AtomicUsize = AtomicUsize::new(0);

const TEMPLATE: &str = "zhucan_template";

/// The machine has what a cluster needs.
pub fn postgres_is_here() -> bool {
    Cluster::binaries().is_some()
}

/// The URL of a fresh, migrated, empty database; a file lies in `folder`.
pub fn fresh_database(kind: Kind, folder: &Path) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    match kind {
        Kind::Sqlite => {
            let file = folder.join(format!("story{number}.db"));
            std::fs::copy(SQLITE.get_or_init(sqlite_template), &file).unwrap();
            format!("sqlite://{}", file.display())
        }
        Kind::Postgres => {
            let cluster = POSTGRES.get_or_init(postgres_template);
            let name = format!("story{number}");
            cluster.create(&name, Some(TEMPLATE));
            cluster.url(&name)
        }
    }
}

/// Stops the cluster and takes the templates away.
pub fn end() {
    if let Some(cluster) = POSTGRES.get() {
        cluster.stop();
    }
    FOLDER.lock().unwrap().take();
}

fn sqlite_template() -> PathBuf {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.db");
    FOLDER.lock().unwrap().replace(folder);
    bring_up(format!("sqlite://{}", file.display()));
    file
}

fn postgres_template() -> Cluster {
    let cluster = Cluster::start();
    cluster.create(TEMPLATE, None);
    bring_up(cluster.url(TEMPLATE));
    cluster
}

/// On a thread of its own: a story's runtime already runs on this one.
fn bring_up(url: String) {
    let up = move || {
        actix_web::rt::System::new().block_on(async move {
            let db = Db::open(&url, Bounds { connections: 2, ..Bounds::default() }).unwrap();
            migrate::up(&db).await.unwrap();
            db.close();
        });
    };
    std::thread::spawn(up).join().unwrap();
}
