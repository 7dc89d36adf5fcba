//! Where fresh databases come from: a template of each kind with the stories' counties and cast, copied for each story.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use zhucan::platform::clock::Clock;
use zhucan::platform::crypto::Keyring;
use zhucan::platform::db::{Bounds, migrate};
use zhucan::platform::wechat_stand_in::Shared;
use zhucan::rules::moments::Moment;

use super::cluster::Cluster;
use super::{Kind, MORNING_MS, Outside, cast, county};

static SQLITE: OnceLock<PathBuf> = OnceLock::new();
static POSTGRES: OnceLock<Cluster> = OnceLock::new();
static FOLDER: Mutex<Option<tempfile::TempDir>> = Mutex::new(None);
static NEXT: AtomicUsize = AtomicUsize::new(0);

const TEMPLATE: &str = "zhucan_template";

/// Whether the PostgreSQL binaries are installed.
pub fn postgres_is_here() -> bool {
    Cluster::binaries().is_some()
}

/// The URL of a fresh database; a file lies in `folder`.
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

/// The URL of a database without any table; none for SQLite, where a file is made by whoever opens it.
pub fn empty_database(kind: Kind) -> Option<String> {
    let cluster = (kind == Kind::Postgres).then(|| POSTGRES.get_or_init(postgres_template))?;
    let name = format!("empty{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.create(&name, None);
    Some(cluster.url(&name))
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

/// The keys of this run; the templates are sealed with them.
pub fn keys() -> Arc<Keyring> {
    static KEYS: OnceLock<Arc<Keyring>> = OnceLock::new();
    KEYS.get_or_init(|| Arc::new(Keyring::generate().unwrap())).clone()
}

/// Migrates, and lays areas, working days, policies and cast.
/// Runs on a thread of its own, because an actix runtime already runs on the story's thread.
fn bring_up(url: String) {
    let up = move || {
        actix_web::rt::System::new().block_on(async move {
            let folder = tempfile::tempdir().unwrap();
            let clock = Clock::standing_at(Moment::of_ms(MORNING_MS));
            let stand_in = Shared::new(Arc::new(|| MORNING_MS));
            cast::introduce(&stand_in);
            let bounds = Bounds { connections: 2, ..Bounds::default() };
            let nowhere = Outside { wechat: "http://127.0.0.1:9", sms: "http://127.0.0.1:9" };
            let app = super::app(&url, folder.path(), bounds, clock, nowhere);
            migrate::up(&app.db).await.unwrap();
            county::lay(&app).await;
            cast::load(&app, &stand_in).await;
            app.db.close();
        });
    };
    std::thread::spawn(up).join().unwrap();
}
