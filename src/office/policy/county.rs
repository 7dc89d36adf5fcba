//! County policy: what a county decided about a service, in published versions that are never edited.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::terms::CommonPolicy;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result, twin};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::moments::Moment;

diesel::table! {
    policies (id) {
        id -> Binary,
        county -> Text,
        service -> Text,
        version -> BigInt,
        effective_from -> Text,
        owner -> Text,
        source -> Text,
        body -> Text,
        published_at -> BigInt,
        published_by -> Nullable<Binary>,
    }
}

/// One published version; a case keeps the id of the one that it began with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pinned {
    pub id: Id,
    pub county: AreaCode,
    pub service: String,
    /// Counts from 1 for each county and service.
    pub version: i64,
    pub effective_from: NaiveDate,
    /// Who answers for it.
    pub owner: String,
    /// The notice that it follows.
    pub source: String,
    pub common: Arc<CommonPolicy>,
    terms: Arc<Value>,
}

impl Pinned {
    /// A policy that is not published, to be tried out with [`supposing`].
    pub fn supposed(new: NewPolicy) -> Pinned {
        Pinned {
            id: new.id,
            county: new.county,
            service: new.service,
            version: 0,
            effective_from: new.effective_from,
            owner: new.owner,
            source: new.source,
            common: Arc::new(new.common),
            terms: Arc::new(new.terms),
        }
    }

    /// The service's own part as it is stored.
    pub fn terms(&self) -> &Value {
        &self.terms
    }

    /// The service's own part, in the service's own type.
    pub fn service<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(&*self.terms).map_err(|e| Error::internal(format!("policy {}: {e}", self.id)))
    }
}

/// A version to be published.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    pub id: Id,
    pub county: AreaCode,
    pub service: String,
    pub effective_from: NaiveDate,
    pub owner: String,
    pub source: String,
    pub common: CommonPolicy,
    /// The service's own part; the service checks it before.
    pub terms: Value,
    /// Epoch milliseconds.
    pub at: Moment,
    /// The worker who publishes it; none for the command line and for demos.
    pub by: Option<Id>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    common: CommonPolicy,
    service: Value,
}

/// A stored version of a policy, its body in JSON.
#[derive(Queryable)]
struct Row {
    id: Id,
    county: AreaCode,
    service: String,
    version: i64,
    effective_from: NaiveDate,
    owner: String,
    source: String,
    body: String,
}

const ROW: (
    policies::id,
    policies::county,
    policies::service,
    policies::version,
    policies::effective_from,
    policies::owner,
    policies::source,
    policies::body,
) = (
    policies::id,
    policies::county,
    policies::service,
    policies::version,
    policies::effective_from,
    policies::owner,
    policies::source,
    policies::body,
);

/// Publishes the next version of a county's policy for a service. It takes effect on its day and never before an older
/// version does, so that "the policy of a day" has one answer.
pub fn publish(c: &mut AnyConn, new: &NewPolicy) -> Result<Pinned> {
    use policies::dsl as p;
    new.common.check()?;
    let last = newest(c, &new.county, &new.service)?;
    if last.as_ref().is_some_and(|(_, from)| new.effective_from.to_string() < *from) {
        let mut faults = Faults::new();
        faults.push("/effective_from", "生效日期", "too_early", "生效日期早于上一版。", "请选择上一版生效当日或之后的日期。");
        faults.settle()?;
    }
    let version = last.map_or(1, |(version, _)| version.saturating_add(1));
    let body = Body { common: new.common.clone(), service: new.terms.clone() };
    let row = (
        p::id.eq(new.id),
        p::county.eq(new.county),
        p::service.eq(new.service.clone()),
        p::version.eq(version),
        p::effective_from.eq(new.effective_from.to_string()),
        p::owner.eq(new.owner.clone()),
        p::source.eq(new.source.clone()),
        p::body.eq(serde_json::to_string(&body).map_err(Error::internal)?),
        p::published_at.eq(new.at),
        p::published_by.eq(new.by),
    );
    // Another instance published the same number first: run again and take the next one.
    diesel::insert_into(p::policies).values(row).execute(c).map_err(twin)?;
    // Not by `pinned`: this transaction may yet be undone, run again and give another version.
    if let Ok(mut all) = PARSED.write() {
        all.remove(&new.id);
    }
    read(c, new.id)
}

/// A published version as a list shows it.
#[derive(Clone, Debug, Queryable)]
pub struct Version {
    pub id: Id,
    pub version: i64,
    pub effective_from: String,
    pub owner: String,
    pub source: String,
    /// Epoch milliseconds.
    pub published_at: Moment,
    pub published_by: Option<Id>,
}

/// The versions of a county's policy for a service, the newest first; one more than `limit` when there are more.
pub fn versions(c: &mut AnyConn, county: &AreaCode, service: &str, before: Option<i64>, limit: i64) -> Result<Vec<Version>> {
    use policies::dsl as p;
    let all = p::policies.filter(p::county.eq(*county)).filter(p::service.eq(service.to_owned()));
    let older = all.filter(p::version.lt(before.unwrap_or(i64::MAX))).order(p::version.desc()).limit(limit.saturating_add(1));
    let columns = (p::id, p::version, p::effective_from, p::owner, p::source, p::published_at, p::published_by);
    Ok(older.select(columns).load(c)?)
}

/// Who published a version and when.
pub fn published(c: &mut AnyConn, id: Id) -> Result<(Moment, Option<Id>)> {
    let row = policies::table.find(id).select((policies::published_at, policies::published_by));
    row.get_result(c).optional()?.ok_or_else(Error::not_found)
}

fn newest(c: &mut AnyConn, county: &AreaCode, service: &str) -> Result<Option<(i64, String)>> {
    use policies::dsl as p;
    let all = p::policies.filter(p::county.eq(*county)).filter(p::service.eq(service.to_owned()));
    let all: Vec<(i64, String)> = all.select((p::version, p::effective_from)).order(p::version).load(c)?;
    Ok(all.into_iter().next_back())
}

/// The version in force on that day; none when the county does not offer the service.
pub fn current(c: &mut AnyConn, county: &AreaCode, service: &str, date: NaiveDate) -> Result<Option<Pinned>> {
    use policies::dsl as p;
    let all = p::policies.filter(p::county.eq(*county)).filter(p::service.eq(service.to_owned()));
    let begun = all.filter(p::effective_from.le(date.to_string())).select(p::id).order(p::version);
    let begun: Vec<Id> = begun.load(c)?;
    begun.last().map(|id| pinned(c, *id)).transpose()
}

/// The first day after `date` on which a published version takes effect, if there is one.
pub fn begins(c: &mut AnyConn, county: &AreaCode, service: &str, date: NaiveDate) -> Result<Option<NaiveDate>> {
    use policies::dsl as p;
    let all = p::policies.filter(p::county.eq(*county)).filter(p::service.eq(service.to_owned()));
    let coming = all.filter(p::effective_from.gt(date.to_string())).select(p::effective_from).order(p::version);
    let coming: Vec<NaiveDate> = coming.load(c)?;
    Ok(coming.first().copied())
}

thread_local! {
    /// What [`supposing`] offers on this thread.
    static SUPPOSED: RefCell<Option<Pinned>> = const { RefCell::new(None) };
}

/// Runs `f` as if this policy were published: [`pinned`] finds it under its own id, on this thread and until `f` ends.
pub fn supposing<T>(policy: Pinned, f: impl FnOnce() -> T) -> T {
    /// Takes it back also when `f` panics.
    struct Until;
    impl Drop for Until {
        fn drop(&mut self) {
            SUPPOSED.take();
        }
    }
    SUPPOSED.set(Some(policy));
    let _until = Until;
    f()
}

/// The version of an id. Rows never change, so each is parsed once a process.
pub fn pinned(c: &mut AnyConn, id: Id) -> Result<Pinned> {
    if let Some(supposed) = SUPPOSED.with_borrow(|s| s.as_ref().filter(|p| p.id == id).cloned()) {
        return Ok(supposed);
    }
    if let Some(known) = PARSED.read().ok().and_then(|all| all.get(&id).cloned()) {
        return Ok(known);
    }
    let parsed = read(c, id)?;
    if let Ok(mut all) = PARSED.write() {
        if all.len() >= MOST_PARSED {
            all.clear();
        }
        all.insert(id, parsed.clone());
    }
    Ok(parsed)
}

fn read(c: &mut AnyConn, id: Id) -> Result<Pinned> {
    let row: Option<Row> = policies::table.find(id).select(ROW).get_result(c).optional()?;
    parse(row.ok_or_else(Error::not_found)?)
}

const MOST_PARSED: usize = 512;
static PARSED: LazyLock<RwLock<HashMap<Id, Pinned>>> = LazyLock::new(Default::default);

fn parse(row: Row) -> Result<Pinned> {
    let body: Body = serde_json::from_str(&row.body).map_err(|e| Error::internal(format!("policy {}: {e}", row.id)))?;
    Ok(Pinned {
        id: row.id,
        county: row.county,
        service: row.service,
        version: row.version,
        effective_from: row.effective_from,
        owner: row.owner,
        source: row.source,
        common: Arc::new(body.common),
        terms: Arc::new(body.service),
    })
}
