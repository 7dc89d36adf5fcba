//! What the database seam promises: jobs of one commit do not harm each other, and no answer comes before its commit.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use actix_web::ResponseError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use futures_util::FutureExt;
use zhucan::platform::db::{AnyConn, Bounds, Db};
use zhucan::platform::error::{Error, Result};
use zhucan::platform::{code, facts};

use crate::world::{Kind, World, grounds};

stories![
    a_failing_a_panicking_and_a_leaving_job_harm_only_themselves,
    nothing_is_acknowledged_before_the_commit,
    a_commit_that_fails_is_told_to_every_caller,
    a_full_queue_is_503_with_the_time_to_wait,
    parallel_changes_of_one_row_are_all_kept,
    a_read_cannot_write,
    a_closed_database_has_kept_what_it_accepted,
    sqlite_is_built_as_it_must_be,
    both_databases_have_the_same_tables_columns_and_indexes,
];

/// A write that reports when it runs and then waits until it is released; until then it occupies the writer.
pub struct Gate {
    runs: Mutex<Receiver<()>>,
    go_on: Sender<()>,
}

pub fn gate() -> (Gate, impl Fn(&mut AnyConn) -> Result<()> + Send + 'static) {
    let (running, runs) = channel();
    let (go_on, wait) = channel();
    let wait = Mutex::new(wait);
    let job = move |_: &mut AnyConn| {
        running.send(()).unwrap();
        let wait: std::sync::MutexGuard<'_, Receiver<()>> = wait.lock().unwrap();
        wait.recv().unwrap();
        Ok(())
    };
    (Gate { runs: Mutex::new(runs), go_on }, job)
}

impl Gate {
    pub async fn reached(self: &Arc<Gate>) {
        let gate = self.clone();
        tokio::task::spawn_blocking(move || gate.runs.lock().unwrap().recv().unwrap()).await.unwrap();
    }

    pub fn open(&self) {
        self.go_on.send(()).unwrap();
    }
}

pub fn write(db: &Db, name: &'static str) -> tokio::task::JoinHandle<Result<()>> {
    let db = db.clone();
    actix_web::rt::spawn(async move { db.write(move |c| facts::set(c, name, "written")).await })
}

async fn stands(db: &Db, name: &'static str) -> bool {
    db.read(move |c| facts::get(c, name)).await.unwrap().is_some()
}

/// Yields often enough that every spawned task reaches its first wait.
pub async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

async fn a_failing_a_panicking_and_a_leaving_job_harm_only_themselves(world: World) {
    let db = &world.app.db;
    let (gate, job) = gate();
    let gate = Arc::new(gate);
    let first = actix_web::rt::spawn({
        let db = db.clone();
        async move { db.write(job).await }
    });
    gate.reached().await;
    // While the gate occupies the writer, these writes queue up and will be committed together.
    let spawn = |f: fn(&mut AnyConn) -> Result<()>| {
        let db = db.clone();
        actix_web::rt::spawn(async move { db.write(f).await })
    };
    let before = write(db, "before");
    let failing = spawn(|c| {
        facts::set(c, "failing", "x")?;
        Err(Error::not_found())
    });
    let between = write(db, "between");
    let panicking = spawn(|c| {
        facts::set(c, "panicking", "x")?;
        panic!("a job of a test panics on purpose")
    });
    let leaving = spawn(|c| {
        facts::set(c, "leaving", "x")?;
        match c {
            AnyConn::Sqlite(c) => open_another(c),
            AnyConn::Postgres(c) => open_another(c),
        }
        Ok(())
    });
    let after = write(db, "after");
    settle().await;
    gate.open();
    assert!(first.await.unwrap().is_ok());
    for (job, name) in [(before, "before"), (between, "between"), (after, "after")] {
        job.await.unwrap().unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert!(stands(db, name).await, "{name} was acknowledged and is gone");
    }
    assert_eq!(failing.await.unwrap().unwrap_err().code().number, code::NOT_FOUND.number);
    assert_eq!(panicking.await.unwrap().unwrap_err().code().number, code::INTERNAL.number);
    assert!(leaving.await.unwrap().is_err(), "a transaction that was left open is no success");
    for name in ["failing", "panicking", "leaving"] {
        assert!(!stands(db, name).await, "{name} was refused and left something behind");
    }
    write(db, "next").await.unwrap().unwrap();
    assert!(stands(db, "next").await);
}

/// Leaves a nested transaction open.
fn open_another<C>(c: &mut C)
where
    C: Connection<TransactionManager = diesel::connection::AnsiTransactionManager>,
    diesel::connection::AnsiTransactionManager: diesel::connection::TransactionManager<C>,
{
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    <AnsiTransactionManager as TransactionManager<C>>::begin_transaction(c).unwrap();
}

async fn nothing_is_acknowledged_before_the_commit(world: World) {
    if world.kind == Kind::Postgres {
        return; // One transaction for each write there: the answer is the answer of COMMIT itself.
    }
    let db = &world.app.db;
    let (one, hold) = gate();
    let (two, hold_again) = gate();
    let one = Arc::new(one);
    let two = Arc::new(two);
    let spawn = |db: &Db, job| {
        let db = db.clone();
        actix_web::rt::spawn(async move { db.write::<(), Box<dyn Fn(&mut AnyConn) -> Result<()> + Send>>(job).await })
    };
    let first = spawn(db, Box::new(hold));
    one.reached().await;
    let mut done = write(db, "early");
    settle().await;
    let second = spawn(db, Box::new(hold_again));
    settle().await;
    one.open();
    first.await.unwrap().unwrap();
    // The second gate runs behind "early" in the same commit: "early" has run and must not be answered yet.
    two.reached().await;
    settle().await;
    assert!((&mut done).now_or_never().is_none(), "answered before COMMIT");
    assert!(!stands(db, "early").await, "visible before COMMIT");
    two.open();
    done.await.unwrap().unwrap();
    assert!(stands(db, "early").await);
    second.await.unwrap().unwrap();
}

async fn a_commit_that_fails_is_told_to_every_caller(world: World) {
    if world.kind == Kind::Postgres {
        return; // The schema has no deferrable constraint there, and no commit is shared.
    }
    let db = &world.app.db;
    let (gate, hold) = gate();
    let gate = Arc::new(gate);
    let first = actix_web::rt::spawn({
        let db = db.clone();
        async move { db.write(hold).await }
    });
    gate.reached().await;
    let mate = write(db, "mate");
    let breaking = actix_web::rt::spawn({
        let db = db.clone();
        async move {
            db.write(|c| {
                // A foreign key that is checked at COMMIT only.
                c.batch_execute("PRAGMA defer_foreign_keys=ON")?;
                c.batch_execute("INSERT INTO ratings (case_id, grade, at) VALUES (x'00', 1, 1)")?;
                Ok(())
            })
            .await
        }
    });
    settle().await;
    gate.open();
    first.await.unwrap().unwrap();
    for refused in [mate.await.unwrap(), breaking.await.unwrap()] {
        assert_eq!(refused.unwrap_err().code().number, code::STORAGE.number);
    }
    assert!(!stands(db, "mate").await);
    write(db, "next").await.unwrap().unwrap();
}

async fn a_full_queue_is_503_with_the_time_to_wait(world: World) {
    let db = world.another_database(Bounds { write_queue: 2, connections: 2, ..Bounds::default() });
    let (gates, jobs): (Vec<_>, Vec<_>) = (0..2).map(|_| gate()).unzip();
    let gates: Vec<Arc<Gate>> = gates.into_iter().map(Arc::new).collect();
    // SQLite has one writer, PostgreSQL here two connections: hold all of them.
    let held = if world.kind == Kind::Sqlite { 1 } else { 2 };
    let mut running = Vec::new();
    for (job, gate) in jobs.into_iter().zip(&gates).take(held) {
        let db = db.clone();
        running.push(actix_web::rt::spawn(async move { db.write(job).await }));
        gate.reached().await;
    }
    let waiting = [write(&db, "one"), write(&db, "two")];
    settle().await;
    assert_eq!(db.waiting_writes(), 2);
    let refused = write(&db, "three").await.unwrap().unwrap_err();
    assert_eq!(refused.code().number, code::BUSY.number);
    let answer = refused.error_response();
    assert_eq!(answer.status().as_u16(), 503);
    assert_eq!(answer.headers().get("retry-after").unwrap(), "1");
    gates.iter().take(held).for_each(|gate| gate.open());
    for job in running.into_iter().chain(waiting) {
        job.await.unwrap().unwrap();
    }
    assert!(stands(&db, "two").await && !stands(&db, "three").await);
}

async fn parallel_changes_of_one_row_are_all_kept(world: World) {
    let db = &world.app.db;
    let add = || {
        let db = db.clone();
        actix_web::rt::spawn(async move {
            db.write(|c| {
                let before: i64 = facts::get(c, "counter")?.and_then(|n| n.parse().ok()).unwrap_or(0);
                facts::set(c, "counter", &(before + 1).to_string())
            })
            .await
        })
    };
    let all: Vec<_> = (0..50).map(|_| add()).collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    assert_eq!(db.read(|c| facts::get(c, "counter")).await.unwrap().unwrap(), "50");
}

async fn a_read_cannot_write(world: World) {
    let db = &world.app.db;
    assert!(db.read(|c| facts::set(c, "by a read", "x")).await.is_err());
    let panicked: Result<()> = db.read(|_| panic!("a read of a test panics on purpose")).await;
    assert_eq!(panicked.unwrap_err().code().number, code::INTERNAL.number);
    for _ in 0..20 {
        assert!(!stands(db, "by a read").await);
    }
}

async fn a_closed_database_has_kept_what_it_accepted(world: World) {
    let db = world.another_database(Bounds::default());
    let many: Vec<_> = (0..20).map(|_| write(&db, "kept")).collect();
    settle().await;
    let closing = db.clone();
    tokio::task::spawn_blocking(move || closing.close()).await.unwrap();
    for one in many {
        one.await.unwrap().unwrap();
    }
    assert!(stands(&db, "kept").await);
    if world.kind == Kind::Sqlite {
        assert_eq!(write(&db, "late").await.unwrap().unwrap_err().code().status, 503);
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

async fn rows(db: &Db, sql: &'static str) -> Vec<String> {
    let read = db.read(move |c| match c {
        AnyConn::Sqlite(c) => Ok(diesel::sql_query(sql).load::<Row>(c)?),
        AnyConn::Postgres(c) => Ok(diesel::sql_query(sql).load::<Row>(c)?),
    });
    read.await.unwrap().into_iter().map(|row| row.text).collect()
}

async fn sqlite_is_built_as_it_must_be(world: World) {
    if world.kind == Kind::Postgres {
        return;
    }
    let db = &world.app.db;
    let options = "SELECT CAST(sqlite_compileoption_used('ENABLE_QPSG') AS TEXT) AS text";
    assert_eq!(rows(db, options).await, ["1"], "built without .cargo/config.toml: bound values would recompile statements");
    let version = rows(db, "SELECT sqlite_version() AS text").await.remove(0);
    let parts: Vec<u32> = version.split('.').map(|p| p.parse().unwrap()).collect();
    assert!(parts.as_slice() >= [3, 51, 3].as_slice(), "{version} may corrupt a WAL database");
    for (pragma, wanted) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("query_only", "1")] {
        let sql: &'static str = format!("SELECT CAST({pragma} AS TEXT) AS text FROM pragma_{pragma}").leak();
        assert_eq!(rows(db, sql).await, [wanted], "{pragma}");
    }
}

/// `table column type nullable` of both, and their named indexes.
async fn both_databases_have_the_same_tables_columns_and_indexes(world: World) {
    if world.kind == Kind::Postgres || !grounds::postgres_is_here() {
        return; // One comparison is enough.
    }
    let folder = tempfile::tempdir().unwrap();
    let other = Db::open(&grounds::fresh_database(Kind::Postgres, folder.path()), Bounds::default()).unwrap();
    let sqlite = "SELECT lower(m.name || ' ' || c.name || ' ' || replace(c.type, 'BLOB', 'BYTEA') || ' ' || \
        CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'not null' ELSE 'null' END) AS text \
        FROM sqlite_master m, pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY 1";
    let postgres = "SELECT lower(table_name || ' ' || column_name || ' ' || data_type || ' ' || \
        CASE WHEN is_nullable = 'NO' THEN 'not null' ELSE 'null' END) AS text FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' \
        AND table_name NOT IN (SELECT table_name FROM information_schema.views WHERE table_schema = 'public') ORDER BY 1";
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let here = sorted(rows(&world.app.db, sqlite).await);
    let there = sorted(rows(&other, postgres).await);
    assert!(!here.is_empty());
    assert_eq!(here, there, "migrations/sqlite and migrations/postgres make different columns");
    let sqlite = "SELECT m.name || ' ' || c.name AS text FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'view'";
    let postgres = "SELECT c.table_name || ' ' || c.column_name AS text FROM information_schema.columns c \
        JOIN information_schema.views v ON v.table_schema = c.table_schema AND v.table_name = c.table_name \
        WHERE c.table_schema = 'public'";
    let here = sorted(rows(&world.app.db, sqlite).await);
    let there = sorted(rows(&other, postgres).await);
    assert!(!here.is_empty());
    assert_eq!(here, there, "migrations/sqlite and migrations/postgres make different views");
    let sqlite = "SELECT name || ' on ' || tbl_name AS text FROM sqlite_master \
        WHERE type = 'index' AND name NOT LIKE 'sqlite%' ORDER BY 1";
    let postgres = "SELECT indexname || ' on ' || tablename AS text FROM pg_indexes \
        WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' ORDER BY 1";
    let here = sorted(rows(&world.app.db, sqlite).await);
    let there = sorted(rows(&other, postgres).await);
    assert_eq!(here, there, "migrations/sqlite and migrations/postgres make different indexes");
}
