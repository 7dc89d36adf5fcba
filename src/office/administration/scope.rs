//! What lies in an administrator's areas: as a check in memory, and as a condition on a column.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, Text};

use super::codes;
use crate::office::accounts::guards::Worker;
use crate::office::policy::areas;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;

/// The areas that this administrator has.
pub fn areas(admin: &Worker) -> Vec<AreaCode> {
    admin.posts_of(Role::Administrator).map(|p| p.area).collect()
}

/// 10006 unless the area lies in the administrator's own.
pub fn within(admin: &Worker, area: &AreaCode) -> Result<()> {
    if admin.covers(Role::Administrator, area) { Ok(()) } else { Err(Error::not_found()) }
}

/// 27004 unless every county on record lies in the administrator's areas.
///
/// # Errors
/// 27004.
pub fn whole_installation(c: &mut AnyConn, admin: &Worker) -> Result<()> {
    let all = areas::counties(c)?.iter().all(|county| admin.covers(Role::Administrator, county));
    if all { Ok(()) } else { Err(Error::new(&codes::NOT_WHOLE)) }
}

/// The narrowest area that holds all of these; none when nothing does.
pub fn around<'a>(areas: impl IntoIterator<Item = &'a AreaCode>) -> Option<AreaCode> {
    let mut areas = areas.into_iter();
    let first = *areas.next()?;
    areas.try_fold(first, |held, area| std::iter::once(held).chain(held.ancestors()).find(|wider| wider.contains(area)))
}

/// The condition that an area column lies in one of these areas. Of its own kind, because a boxed condition of both
/// databases cannot stand in a sub-query.
pub struct LiesIn<C> {
    column: C,
    /// First and last code of each area.
    bounds: Vec<(AreaCode, AreaCode)>,
}

/// See [`LiesIn`].
pub fn lies_in<C>(column: C, areas: &[AreaCode]) -> LiesIn<C> {
    LiesIn { column, bounds: areas.iter().map(AreaCode::bounds).collect() }
}

impl<C> Expression for LiesIn<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for LiesIn<C> {}

impl<C: SelectableExpression<QS>, QS> SelectableExpression<QS> for LiesIn<C> {}

impl<C, GB> ValidGrouping<GB> for LiesIn<C> {
    type IsAggregate = is_aggregate::No;
}

impl<C> QueryId for LiesIn<C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, DB> QueryFragment<DB> for LiesIn<C>
where
    DB: Backend,
    C: QueryFragment<DB>,
    AreaCode: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Without an area the condition is false for every row.
        out.push_sql("(1 = 0");
        for (first, last) in &self.bounds {
            out.push_sql(" OR ");
            self.column.walk_ast(out.reborrow())?;
            out.push_sql(" BETWEEN ");
            out.push_bind_param::<Text, _>(first)?;
            out.push_sql(" AND ");
            out.push_bind_param::<Text, _>(last)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_area_around_a_move_holds_both_ends() {
        let area = |code: &str| AreaCode::parse(code).unwrap();
        let town = area("990101100000");
        let village = area("990101101200");
        let county = area("990101000000");
        assert_eq!(around([&town, &village]), Some(county));
        assert_eq!(around([&town, &town]), Some(town));
        assert_eq!(around([&county, &town]), Some(county));
        assert_eq!(around([&town, &area("110105001000")]), None);
        assert_eq!(around([]), None);
    }
}
