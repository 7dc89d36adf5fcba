//! Which sessions are over, known in memory on every instance within a second.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::faults;
use super::tables::{revocations, sessions};
use super::tokens::{ACCESS_LIFE_S, Claims, LEEWAY_S};
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// How often the server asks the database.
pub const EVERY: Duration = Duration::from_millis(400);
/// What is known is good for this long; after that the guard asks the database itself.
const GOOD_FOR: Duration = Duration::from_millis(900);
/// Rows may appear this much later than their time says: clocks of instances differ, transactions take time.
const OVERLAP_MS: i64 = 30_000;
/// A token that outlived its session by more is expired anyway.
const KEPT_MS: i64 = (ACCESS_LIFE_S + LEEWAY_S) * 1000 + OVERLAP_MS;

/// The sessions that ended while access tokens of theirs may still run.
#[derive(Default)]
pub struct RevocationWatch(RwLock<Known>);

#[derive(Default)]
struct Known {
    /// Session and when it ended.
    ended: HashMap<Id, Moment>,
    /// The clock at the last successful poll.
    polled_at: Option<Moment>,
    /// The same moment on the machine's stopwatch.
    polled: Option<Instant>,
}

impl RevocationWatch {
    /// Reads what was revoked since the last poll, and forgets what no token can name any more.
    ///
    /// # Errors
    /// Those of the database; the guard then asks it by itself until a poll succeeds.
    pub async fn refresh(&self, app: &App) -> Result<()> {
        let started = Instant::now();
        let now = app.clock.now();
        let last = self.read(|k| k.polled_at);
        let since = last.map_or(now.saturating_sub(KEPT_MS), |last| last.min(now).saturating_sub(OVERLAP_MS));
        let rows: Vec<(Id, Moment)> = app
            .db
            .read(move |c| {
                use revocations::dsl as r;
                Ok(r::revocations.filter(r::at.ge(since)).order((r::at, r::id)).select((r::subject, r::at)).load(c)?)
            })
            .await?;
        self.change(|k| {
            k.ended.extend(rows);
            k.ended.retain(|_, at| *at >= now.saturating_sub(KEPT_MS));
            k.polled_at = Some(now);
            k.polled = Some(started);
        });
        Ok(())
    }

    /// Notes a session that this instance has just ended, right after the commit.
    pub fn note(&self, session: Id, at: Moment) {
        self.change(|k| {
            k.ended.insert(session, at);
        });
    }

    /// Ok while the session of these claims lives.
    ///
    /// # Errors
    /// 11003; those of the database when the last poll is too old to be trusted.
    pub async fn check(&self, app: &App, claims: &Claims) -> Result<()> {
        let session = claims.sid;
        let (ended, fresh) = self.read(|k| (k.ended.contains_key(&session), k.polled.is_some_and(|at| at.elapsed() <= GOOD_FOR)));
        let over = ended || (!fresh && over_in_database(app, session).await?);
        if over { Err(Error::new(&faults::SESSION_ENDED)) } else { Ok(()) }
    }

    /// Polls for ever; the server spawns it once and aborts it at its end.
    pub async fn follow(&self, app: &App) {
        let mut beat = tokio::time::interval(EVERY);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beat.tick().await;
            if let Err(e) = self.refresh(app).await {
                tracing::warn!(cause = e.cause(), "ended sessions could not be read; each request asks the database");
            }
        }
    }

    fn read<T>(&self, f: impl FnOnce(&Known) -> T) -> T {
        f(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, f: impl FnOnce(&mut Known)) {
        f(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A session that is unknown is over too.
async fn over_in_database(app: &App, session: Id) -> Result<bool> {
    app.db
        .read(move |c| {
            use sessions::dsl as s;
            let ended: Option<Option<i64>> = s::sessions.find(session).select(s::ended_at).get_result(c).optional()?;
            Ok(!matches!(ended, Some(None)))
        })
        .await
}
