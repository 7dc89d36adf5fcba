//! Access to the database: `read` and `write` run the same closures on SQLite and PostgreSQL.
//!
//! A closure owns what it needs, does nothing outside the database and may run twice.

pub mod conn;
pub mod columns;
pub mod migrate;
mod postgres;
pub mod query;
mod sqlite;

use std::any::Any;
use std::sync::Arc;

pub use conn::{AnyConn, MultiBackend};

use diesel::Connection;

use super::code;
use super::error::{Error, Result};

/// Runs one item of many in a savepoint of its own. A refusal undoes what the item began and is handed back, to be told; a
/// fault of ours, or a lost race, undoes all.
///
/// # Errors
/// Those that are no refusal: 5xx, and what wants another run.
pub fn apart<T>(c: &mut AnyConn, item: impl FnOnce(&mut AnyConn) -> Result<T>) -> Result<Result<T>> {
    match c.transaction(item) {
        Err(e) if e.wants_another_run() || e.code().status >= 500 => Err(e),
        done => Ok(done),
    }
}

/// How much may wait before callers are told to come back.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Writes waiting for the SQLite writer.
    pub write_queue: usize,
    /// Writes in one commit.
    pub batch: usize,
    /// Reads waiting for a connection.
    pub read_queue: usize,
    /// Connections: readers on SQLite, all on PostgreSQL.
    pub connections: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { write_queue: 1024, batch: 256, read_queue: 1024, connections: 8 }
    }
}

/// A database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Kind>);

enum Kind {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens `sqlite://PATH` or `postgres://…`; the scheme decides. Does not migrate.
    pub fn open(url: &str, bounds: Bounds) -> Result<Db> {
        let kind = if let Some(path) = url.strip_prefix("sqlite://") {
            Kind::Sqlite(sqlite::Sqlite::open(path, bounds)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Kind::Postgres(postgres::Postgres::open(url, bounds)?)
        } else {
            return Err(Error::internal("the database URL must begin with sqlite:// or postgres://"));
        };
        Ok(Db(Arc::new(kind)))
    }

    /// Runs a closure on one read-only snapshot.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut AnyConn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        unboxed(self.read_boxed(boxed(f)).await?)
    }

    /// Runs a closure in one transaction; answers after it is on disk.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut AnyConn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        unboxed(self.write_boxed(boxed(f)).await?)
    }

    async fn read_boxed(&self, work: Work) -> Result<Outcome> {
        match &*self.0 {
            Kind::Sqlite(db) => db.read(work).await,
            Kind::Postgres(db) => db.run(work, postgres::SNAPSHOT).await,
        }
    }

    async fn write_boxed(&self, work: Work) -> Result<Outcome> {
        match &*self.0 {
            Kind::Sqlite(db) => db.write(work).await,
            Kind::Postgres(db) => db.run(work, postgres::SERIALIZABLE).await,
        }
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        match &*self.0 {
            Kind::Sqlite(_) => "sqlite",
            Kind::Postgres(_) => "postgres",
        }
    }

    /// Writes that wait, for the metrics.
    pub fn waiting_writes(&self) -> usize {
        match &*self.0 {
            Kind::Sqlite(db) => db.waiting(),
            Kind::Postgres(db) => db.waiting(),
        }
    }

    /// Takes no more work, finishes what was accepted, and closes.
    pub fn close(&self) {
        if let Kind::Sqlite(db) = &*self.0 {
            db.close();
        }
    }
}

/// What a closure answers, without its type.
type Outcome = Box<dyn Any + Send>;

/// A closure without its types: queues, retries and savepoints are then compiled once, and not for each of the several
/// hundred closures of the program (half of the time of a release build).
type Work = Box<dyn Fn(&mut AnyConn) -> Result<Outcome> + Send>;

fn boxed<T, F>(f: F) -> Work
where
    F: Fn(&mut AnyConn) -> Result<T> + Send + 'static,
    T: Send + 'static,
{
    Box::new(move |c| f(c).map(|value| Box::new(value) as Outcome))
}

fn unboxed<T: 'static>(outcome: Outcome) -> Result<T> {
    outcome.downcast().map(|value| *value).map_err(|_| Error::internal("a closure answered another type than it has"))
}

/// The answer when a queue is full.
pub(crate) fn busy() -> Error {
    Error::new(&code::BUSY).retry_after(1)
}
