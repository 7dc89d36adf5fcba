//! How a case came in, what happened to it when, and what keeps it.

use diesel::prelude::*;

use super::table::cases;
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

coded_enum! {
    /// Where an application was filled in.
    pub enum FiledAt {
        Phone = "phone", "手机";
        Counter = "counter", "窗口";
        HomeVisit = "home_visit", "上门";
    }
}

crate::text_columns!(FiledAt);

/// Who applies, and how it came in.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Filing {
    /// The resident who applies; none when a worker filed it at the counter.
    pub applicant_id: Option<Id>,
    pub filed_by: Option<Id>,
    #[diesel(column_name = channel)]
    pub at: FiledAt,
    /// When the applicant handed it to the worker who entered it.
    pub handed_over_at: Option<Moment>,
}

/// When what happened to a case.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Course {
    pub created_at: Moment,
    pub submitted_at: Option<Moment>,
    pub state_since: Moment,
    pub ended_at: Option<Moment>,
    /// When the applicant last asked to hurry.
    pub urged_at: Option<Moment>,
    /// Reminders sent about the open correction.
    pub reminders: i64,
    /// The case that goes on in its stead.
    pub merged_into: Option<Id>,
}

impl Course {
    /// It begins now.
    pub fn begun(now: Moment) -> Course {
        Course {
            created_at: now,
            submitted_at: None,
            state_since: now,
            ended_at: None,
            urged_at: None,
            reminders: 0,
            merged_into: None,
        }
    }
}

/// What keeps a case: its own key, and the head of its history.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Keeping {
    /// Unique among live cases; none of an ended one.
    pub live_key: Option<String>,
    pub data_key: Vec<u8>,
    pub head: Vec<u8>,
    pub events: i64,
}
