//! What diesel lacks for queries that run on two databases: upserts, and a literal LIMIT.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::internal::table_macro::{BoxedSelectStatement, FromClause};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::sqlite::Sqlite;

use super::conn::{AnyConn, MultiBackend};

/// A boxed query over both databases, by its table, what it selects and how it groups: for a function that puts the same
/// conditions on a list and on its counts. diesel has no other public name for it than the one that its `table!` uses.
pub type Boxed<'a, Table, Selected, Grouped> = BoxedSelectStatement<'a, Selected, FromClause<Table>, MultiBackend, Grouped>;

/// Lifts a query that both databases render to the common back end.
pub struct Both<Q>(Q);

/// `both(insert_into(t).values(v).on_conflict(k).do_nothing()).execute(conn)`.
pub fn both<Q>(query: Q) -> Both<Q> {
    Both(query)
}

impl<Q> QueryFragment<MultiBackend> for Both<Q>
where
    Q: QueryFragment<Sqlite> + QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: QueryId> QueryId for Both<Q> {
    type QueryId = Both<Q::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Both<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<AnyConn> for Both<Q> {}

/// A literal LIMIT: SQLite plans a bound one anew on each run.
pub struct Limit<const N: u32, Q>(pub Q);

impl<const N: u32, Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Limit<N, Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&N.to_string());
        Ok(())
    }
}

impl<const N: u32, Q: QueryId> QueryId for Limit<N, Q> {
    type QueryId = Limit<N, Q::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<const N: u32, Q: Query> Query for Limit<N, Q> {
    type SqlType = Q::SqlType;
}

impl<const N: u32, Q, C> RunQueryDsl<C> for Limit<N, Q> {}
