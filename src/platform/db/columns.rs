//! How coded enums stand in TEXT columns.

use crate::rules::lifecycle::{Action, Desk, Role, State};

/// Lets a coded enum be read from and bound to a TEXT column on both databases.
#[macro_export]
macro_rules! text_columns {
    ($($t:ty),+ $(,)?) => { $(
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql, Queryable};
            use diesel::expression::AsExpression;
            use diesel::internal::derives::as_expression::Bound;
            use diesel::serialize::{self, Output, ToSql};
            use diesel::sql_types::{Nullable, Text};

            impl AsExpression<Text> for $t {
                type Expression = Bound<Text, $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl<'e> AsExpression<Text> for &'e $t {
                type Expression = Bound<Text, &'e $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl AsExpression<Nullable<Text>> for $t {
                type Expression = Bound<Nullable<Text>, $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl<'e> AsExpression<Nullable<Text>> for &'e $t {
                type Expression = Bound<Nullable<Text>, &'e $t>;
                fn as_expression(self) -> Self::Expression { Bound::new(self) }
            }
            impl<DB: Backend> ToSql<Text, DB> for $t where str: ToSql<Text, DB> {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <str as ToSql<Text, DB>>::to_sql(self.code(), out)
                }
            }
            impl<DB: Backend> ToSql<Nullable<Text>, DB> for $t where str: ToSql<Text, DB> {
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
            impl<DB: Backend> Queryable<Text, DB> for $t where $t: FromSql<Text, DB> {
                type Row = Self;
                fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
            }
        };
    )+ };
}

text_columns!(State, Action, Role, Desk);
