//! Which desk answers which kind of ticket, and in how many days: county data with shipped defaults, never edited in place.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::place::LADDER;
use super::ticket::Kind;
use crate::office::accounts::guards::Worker;
use crate::platform::db::AnyConn;
use crate::platform::error::{Current, Error, Faults, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::lifecycle::{Desk, Role};
use crate::rules::moments::Moment;

diesel::table! {
    ticket_terms (county, version) {
        county -> Text,
        version -> BigInt,
        body -> Text,
        changed_by -> Binary,
        changed_at -> BigInt,
    }
}

/// What a county decided about its tickets. Days are working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketTerms)]
pub struct Terms {
    /// Each kind once.
    #[validate(length(min = 5, max = 5, message = "五种反映都要有规定。"), nested)]
    #[schema(example = json!([{"kind":"unresolved","desk":"county","days":5},{"kind":"problem","desk":"county","days":15},
        {"kind":"bad_rating","desk":"county","days":15},{"kind":"phone_call","desk":"village","days":2},
        {"kind":"visit","desk":"village","days":5}]))]
    pub kinds: Vec<KindTerms>,
    /// Minutes that a claim keeps a ticket for one worker.
    #[validate(range(min = 5, max = 1440, message = "领取时间为 5 至 1440 分钟。"))]
    #[schema(example = 60)]
    pub claim_minutes: u32,
    /// Days in which a resident may say that an answer did not solve it; then the ticket closes.
    #[validate(range(min = 1, max = 60, message = "确认期限为 1 至 60 个工作日。"))]
    #[schema(example = 10)]
    pub confirm_days: u32,
    /// Days until the next attempt when nobody was reached.
    #[validate(range(min = 1, max = 30, message = "再次联系的间隔为 1 至 30 个工作日。"))]
    #[schema(example = 1)]
    pub retry_days: u32,
    /// A call that reached nobody so many times becomes a visit.
    #[validate(range(min = 1, max = 10, message = "联系次数为 1 至 10 次。"))]
    #[schema(example = 3)]
    pub tries: u32,
    /// Open tickets of one account at most.
    #[validate(range(min = 1, max = 100, message = "每人同时未办完的反映为 1 至 100 件。"))]
    #[schema(example = 10)]
    pub most_open: u32,
}

/// The desk (village, town or county) and the days of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketKindTerms)]
pub struct KindTerms {
    #[schema(inline, example = "problem")]
    pub kind: Kind,
    #[schema(inline, example = "county")]
    pub desk: Desk,
    #[validate(range(min = 1, max = 90, message = "办理期限为 1 至 90 个工作日。"))]
    #[schema(example = 15)]
    pub days: u32,
}

/// What the program ships: bad ratings are mended in 15 working days (national practice of 好差评); the others are
/// common practice, for the county to change.
const SHIPPED: [(Kind, Desk, u32); 5] = [
    (Kind::Unresolved, Desk::County, 5),
    (Kind::Problem, Desk::County, 15),
    (Kind::BadRating, Desk::County, 15),
    (Kind::PhoneCall, Desk::Village, 2),
    (Kind::Visit, Desk::Village, 5),
];

impl Terms {
    fn shipped() -> Terms {
        let kinds = SHIPPED.iter().map(|(kind, desk, days)| KindTerms { kind: *kind, desk: *desk, days: *days }).collect();
        Terms { kinds, claim_minutes: 60, confirm_days: 10, retry_days: 1, tries: 3, most_open: 10 }
    }

    /// The desk and the days of a kind.
    pub fn of_kind(&self, kind: Kind) -> Result<&KindTerms> {
        self.kinds.iter().find(|k| k.kind == kind).ok_or_else(|| Error::internal("ticket terms without a kind"))
    }

    /// Everything that keeps it from being stored, beyond the ranges: 10002.
    fn check(&self) -> Result<()> {
        let mut faults = Faults::new();
        for kind in Kind::ALL {
            if self.kinds.iter().filter(|k| k.kind == *kind).count() != 1 {
                let reason = format!("“{}”要有规定，并且只能有一条。", kind.label());
                faults.push("/kinds", "各类反映", "kind_once", &reason, "请为每一类填写一条。");
            }
        }
        for (at, k) in self.kinds.iter().enumerate() {
            if !LADDER.iter().any(|(desk, _)| *desk == k.desk) {
                let field = format!("/kinds/{at}/desk");
                faults.push(
                    &field,
                    "办理窗口",
                    "unknown_value",
                    "这个窗口不办理群众反映。",
                    "请选择村（社区）、镇（街道）或者县（区）。",
                );
            }
        }
        faults.settle()
    }
}

/// What a county decided, with its version; 0 while it uses what the program ships.
pub fn of(c: &mut AnyConn, county: &AreaCode) -> Result<(i64, Terms)> {
    use ticket_terms::dsl as t;
    let newest = t::ticket_terms.filter(t::county.eq(*county)).select((t::version, t::body)).order(t::version.desc()).limit(1);
    let row: Option<(i64, String)> = newest.get_result(c).optional()?;
    let Some((version, body)) = row else { return Ok((0, Terms::shipped())) };
    Ok((version, serde_json::from_str(&body).map_err(Error::internal)?))
}

/// Stores the next version over the one that was seen; older ones stay as the record of who decided what when.
pub fn decide(c: &mut AnyConn, county: &AreaCode, seen: i64, terms: &Terms, worker: Id, now: Moment) -> Result<i64> {
    terms.check()?;
    let (version, _) = of(c, county)?;
    if version != seen {
        return Err(Error::stale(Current { version, state: "in_force".into(), state_label: "现行规定".into() }));
    }
    let version = version.saturating_add(1);
    use ticket_terms::dsl as t;
    let row = (
        t::county.eq(*county),
        t::version.eq(version),
        t::body.eq(serde_json::to_string(terms).map_err(Error::internal)?),
        t::changed_by.eq(worker),
        t::changed_at.eq(now),
    );
    match diesel::insert_into(t::ticket_terms).values(row).execute(c) {
        Ok(_) => Ok(version),
        Err(e) if is_duplicate(&e) => Err(Error::from(e).run_again()),
        Err(e) => Err(e.into()),
    }
}

/// Refuses what is no county of the administrator's own areas.
///
/// # Errors
/// 10006.
pub fn within(admin: &Worker, county: &AreaCode) -> Result<()> {
    let own = county.level() == AreaLevel::County && admin.covers(Role::Administrator, county);
    if own { Ok(()) } else { Err(Error::not_found()) }
}
