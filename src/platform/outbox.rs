//! The outbox: a side effect is written in the transaction of its cause and carried out later, by the rules of its class.
//!
//! *Repeatable* effects run at least once. *Once-only* effects are marked `sending` before they leave;
//! whatever interrupts them leaves `unknown`, and they are never sent again.

use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::app::App;
use super::crypto::{Keyring, Place};
use super::db::AnyConn;
use super::error::{Error, Result};
use super::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    outbox (id) {
        id -> Binary,
        kind -> Text,
        class -> Text,
        lane -> Text,
        body -> Binary,
        state -> Text,
        attempts -> BigInt,
        due_at -> BigInt,
        lease_until -> BigInt,
        last_fault -> Nullable<Text>,
        created_at -> BigInt,
    }
}

coded_enum! {
    /// What happens to an effect whose execution was interrupted.
    pub enum Class as "EffectClass" {
        Repeatable = "repeatable", "可以重复";
        OnceOnly = "once_only", "只能一次";
    }
}

coded_enum! {
    /// Where an effect stands; one that is done has no row.
    pub enum EffectState {
        Waiting = "waiting", "等待发出";
        /// A worker took it and has not settled it yet.
        Sending = "sending", "正在发出";
        /// It may have left, and is never sent again.
        Unknown = "unknown", "结果不明";
        /// It failed too often, or can never work as it is.
        Parked = "parked", "停放";
    }
}

crate::text_columns!(Class, EffectState);

/// After this many failures an effect is parked for a person to look at.
const MOST_ATTEMPTS: i64 = 12;
/// Milliseconds after which a worker that has not settled an effect is taken for dead.
const LEASE_MS: i64 = 180_000;

/// An effect that this worker has claimed.
#[derive(Debug)]
pub struct Claimed {
    pub id: Id,
    pub kind: String,
    body: Vec<u8>,
    attempts: i64,
}

/// What became of an effect.
#[derive(Debug)]
pub enum Settled {
    Done,
    /// It may work later; the fault names no personal data.
    Later(String),
    /// It may have been carried out or not: it is never tried again.
    Unknown(String),
    /// It will fail each time: it is parked.
    Park(String),
}

/// An effect to be written in the transaction of its cause.
pub struct Effect<'a, T> {
    pub kind: &'a str,
    pub class: Class,
    /// Effects of one lane (a WeChat user, a case) are carried out one after the other.
    pub lane: &'a str,
    pub body: &'a T,
}

/// Writes an effect; it is carried out after the transaction has committed.
pub fn push<T: Serialize>(c: &mut AnyConn, keys: &Keyring, effect: &Effect<'_, T>, now: Moment) -> Result<()> {
    let id = Id::at(now);
    use outbox::dsl as o;
    let plain = serde_json::to_vec(effect.body).map_err(Error::internal)?;
    let sealed = keys.seal(&Place::new("outbox", "body", id.as_bytes()), &plain)?;
    diesel::insert_into(o::outbox)
        .values((
            o::id.eq(id),
            o::kind.eq(effect.kind),
            o::class.eq(effect.class),
            o::lane.eq(effect.lane),
            o::body.eq(sealed),
            o::state.eq(EffectState::Waiting),
            o::attempts.eq(0),
            o::due_at.eq(now),
            o::lease_until.eq(0),
            o::created_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Claims the effects that are due, oldest first, at most one of each lane, and commits before any of them is carried out.
pub async fn claim(app: &App, most: usize) -> Result<Vec<Claimed>> {
    let now = app.clock.now();
    app.db
        .write(move |c| {
            use outbox::dsl as o;
            // Their worker died: repeatable effects are tried again, the outcome of once-only ones stays unknown.
            let stale = o::outbox.filter(o::state.eq(EffectState::Sending).and(o::lease_until.lt(now)));
            diesel::update(stale.filter(o::class.eq(Class::OnceOnly)))
                .set((o::state.eq(EffectState::Unknown), o::last_fault.eq("lease ran out")))
                .execute(c)?;
            diesel::update(stale.filter(o::class.eq(Class::Repeatable)))
                .set((o::state.eq(EffectState::Waiting), o::due_at.eq(now)))
                .execute(c)?;
            let rows: Vec<(Id, String, String, Vec<u8>, i64)> = o::outbox
                .filter(o::state.eq(EffectState::Waiting).and(o::due_at.le(now)))
                .order((o::due_at, o::id))
                .limit(i64::try_from(most).unwrap_or(64))
                .select((o::id, o::kind, o::lane, o::body, o::attempts))
                .load(c)?;
            let mut lanes: Vec<String> =
                o::outbox.filter(o::state.eq(EffectState::Sending)).select(o::lane).order(o::id).load(c)?;
            let mut taken = Vec::new();
            for (id, kind, lane, body, attempts) in rows {
                if !lane.is_empty() && lanes.contains(&lane) {
                    continue;
                }
                lanes.push(lane);
                diesel::update(o::outbox.find(id))
                    .set((
                        o::state.eq(EffectState::Sending),
                        o::lease_until.eq(now.saturating_add(LEASE_MS)),
                        o::attempts.eq(attempts.saturating_add(1)),
                    ))
                    .execute(c)?;
                taken.push(Claimed { id, kind, body, attempts: attempts.saturating_add(1) });
            }
            Ok(taken)
        })
        .await
}

impl Claimed {
    /// The effect's body.
    pub fn body<T: DeserializeOwned>(&self, keys: &Keyring) -> Result<T> {
        let plain = keys.open(&Place::new("outbox", "body", self.id.as_bytes()), &self.body)?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }

    /// Returns an effect that was not carried out, because the process is about to end.
    pub async fn put_back(self, app: &App) -> Result<()> {
        app.db
            .write(move |c| {
                use outbox::dsl as o;
                let row = o::outbox.find(self.id).filter(o::state.eq(EffectState::Sending).and(o::attempts.eq(self.attempts)));
                diesel::update(row)
                    .set((o::state.eq(EffectState::Waiting), o::attempts.eq(self.attempts.saturating_sub(1))))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    /// Writes down what became of it. A later try waits twice as long each time, at most an hour.
    pub async fn settle(self, app: &App, settled: Settled) -> Result<()> {
        let now = app.clock.now();
        app.db
            .write(move |c| {
                use outbox::dsl as o;
                // Our lease has run out, and another worker has claimed and will settle it.
                let row =
                    o::outbox.filter(o::id.eq(self.id).and(o::state.eq(EffectState::Sending)).and(o::attempts.eq(self.attempts)));
                match &settled {
                    Settled::Done => diesel::delete(row).execute(c)?,
                    Settled::Unknown(why) => {
                        diesel::update(row).set((o::state.eq(EffectState::Unknown), o::last_fault.eq(why))).execute(c)?
                    }
                    Settled::Park(why) => {
                        diesel::update(row).set((o::state.eq(EffectState::Parked), o::last_fault.eq(why))).execute(c)?
                    }
                    Settled::Later(why) if self.attempts >= MOST_ATTEMPTS => {
                        diesel::update(row).set((o::state.eq(EffectState::Parked), o::last_fault.eq(why))).execute(c)?
                    }
                    Settled::Later(why) => {
                        let wait = 1000_i64.saturating_mul(1 << self.attempts.clamp(0, 12)).min(3_600_000);
                        diesel::update(row)
                            .set((
                                o::state.eq(EffectState::Waiting),
                                o::due_at.eq(now.saturating_add(wait)),
                                o::last_fault.eq(why),
                            ))
                            .execute(c)?
                    }
                };
                Ok(())
            })
            .await
    }
}

/// Marks the effects that were due before a moment as done without carrying them out: a demo writes years of past cases at once,
/// and nobody is to be told of them.
pub fn forget_due_before(c: &mut AnyConn, before: Moment) -> Result<()> {
    use outbox::dsl as o;
    diesel::delete(o::outbox.filter(o::state.eq(EffectState::Waiting).and(o::due_at.lt(before)))).execute(c)?;
    Ok(())
}

/// Makes parked effects due again; returns how many. Those with an unknown outcome stay, because they may have been carried out.
pub fn retry_parked(c: &mut AnyConn, now: Moment) -> Result<usize> {
    use outbox::dsl as o;
    let parked = o::outbox.filter(o::state.eq(EffectState::Parked));
    Ok(diesel::update(parked).set((o::state.eq(EffectState::Waiting), o::attempts.eq(0), o::due_at.eq(now))).execute(c)?)
}

/// Effects by state, for `doctor` and the metrics.
pub fn count(c: &mut AnyConn) -> Result<Vec<(EffectState, i64)>> {
    use outbox::dsl as o;
    Ok(o::outbox.group_by(o::state).select((o::state, diesel::dsl::count_star())).order(o::state).load(c)?)
}
