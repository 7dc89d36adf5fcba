//! One connection type over both databases. It stands alone: the derive uses everything around it.

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    Sqlite(diesel::SqliteConnection),
    Postgres(diesel::PgConnection),
}
