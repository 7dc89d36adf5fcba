//! One connection type over both databases. In a module of its own, because the derive imports everything around it.

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    Sqlite(diesel::SqliteConnection),
    Postgres(diesel::PgConnection),
}
