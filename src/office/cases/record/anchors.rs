//! Anchors of history: each hour a signed digest of the lines written since the last one. A chain of hashes alone does not show
//! that its last lines were cut off; an anchor does.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::case::{Case, cases};
use super::history::{self, case_events};
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::{AnyConn, Db, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

diesel::table! {
    history_anchors (id) {
        id -> Binary,
        at -> BigInt,
        events -> BigInt,
        digest -> Binary,
        signature -> Binary,
    }
}

/// An hour between anchors, epoch milliseconds.
const EVERY_MS: i64 = 3_600_000;
/// A line may be committed this long after the moment that it carries.
const LATE_MS: i64 = 120_000;
/// Cases that are verified in one read.
const CHUNK: i64 = 500;

type Anchor = (Id, Moment, i64, Vec<u8>, Vec<u8>);

/// What a verification found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub cases: usize,
    pub lines: usize,
    pub anchors: usize,
    /// What is wrong, a sentence each; names ids only.
    pub faults: Vec<String>,
}

/// Sets an anchor when the last one is an hour old; answers whether it did.
pub async fn set_when_due(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let keys = app.keys.clone();
    app.db
        .write(move |c| {
            let last = all(c)?.pop();
            let from = last.as_ref().map_or(Moment::EPOCH, |a| a.1);
            let until = now.saturating_sub(LATE_MS);
            if until.since(from) < EVERY_MS {
                return Ok(false);
            }
            let before = last.map(|a| a.3).unwrap_or_default();
            let (events, digest) = digest(c, &before, from, until)?;
            use history_anchors::dsl as h;
            let row = (
                h::id.eq(Id::at(now)),
                h::at.eq(until),
                h::events.eq(events),
                h::signature.eq(sign(&keys, until, events, &digest)),
                h::digest.eq(digest),
            );
            diesel::insert_into(h::history_anchors).values(row).execute(c)?;
            Ok(true)
        })
        .await
}

/// Walks every chain and every anchor.
pub async fn verify(db: &Db, keys: std::sync::Arc<Keyring>) -> Result<Findings> {
    let mut found = Findings::default();
    let mut after: Option<Id> = None;
    loop {
        let (rows, faults, lines, last) = db.read(move |c| chunk(c, after)).await?;
        found.cases = found.cases.saturating_add(rows);
        found.lines = found.lines.saturating_add(lines);
        found.faults.extend(faults);
        match last {
            Some(id) => after = Some(id),
            None => break,
        }
    }
    let (anchors, faults) = db.read(move |c| anchors(c, &keys)).await?;
    found.anchors = anchors;
    found.faults.extend(faults);
    Ok(found)
}

type Chunk = (usize, Vec<String>, usize, Option<Id>);

fn chunk(c: &mut AnyConn, after: Option<Id>) -> Result<Chunk> {
    let mut page = cases::table.into_boxed::<MultiBackend>();
    if let Some(id) = after {
        page = page.filter(cases::id.gt(id));
    }
    let page = page.order(cases::id).limit(CHUNK).select(<Case as Selectable<MultiBackend>>::construct_selection());
    let rows: Vec<Case> = page.load(c)?;
    let mut faults = Vec::new();
    let mut lines = 0_usize;
    for case in &rows {
        let events = history::of(c, case.id)?;
        lines = lines.saturating_add(events.len());
        faults.extend(history::fault(case, &events).map(|why| format!("case {}: {why}", case.id)));
    }
    Ok((rows.len(), faults, lines, rows.last().map(|case| case.id)))
}

fn anchors(c: &mut AnyConn, keys: &Keyring) -> Result<(usize, Vec<String>)> {
    let mut from = Moment::EPOCH;
    let mut before = Vec::new();
    let mut faults = Vec::new();
    let anchors = all(c)?;
    for (_, at, events, stored, signature) in &anchors {
        let (counted, made) = digest(c, &before, from, *at)?;
        if counted != *events || made != *stored || sign(keys, *at, *events, stored) != *signature {
            faults.push(format!("anchor at {at}: {events} lines were anchored, {counted} are there, or one was changed"));
        }
        from = *at;
        before = stored.clone();
    }
    Ok((anchors.len(), faults))
}

fn all(c: &mut AnyConn) -> Result<Vec<Anchor>> {
    use history_anchors::dsl as h;
    Ok(h::history_anchors.order((h::at, h::id)).select((h::id, h::at, h::events, h::digest, h::signature)).load(c)?)
}

fn digest(c: &mut AnyConn, before: &[u8], from: Moment, until: Moment) -> Result<(i64, Vec<u8>)> {
    use case_events::dsl as e;
    let lines = e::case_events.filter(e::at.gt(from).and(e::at.le(until))).order((e::at, e::case_id, e::seq));
    let hashes: Vec<Vec<u8>> = lines.select(e::hash).load(c)?;
    let mut hash = Sha256::new();
    hash.update(before);
    hashes.iter().for_each(|h| hash.update(h));
    Ok((i64::try_from(hashes.len()).unwrap_or(i64::MAX), hash.finalize().to_vec()))
}

fn sign(keys: &Keyring, at: Moment, events: i64, digest: &[u8]) -> Vec<u8> {
    keys.lookup_hash("history_anchor", &format!("{at}:{events}:{}", hex::encode(digest))).to_vec()
}
