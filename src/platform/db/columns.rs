//! How the types of the rules stand in columns of both databases: coded enums and areas as TEXT, moments, versions and sums
//! of money as BIGINT, days as TEXT.

use chrono::NaiveDate;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Text};

use super::conn::MultiBackend;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::{Action, Desk, Role, State};
use crate::rules::moments::Moment;
use crate::rules::money::Fen;
use crate::rules::versions::Version;

/// Lets a type that has `ToSql` and `FromSql` for a column be bound to it, also where the column may be NULL.
#[macro_export]
macro_rules! column_values {
    ($sql:ident: $($t:ty),+ $(,)?) => { $(
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql, Queryable};
            use diesel::expression::AsExpression;
            use diesel::internal::derives::as_expression::Bound;
            use diesel::serialize::{self, Output, ToSql};
            use diesel::sql_types::{Nullable, $sql};

            impl AsExpression<$sql> for $t {
                type Expression = Bound<$sql, $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl<'e> AsExpression<$sql> for &'e $t {
                type Expression = Bound<$sql, &'e $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl AsExpression<Nullable<$sql>> for $t {
                type Expression = Bound<Nullable<$sql>, $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl<'e> AsExpression<Nullable<$sql>> for &'e $t {
                type Expression = Bound<Nullable<$sql>, &'e $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl<DB: Backend> ToSql<Nullable<$sql>, DB> for $t where $t: ToSql<$sql, DB> {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <$t as ToSql<$sql, DB>>::to_sql(self, out)
                }
            }
            impl<DB: Backend> Queryable<$sql, DB> for $t where $t: FromSql<$sql, DB> {
                type Row = Self;
                fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
            }
        };
    )+ };
}

/// Lets a coded enum be read from and bound to a TEXT column.
#[macro_export]
macro_rules! text_columns {
    ($($t:ty),+ $(,)?) => {
        $crate::column_values!(Text: $($t),+);
        $(const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql};
            use diesel::serialize::{self, Output, ToSql};
            use diesel::sql_types::Text;

            impl<DB: Backend> ToSql<Text, DB> for $t where str: ToSql<Text, DB> {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <str as ToSql<Text, DB>>::to_sql(self.code(), out)
                }
            }
            impl<DB: Backend> FromSql<Text, DB> for $t where String: FromSql<Text, DB> {
                fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    let text = String::from_sql(bytes)?;
                    <$t>::from_code(&text).ok_or_else(|| format!("unknown code {text}").into())
                }
            }
        };)+
    };
}

text_columns!(State, Action, Role, Desk);

/// Lets a number with a type of its own be read from and bound to a BIGINT column.
macro_rules! number_columns {
    ($($t:ident),+ $(,)?) => {
        $crate::column_values!(BigInt: $($t),+);
        $(
            impl<DB: Backend> ToSql<BigInt, DB> for $t where i64: ToSql<BigInt, DB> {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <i64 as ToSql<BigInt, DB>>::to_sql(&self.0, out)
                }
            }
            impl<DB: Backend> FromSql<BigInt, DB> for $t where i64: FromSql<BigInt, DB> {
                fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    i64::from_sql(bytes).map($t)
                }
            }
        )+
    };
}

number_columns!(Moment, Version, Fen);

column_values!(Text: AreaCode);

impl<DB: Backend> ToSql<Text, DB> for AreaCode
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(self.as_str(), out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for AreaCode
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<AreaCode> {
        AreaCode::parse(&String::from_sql(bytes)?).map_err(|e| format!("stored area: {e}").into())
    }
}

column_values!(Text: StoredDay);

/// A day as it stands in a TEXT column, `YYYY-MM-DD`. It keeps the text beside the day: what is bound over both databases must
/// be lent, not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredDay {
    day: NaiveDate,
    text: [u8; 10],
}

impl From<NaiveDate> for StoredDay {
    /// A year of more than four digits has no such text; the last day that has one stands for it.
    fn from(day: NaiveDate) -> StoredDay {
        let text = day.to_string();
        StoredDay { day, text: text.as_bytes().try_into().unwrap_or(*b"9999-12-31") }
    }
}

impl From<StoredDay> for NaiveDate {
    fn from(stored: StoredDay) -> NaiveDate {
        stored.day
    }
}

impl std::ops::Deref for StoredDay {
    type Target = NaiveDate;

    fn deref(&self) -> &NaiveDate {
        &self.day
    }
}

impl<DB: Backend> ToSql<Text, DB> for StoredDay
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(std::str::from_utf8(&self.text)?, out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for StoredDay
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<StoredDay> {
        let day: NaiveDate = String::from_sql(bytes)?.parse().map_err(|e| format!("stored day: {e}"))?;
        Ok(StoredDay::from(day))
    }
}

/// A day that is only read.
impl FromSql<Text, MultiBackend> for NaiveDate {
    fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<NaiveDate> {
        <StoredDay as FromSql<Text, MultiBackend>>::from_sql(bytes).map(NaiveDate::from)
    }
}

impl Queryable<Text, MultiBackend> for NaiveDate {
    type Row = NaiveDate;

    fn build(row: NaiveDate) -> deserialize::Result<NaiveDate> {
        Ok(row)
    }
}
