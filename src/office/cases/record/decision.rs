//! What was decided last, and where the case was before it, so that whoever took the decision can take it back.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use super::limits::{Limit, Total};
use super::place::Place;
use super::table::cases;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;

/// What was decided last, and what may follow from it.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Decision {
    /// The worker whose last decision nobody has acted on yet.
    #[diesel(column_name = decided_by)]
    pub by: Option<Id>,
    /// Where the case was before it.
    pub prior: Option<Prior>,
    /// Who refused it; an appeal is decided by somebody else.
    pub refused_by: Option<Id>,
    pub appealed_at: Option<Moment>,
}

impl Decision {
    /// A worker decides: where the case was is kept.
    ///
    /// # Errors
    /// 50000 when it cannot be written.
    pub fn remember(&mut self, worker: Id, before: Before) -> Result<()> {
        self.by = Some(worker);
        self.prior = Some(Prior::of(before)?);
        Ok(())
    }

    /// Somebody acted on the decision: it cannot be taken back any more.
    pub fn settle(&mut self) {
        self.by = None;
        self.prior = None;
    }
}

/// What a decision changes of a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Before {
    pub state: State,
    pub state_since: Moment,
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub limit: Limit,
    #[serde(flatten)]
    pub total: Total,
}

/// A case before a decision, with its JSON beside the values: binding for both databases needs a reference to text that the
/// value owns.
#[derive(Clone, Debug)]
pub struct Prior {
    before: Box<Before>,
    json: String,
}

impl Prior {
    /// Kept to be put back.
    ///
    /// # Errors
    /// 50000 when it cannot be written.
    pub fn of(before: Before) -> Result<Prior> {
        let json = serde_json::to_string(&before).map_err(Error::internal)?;
        Ok(Prior { before: Box::new(before), json })
    }

    /// What the case was.
    pub fn into_before(self) -> Before {
        *self.before
    }
}

crate::column_values!(Text: Prior);

impl<DB: Backend> ToSql<Text, DB> for Prior
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(&self.json, out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Prior
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Prior> {
        let json = String::from_sql(bytes)?;
        let before = serde_json::from_str(&json).map_err(|e| format!("stored prior: {e}"))?;
        Ok(Prior { before: Box::new(before), json })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::lifecycle::Desk;

    #[test]
    fn what_was_kept_before_the_groups_reads_the_same() {
        let kept = r#"{"state":"in_review","chain_at":1,"desk":"county","desk_area":"990101000000","desk_point":null,
            "resume_state":null,"state_since":1,"due_at":2,"risk_at":null,"clock_from":3,"clock_days":5,"days_left":null,
            "total_from":null,"total_days":20,"total_left":7,"total_due_at":null,"alarm_at":4}"#;
        let before: Before = serde_json::from_str(kept).unwrap();
        assert_eq!((before.state, before.place.desk, before.place.chain_at), (State::InReview, Some(Desk::County), 1));
        assert_eq!((before.limit.from, before.limit.days), (Some(Moment::of_ms(3)), Some(5)));
        assert_eq!((before.total.days, before.total.left), (Some(20), Some(7)));
        let again = Prior::of(before).unwrap();
        let stored: serde_json::Value = serde_json::from_str(kept).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&again.json).unwrap(), stored);
    }
}
