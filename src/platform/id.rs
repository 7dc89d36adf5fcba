//! Identifiers: UUIDv7, opaque strings to clients, sixteen bytes in the database.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Binary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Identifier of anything that is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Binary)]
#[serde(transparent)]
#[schema(value_type = String, format = "uuid", example = "019a8f2e-5b7c-7d10-8a44-3f1f0f6b2c11")]
pub struct Id(Uuid);

impl Id {
    /// A new identifier of this moment; ids made later sort later.
    pub fn at(epoch_ms: i64) -> Id {
        let ms = u64::try_from(epoch_ms).unwrap_or(0);
        let (s, rest) = (ms / 1000, u32::try_from((ms % 1000).saturating_mul(1_000_000)).unwrap_or(0));
        Id(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, s, rest)))
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Id {
        Id(Uuid::from_bytes(bytes))
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    pub fn uuid(&self) -> Uuid {
        self.0
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(s: &str) -> Result<Id, uuid::Error> {
        Uuid::from_str(s).map(Id)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<DB: diesel::backend::Backend> ToSql<Binary, DB> for Id
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_bytes().as_slice().to_sql(out)
    }
}

impl<DB: diesel::backend::Backend> FromSql<Binary, DB> for Id
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Id> {
        let bytes = Vec::<u8>::from_sql(bytes)?;
        Ok(Id(Uuid::from_slice(&bytes)?))
    }
}
