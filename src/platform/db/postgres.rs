//! PostgreSQL: a pool behind a semaphore, one transaction per closure, again when it lost a race.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager as Manager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool};
use diesel::{Connection, PgConnection};
use tokio::sync::Semaphore;

use super::{AnyConn, Bounds, Outcome, Work, busy};
use crate::platform::code;
use crate::platform::error::{Error, Result};

pub const SERIALIZABLE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
pub const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Most runs of one transaction; then the caller gets 50003.
const RUNS: u32 = 20;

pub struct Postgres {
    pool: Pool<Connections>,
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
}

struct Connections {
    url: String,
}

impl ManageConnection for Connections {
    type Connection = AnyConn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> std::result::Result<AnyConn, Self::Error> {
        let mut c = PgConnection::establish(&self.url).map_err(diesel::r2d2::Error::ConnectionError)?;
        // English messages, because a deadlock can be recognised by its text only.
        c.batch_execute("SET lc_messages='C'; SET statement_timeout='30s'; SET idle_in_transaction_session_timeout='60s'")
            .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(AnyConn::Postgres(c))
    }

    fn is_valid(&self, c: &mut AnyConn) -> std::result::Result<(), Self::Error> {
        c.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, c: &mut AnyConn) -> bool {
        match c {
            AnyConn::Postgres(c) => !matches!(status(c).transaction_depth(), Ok(None)),
            AnyConn::Sqlite(_) => true,
        }
    }
}

fn status(c: &mut PgConnection) -> &mut diesel::connection::TransactionManagerStatus {
    <Manager as TransactionManager<PgConnection>>::transaction_manager_status_mut(c)
}

impl Postgres {
    pub fn open(url: &str, bounds: Bounds) -> Result<Postgres> {
        let size = bounds.connections.max(2);
        let pool = Pool::builder()
            .max_size(u32::try_from(size).unwrap_or(16))
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(5))
            .build(Connections { url: url.to_owned() })
            .map_err(|e| Error::internal(format!("cannot reach PostgreSQL: {e}")))?;
        Ok(Postgres {
            pool,
            permits: Arc::new(Semaphore::new(size)),
            waiting: Arc::new(AtomicUsize::new(0)),
            most_waiting: bounds.write_queue,
        })
    }

    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    pub async fn run(&self, work: Work, begin: &'static str) -> Result<Outcome> {
        let waiting = self.waiting.fetch_add(1, Ordering::AcqRel);
        let permit = if waiting < self.most_waiting { self.permits.clone().acquire_owned().await.ok() } else { None };
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        let Some(permit) = permit else { return Err(busy()) };
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut pause = Duration::from_millis(1);
            for run in 1..=RUNS {
                let mut conn = pool.get().map_err(|e| Error::new(&code::BUSY).because(e).retry_after(2))?;
                match once(&mut conn, &work, begin) {
                    // A broken connection before the first statement of a fresh run is worth another one.
                    Err(e) if e.wants_another_run() && run < RUNS => {
                        drop(conn);
                        std::thread::sleep(pause);
                        pause = (pause * 2).min(Duration::from_millis(100));
                    }
                    settled => return settled,
                }
            }
            Err(busy())
        });
        done.await.unwrap_or_else(|e| Err(Error::internal(e)))
    }
}

fn once(conn: &mut AnyConn, work: &Work, begin: &str) -> Result<Outcome> {
    if let AnyConn::Postgres(c) = conn {
        // Nothing ran yet, so a dead connection from the pool may simply be replaced.
        Manager::begin_transaction_sql(c, begin).map_err(|e| Error::from(e).run_again())?;
    }
    match catch_unwind(AssertUnwindSafe(|| work(conn))) {
        Ok(Ok(value)) => {
            if let AnyConn::Postgres(c) = conn {
                if !matches!(status(c).transaction_depth(), Ok(Some(depth)) if u32::from(depth) == 1) {
                    // A commit now would only release a savepoint. The pool drops the connection, which rolls back.
                    return Err(Error::internal("the transaction was left open"));
                }
                <Manager as TransactionManager<PgConnection>>::commit_transaction(c)?;
            }
            Ok(value)
        }
        Ok(Err(e)) => {
            roll_back(conn);
            Err(e)
        }
        Err(_) => {
            roll_back(conn);
            Err(Error::internal("a transaction panicked"))
        }
    }
}

fn roll_back(conn: &mut AnyConn) {
    if let AnyConn::Postgres(c) = conn
        && matches!(status(c).transaction_depth(), Ok(Some(d)) if u32::from(d) == 1)
    {
        // A failed rollback leaves the connection broken, and the pool drops it.
        let _ = <Manager as TransactionManager<PgConnection>>::rollback_transaction(c);
    }
}
