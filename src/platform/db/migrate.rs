//! The schema's versions: the same names in both folders, brought up to date at start or by `migrate`.

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConn, Db};
use crate::platform::error::{Error, Result};

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Applies what is missing, in one transaction each; answers the versions applied.
pub async fn up(db: &Db) -> Result<Vec<String>> {
    db.write(|c| {
        let ran = match c {
            AnyConn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(names),
            AnyConn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(names),
        };
        ran.map_err(|e| Error::internal(format!("migration failed: {e}")))
    })
    .await
}

/// Versions that are not applied yet, and versions applied that this binary does not know.
pub async fn state(db: &Db) -> Result<(Vec<String>, Vec<String>)> {
    let known = known()?;
    db.read(move |c| {
        // Not `applied_migrations`: it would create the table, and this connection may only read.
        use __diesel_schema_migrations::dsl as m;
        let applied: Vec<String> = match m::__diesel_schema_migrations.select(m::version).order(m::version).load(c) {
            Ok(applied) => applied,
            Err(diesel::result::Error::DatabaseError(_, info)) if none_yet(info.message()) => Vec::new(),
            Err(e) => return Err(e.into()),
        };
        let missing = known.iter().filter(|v| !applied.contains(v)).cloned().collect();
        let unknown = applied.into_iter().filter(|v| !known.contains(v)).collect();
        Ok((missing, unknown))
    })
    .await
}

fn none_yet(message: &str) -> bool {
    message.contains("no such table") || message.contains("__diesel_schema_migrations\" does not exist")
}

fn known() -> Result<Vec<String>> {
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map_err(Error::internal)?;
    Ok(all.iter().map(|m| m.name().version().to_string()).collect())
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.into_iter().map(|v| v.to_string()).collect()
}
