//! SQLite: a few readers, and one writer thread that commits what waits in one go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, SqliteConnection};
use tokio::sync::{Semaphore, oneshot};

use super::{AnyConn, Bounds, Outcome, Work, busy};
use crate::platform::code;
use crate::platform::error::{Error, Result};

type Manager = AnsiTransactionManager;

pub struct Sqlite {
    readers: Arc<Mutex<Vec<AnyConn>>>,
    permits: Arc<Semaphore>,
    reading: Arc<AtomicUsize>,
    read_queue: usize,
    writer: Mutex<Option<SyncSender<Job>>>,
    waiting: Arc<AtomicUsize>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    // Held while the file is open: one process writes it.
    _lock: Option<std::fs::File>,
}

impl Sqlite {
    pub fn open(path: &str, bounds: Bounds) -> Result<Sqlite> {
        let lock = take_lock(path)?;
        let writer = connect(path, false)?;
        check_version(&writer)?;
        let (send, receive) = sync_channel::<Job>(bounds.write_queue);
        let waiting = Arc::new(AtomicUsize::new(0));
        let count = waiting.clone();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || write_loop(writer.0, receive, bounds.batch, &count))
            .map_err(Error::internal)?;
        let mut readers = Vec::new();
        for _ in 0..bounds.connections.clamp(1, 4) {
            readers.push(AnyConn::Sqlite(connect(path, true)?.0));
        }
        Ok(Sqlite {
            permits: Arc::new(Semaphore::new(readers.len())),
            readers: Arc::new(Mutex::new(readers)),
            reading: Arc::new(AtomicUsize::new(0)),
            read_queue: bounds.read_queue,
            writer: Mutex::new(Some(send)),
            waiting,
            thread: Mutex::new(Some(thread)),
            _lock: Some(lock),
        })
    }

    pub async fn read(&self, work: Work) -> Result<Outcome> {
        let _turn = Turn::take(&self.reading, self.read_queue)?;
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| busy())?;
        let readers = self.readers.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let Some(mut conn) = lock(&readers).pop() else { return Err(busy()) };
            let result = catch_unwind(AssertUnwindSafe(|| read_snapshot(&mut conn, &work)));
            roll_back(&mut conn);
            if result.is_err() {
                // The snapshot was begun without diesel's knowledge; a panic left it open.
                let _ = execute(&mut conn, "ROLLBACK");
            }
            lock(&readers).push(conn);
            result.unwrap_or_else(|_| Err(Error::internal("a read panicked")))
        });
        done.await.unwrap_or_else(|e| Err(Error::internal(e)))
    }

    pub async fn write(&self, work: Work) -> Result<Outcome> {
        let (answer, wait) = oneshot::channel();
        let job = Job { work, result: None, answer };
        {
            let writer = lock(&self.writer);
            let Some(writer) = writer.as_ref() else { return Err(busy()) };
            self.waiting.fetch_add(1, Ordering::AcqRel);
            if let Err(e) = writer.try_send(job) {
                self.waiting.fetch_sub(1, Ordering::AcqRel);
                return Err(match e {
                    TrySendError::Full(_) => busy(),
                    TrySendError::Disconnected(_) => Error::new(&code::STORAGE).because("the writer has stopped"),
                });
            }
        }
        wait.await.unwrap_or_else(|_| Err(Error::new(&code::STORAGE).because("the writer dropped a job")))
    }

    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    pub fn close(&self) {
        lock(&self.writer).take();
        if let Some(thread) = lock(&self.thread).take()
            && thread.join().is_err()
        {
            tracing::error!("the SQLite writer ended badly");
        }
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
    }
}

/// One waiting reader; counts down when dropped.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(count: &Arc<AtomicUsize>, most: usize) -> Result<Turn> {
        let turn = Turn(count.clone());
        if count.fetch_add(1, Ordering::AcqRel) >= most { Err(busy()) } else { Ok(turn) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A write that waits for its commit.
struct Job {
    work: Work,
    result: Option<Result<Outcome>>,
    answer: oneshot::Sender<Result<Outcome>>,
}

#[derive(PartialEq, Clone, Copy)]
enum Ran {
    Done,
    Failed,
    Panicked,
}

impl Job {
    fn run(&mut self, conn: &mut AnyConn) -> Ran {
        let (result, ran) = match catch_unwind(AssertUnwindSafe(|| (self.work)(conn))) {
            Ok(Ok(value)) => (Ok(value), Ran::Done),
            Ok(Err(e)) => (Err(e), Ran::Failed),
            Err(_) => (Err(Error::internal("a write panicked")), Ran::Panicked),
        };
        self.result = Some(result);
        ran
    }

    fn answer(self, committed: std::result::Result<(), Error>) {
        let result = match (committed, self.result) {
            (_, Some(Err(e))) => Err(e),
            (Err(e), _) => Err(e),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(Error::internal("a write never ran")),
        };
        // The caller may have gone; its write is committed nevertheless.
        let _ = self.answer.send(result);
    }
}

fn write_loop(conn: SqliteConnection, receive: Receiver<Job>, most: usize, waiting: &AtomicUsize) {
    let mut conn = AnyConn::Sqlite(conn);
    while let Ok(first) = receive.recv() {
        let mut batch = vec![first];
        while batch.len() < most {
            match receive.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        waiting.fetch_sub(batch.len(), Ordering::AcqRel);
        run_batch(&mut conn, batch);
    }
}

/// Runs a batch until each of its jobs has its answer. A job that panics or leaves the transaction
/// at a wrong depth is answered alone and the others run again; what takes long goes into a batch of its own.
fn run_batch(conn: &mut AnyConn, mut batch: Vec<Job>) {
    while !batch.is_empty() {
        let begun = Instant::now();
        if let Err(e) = begin(conn) {
            for job in batch {
                job.answer(Err(Error::new(&code::STORAGE).because(&e).retry_after(2)));
            }
            return;
        }
        let alone = batch.len() == 1;
        let mut ran = 0;
        let mut culprit = None;
        for (at, job) in batch.iter_mut().enumerate() {
            match run_one(conn, job, alone) {
                Ok(()) => ran = at + 1,
                Err(()) => {
                    culprit = Some(at);
                    break;
                }
            }
            if begun.elapsed() > Duration::from_millis(50) {
                break;
            }
        }
        if let Some(at) = culprit {
            roll_back(conn);
            batch.remove(at).answer(Err(Error::internal("the transaction was left open")));
            continue;
        }
        let rest = batch.split_off(ran);
        let committed = commit(conn);
        for job in std::mem::replace(&mut batch, rest) {
            job.answer(committed.as_ref().map(|_| ()).map_err(|e| Error::new(&code::STORAGE).because(e).retry_after(2)));
        }
    }
}

/// Err: the batch must be rolled back and go on without this job.
fn run_one(conn: &mut AnyConn, job: &mut Job, alone: bool) -> std::result::Result<(), ()> {
    if !alone && execute(conn, "SAVEPOINT job").is_err() {
        return Err(());
    }
    let ran = job.run(conn);
    if ran == Ran::Panicked || depth(conn) != Some(1) {
        return Err(());
    }
    let settled = match (ran, alone) {
        (Ran::Done, true) => Ok(()),
        (Ran::Done, false) => execute(conn, "RELEASE job"),
        // Alone, a failed job leaves an empty transaction behind.
        (_, true) => {
            roll_back(conn);
            begin(conn)
        }
        (_, false) => execute(conn, "ROLLBACK TO job").and_then(|()| execute(conn, "RELEASE job")),
    };
    settled.map_err(|_| ())
}

fn begin(conn: &mut AnyConn) -> diesel::QueryResult<()> {
    match conn {
        AnyConn::Sqlite(c) => Manager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        AnyConn::Postgres(_) => Ok(()),
    }
}

fn commit(conn: &mut AnyConn) -> diesel::QueryResult<()> {
    match conn {
        AnyConn::Sqlite(c) => {
            let committed = <Manager as TransactionManager<SqliteConnection>>::commit_transaction(c);
            if committed.is_err() {
                roll_back_all(c);
            }
            committed
        }
        AnyConn::Postgres(_) => Ok(()),
    }
}

fn roll_back(conn: &mut AnyConn) {
    if let AnyConn::Sqlite(c) = conn {
        roll_back_all(c);
    }
}

/// Ends every transaction that a closure left open.
fn roll_back_all(c: &mut SqliteConnection) {
    for _ in 0..16 {
        let status = <Manager as TransactionManager<SqliteConnection>>::transaction_manager_status_mut(c);
        match status.transaction_depth() {
            Ok(None) => return,
            _ => {
                if <Manager as TransactionManager<SqliteConnection>>::rollback_transaction(c).is_err() {
                    *<Manager as TransactionManager<SqliteConnection>>::transaction_manager_status_mut(c) = Default::default();
                    let _ = c.batch_execute("ROLLBACK");
                    return;
                }
            }
        }
    }
}

fn depth(conn: &mut AnyConn) -> Option<u32> {
    match conn {
        AnyConn::Sqlite(c) => {
            let status = <Manager as TransactionManager<SqliteConnection>>::transaction_manager_status_mut(c);
            status.transaction_depth().ok().flatten().map(u32::from)
        }
        AnyConn::Postgres(_) => None,
    }
}

fn execute(conn: &mut AnyConn, sql: &str) -> diesel::QueryResult<()> {
    conn.batch_execute(sql)
}

fn read_snapshot(conn: &mut AnyConn, work: &Work) -> Result<Outcome> {
    execute(conn, "BEGIN")?;
    let result = work(conn);
    execute(conn, "ROLLBACK")?;
    result
}

struct Opened(SqliteConnection);

/// Opens a connection with the settings that all of them need.
fn connect(path: &str, read_only: bool) -> Result<Opened> {
    let mut c = SqliteConnection::establish(path).map_err(|e| Error::internal(format!("cannot open {path}: {e}")))?;
    for pragma in [
        "PRAGMA busy_timeout=10000",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA mmap_size=0",
        "PRAGMA cache_size=-32000",
        "PRAGMA temp_store=MEMORY",
        if read_only { "PRAGMA query_only=ON" } else { "PRAGMA wal_autocheckpoint=4000" },
    ] {
        c.batch_execute(pragma)?;
    }
    Ok(Opened(c))
}

/// SQLite before 3.51.3 can corrupt a WAL database (reference: threats-and-faults, version traps).
fn check_version(_: &Opened) -> Result<()> {
    let mut c = SqliteConnection::establish(":memory:").map_err(Error::internal)?;
    diesel::define_sql_function! { fn sqlite_version() -> diesel::sql_types::Text; }
    let text: String = diesel::RunQueryDsl::get_result(diesel::select(sqlite_version()), &mut c)?;
    let parts: Vec<u32> = text.split('.').filter_map(|p| p.parse().ok()).collect();
    if parts.as_slice() < [3, 51, 3].as_slice() {
        return Err(Error::internal(format!("SQLite {text} is older than 3.51.3 and may lose data; build with the bundled one")));
    }
    Ok(())
}

fn take_lock(path: &str) -> Result<std::fs::File> {
    let file =
        std::fs::File::create(format!("{path}.lock")).map_err(|e| Error::internal(format!("cannot create {path}.lock: {e}")))?;
    file.try_lock().map_err(|_| {
        Error::internal(format!(
            "{path} is in use by another zhucan process; stop it first, or use PostgreSQL for several instances"
        ))
    })?;
    Ok(file)
}

fn lock<T>(m: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    m.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
