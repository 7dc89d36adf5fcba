//! Grades by service and month, and the work orders that bad ones opened.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{month_of, report_ratings, report_tickets};
use super::scope::{percent, service};
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{Period, Scope};
use crate::office::tickets::Kind;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::sheets::{Cell, Table};

/// What applicants thought of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Satisfaction {
    pub period: Period,
    /// By service and month, of the day of the rating; months without a rating are left out.
    pub rows: Vec<SatisfactionRow>,
    pub work_orders: Vec<WorkOrders>,
}

/// Grades of one service in one month.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SatisfactionRow {
    pub service: Labelled,
    #[schema(example = "2026-03")]
    pub month: String,
    pub total: i64,
    pub very_good: i64,
    pub good: i64,
    pub fair: i64,
    pub poor: i64,
    pub very_poor: i64,
    /// Poor and very poor of all, one decimal.
    #[schema(example = 2.5)]
    pub poor_percent: Option<f64>,
}

/// Work orders of bad ratings of one service, opened in the period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkOrders {
    pub service: Labelled,
    pub opened: i64,
    /// Of these, not closed yet.
    pub open: i64,
}

/// Counts them: three grouped queries.
pub fn count(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Satisfaction> {
    use report_ratings as r;
    let (from, to) = scope.moments();
    let by = (r::service, r::day, r::grade);
    let grades = r::table.group_by(by).select((r::service, r::day, r::grade, diesel::dsl::count_star()));
    let grades = within!(grades, r, scope).filter(r::at.between(from, to)).order(by);
    let grades: Vec<(String, i64, i64, i64)> = grades.load(c)?;
    // Ratings by points, 1 (very poor) to 5 (very good).
    let mut found: BTreeMap<(String, String), BTreeMap<i64, i64>> = BTreeMap::new();
    for (code, day, points, n) in grades {
        let count = found.entry((code, month_of(day))).or_default().entry(points).or_default();
        *count = count.saturating_add(n);
    }
    let row = |((code, month), points): ((String, String), BTreeMap<i64, i64>)| {
        let of = |p: i64| points.get(&p).copied().unwrap_or(0);
        let total = points.values().sum();
        let bad = of(2).saturating_add(of(1));
        let very_good = of(5);
        let good = of(4);
        let fair = of(3);
        let poor = of(2);
        let very_poor = of(1);
        let service = service(office, &code)?;
        let poor_percent = percent(bad, total);
        Ok(SatisfactionRow { service, month, total, very_good, good, fair, poor, very_poor, poor_percent })
    };
    let rows = found.into_iter().map(row).collect::<Result<_>>()?;
    Ok(Satisfaction { period: scope.period, rows, work_orders: work_orders(c, office, scope)? })
}

fn work_orders(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Vec<WorkOrders>> {
    use report_tickets as t;
    let (from, to) = scope.moments();
    let tickets = || t::table.group_by(t::service).select((t::service, diesel::dsl::count_star()));
    let opened = within!(tickets(), t, scope).filter(t::kind.eq(Kind::BadRating)).filter(t::created_at.between(from, to));
    let opened: Vec<(String, i64)> = opened.order(t::service).load(c)?;
    let open = within!(tickets(), t, scope).filter(t::kind.eq(Kind::BadRating)).filter(t::created_at.between(from, to));
    let open: Vec<(String, i64)> = open.filter(t::ended_at.is_null()).order(t::service).load(c)?;
    let row = |(code, opened): (String, i64)| {
        let open = open.iter().find(|(other, _)| *other == code).map_or(0, |(_, n)| *n);
        Ok(WorkOrders { service: service(office, &code)?, opened, open })
    };
    opened.into_iter().map(row).collect()
}

impl Satisfaction {
    pub fn tables(&self) -> Vec<Table> {
        let line = |r: &SatisfactionRow| {
            let mut cells = vec![Cell::text(&r.service.label), Cell::text(&r.month)];
            cells.extend([r.total, r.very_good, r.good, r.fair, r.poor, r.very_poor].map(Cell::Number));
            cells.push(Cell::Share(r.poor_percent));
            cells
        };
        let order = |w: &WorkOrders| vec![Cell::text(&w.service.label), Cell::Number(w.opened), Cell::Number(w.open)];
        let head = vec!["事项", "月份", "评价数", "非常满意", "满意", "基本满意", "不满意", "非常不满意", "差评比例（%）"];
        let orders = vec!["事项", "差评整改件数", "还没有办完"];
        vec![
            Table { name: "满意度", head, rows: self.rows.iter().map(line).collect() },
            Table { name: "差评整改", head: orders, rows: self.work_orders.iter().map(order).collect() },
        ]
    }
}
