//! The schema's versions: the same names in both folders, brought up to date at start or by `migrate`.

use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConn, Db};
use crate::platform::error::{Error, Result};

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
        let applied = match c {
            AnyConn::Sqlite(c) => c.applied_migrations(),
            AnyConn::Postgres(c) => c.applied_migrations(),
        };
        let applied: Vec<String> = applied.map_err(Error::internal)?.into_iter().map(|v| v.to_string()).collect();
        let missing = known.iter().filter(|v| !applied.contains(v)).cloned().collect();
        let unknown = applied.into_iter().filter(|v| !known.contains(v)).collect();
        Ok((missing, unknown))
    })
    .await
}

fn known() -> Result<Vec<String>> {
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map_err(Error::internal)?;
    Ok(all.iter().map(|m| m.name().version().to_string()).collect())
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.into_iter().map(|v| v.to_string()).collect()
}
