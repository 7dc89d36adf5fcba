//! Identifiers: UUIDv7, opaque strings to clients, sixteen bytes in the database.

use crate::rules::moments::Moment;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// Of the 74 bits beside the moment; the other 32 stay random.
const COUNTER_BITS: u8 = 42;
/// Starts at a random number, so that two instances do not count in step.
static MADE: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(Uuid::new_v4().as_u64_pair().0));

impl Id {
    /// A new identifier of this moment; ids that one process makes later sort later, within a millisecond too: two
    /// events of one write are told in their order.
    pub fn at(now: Moment) -> Id {
        let ms = u64::try_from(now.ms()).unwrap_or(0);
        let s = ms / 1000;
        let rest = u32::try_from((ms % 1000).saturating_mul(1_000_000)).unwrap_or(0);
        let made = u128::from(MADE.fetch_add(1, Ordering::Relaxed)) & ((1 << COUNTER_BITS) - 1);
        Id(Uuid::new_v7(uuid::Timestamp::from_unix_time(s, rest, made, COUNTER_BITS)))
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

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_sort_as_they_were_made() {
        let ids: Vec<Id> = (0..1000).map(|_| Id::at(Moment::of_ms(1_773_104_400_000))).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.as_bytes()[..6] == ids[0].as_bytes()[..6] && id.uuid().get_version_num() == 7));
    }
}
