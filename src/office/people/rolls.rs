//! Who holds a certificate: counts and lists from one query definition, so that they can never disagree.

use chrono::NaiveDate;
use diesel::dsl::{InnerJoinQuerySource, count_star};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::persons::{PersonRef, REF, RefRow, county_of, persons, reference};
use super::register::{Card, CardRow, CertificateStatus, card, certificates};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::certificate::{Category, Level};

diesel::joinable!(certificates -> persons (person_id));
diesel::allow_tables_to_appear_in_same_query!(certificates, persons);

type Rows = InnerJoinQuerySource<certificates::table, persons::table>;
type Condition = Box<dyn BoxableExpression<Rows, MultiBackend, SqlType = Bool>>;

/// Which cards are meant.
#[derive(Clone, Debug)]
pub struct Roll {
    /// The areas of which one must hold the person's home; none means nobody.
    pub areas: Vec<AreaCode>,
    pub status: CertificateStatus,
    pub category: Option<Category>,
    pub level: Option<Level>,
    pub severe: Option<bool>,
    /// Cards whose last valid day is this one or earlier.
    pub expires_until: Option<NaiveDate>,
}

impl Roll {
    /// The holders of an area: whose card is valid in the register.
    pub fn holders(areas: Vec<AreaCode>) -> Roll {
        let status = CertificateStatus::Valid;
        Roll { areas, status, category: None, level: None, severe: None, expires_until: None }
    }

    /// The one definition.
    fn condition(&self) -> Condition {
        let none: Condition = Box::new(certificates::status.ne(certificates::status));
        let mut all = self.areas.iter().map(within).fold(none, |any, one| Box::new(any.or(one)));
        all = Box::new(all.and(certificates::status.eq(self.status)));
        if let Some(category) = self.category {
            all = Box::new(all.and(certificates::category.eq(category)));
        }
        if let Some(level) = self.level {
            all = Box::new(all.and(certificates::level.eq(level)));
        }
        if let Some(severe) = self.severe {
            all = Box::new(all.and(certificates::severe.eq(severe)));
        }
        if let Some(day) = self.expires_until {
            all = Box::new(all.and(certificates::expires_on.le(day.to_string())));
        }
        all
    }
}

/// A card belongs to the county that issued it; within a county to where its holder lives.
fn within(area: &AreaCode) -> Condition {
    let (first, last) = county_of(area).bounds();
    if area.level() <= AreaLevel::County {
        return Box::new(certificates::county.between(first, last));
    }
    let (low, high) = area.bounds();
    Box::new(certificates::county.eq(first).and(persons::area.between(low, high)))
}

/// How many hold a certificate, in the cuts of the yearly report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    pub holders: i64,
    /// Levels 1 and 2 (重度).
    pub severe: i64,
    pub other: i64,
    /// Every category in the order of its digit.
    pub by_category: Vec<(Category, i64)>,
    /// What there are of category and level.
    groups: Vec<(Category, Level, i64)>,
}

impl Counts {
    /// How many hold this.
    pub fn of(&self, category: Category, level: Level) -> i64 {
        self.groups.iter().filter(|(k, l, _)| (*k, *l) == (category, level)).map(|(_, _, n)| n).sum()
    }
}

/// The holders of a county.
pub fn count_by(c: &mut AnyConn, county: &AreaCode) -> Result<Counts> {
    count(c, &Roll::holders(vec![*county]))
}

/// Counts what [`list`] lists.
pub fn count(c: &mut AnyConn, roll: &Roll) -> Result<Counts> {
    let cut = (certificates::category, certificates::level);
    let groups: Vec<(Category, Level, i64)> = certificates::table
        .inner_join(persons::table)
        .filter(roll.condition())
        .group_by(cut)
        .select((certificates::category, certificates::level, count_star()))
        .order(cut)
        .load(c)?;
    let sum = |wanted: &dyn Fn(Category, Level) -> bool| -> i64 {
        groups.iter().filter(|(category, level, _)| wanted(*category, *level)).map(|(_, _, n)| n).sum()
    };
    Ok(Counts {
        holders: sum(&|_, _| true),
        severe: sum(&|_, level| level.severe()),
        other: sum(&|_, level| !level.severe()),
        by_category: Category::ALL.iter().map(|k| (*k, sum(&|category, _| category == *k))).collect(),
        groups,
    })
}

/// One holder in a list.
#[derive(Clone, Debug)]
pub struct Holder {
    pub card: Card,
    pub person: PersonRef,
}

/// Where a page begins: after this last valid day and card.
pub type After = (NaiveDate, Id);

/// The cards of a roll, those that expire first before the others; at most `limit`.
pub fn list(c: &mut AnyConn, roll: &Roll, after: Option<After>, limit: i64) -> Result<Vec<Holder>> {
    use certificates::{expires_on, id};
    let mut condition = roll.condition();
    if let Some((day, card)) = after {
        let day = day.to_string();
        condition = Box::new(condition.and(expires_on.gt(day.clone()).or(expires_on.eq(day).and(id.gt(card)))));
    }
    let rows: Vec<(CardRow, RefRow)> = certificates::table
        .inner_join(persons::table)
        .filter(condition)
        .select((CardRow::as_select(), REF))
        .order((expires_on, id))
        .limit(limit)
        .load(c)?;
    rows.into_iter().map(|(k, p)| Ok(Holder { card: card(k)?, person: reference(p) })).collect()
}
