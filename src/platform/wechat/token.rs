//! The access token: fetched in WeChat's stable mode, kept in memory, one fetch at a time, replaced by value.
//!
//! Stable mode gives every process the same token until its last 300 s and then a new one while the old still works, so
//! instances need no common store. Nothing here loops: a refused token leads to one ordinary and at most one forced fetch.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::call::{text_of, whole_number};
use super::fault::Refusal;
use super::{WeChat, WeChatFault};

const PATH: &str = "/cgi-bin/stable_token";
/// WeChat hands out the next token in the last five minutes of one.
const OVERLAP_MS: i64 = 300_000;
/// After a fetch the same token is not asked for again that soon, whatever life WeChat said it has left.
const SETTLE_MS: i64 = 5_000;
/// WeChat's limits on forced refreshes.
const FORCED_GAP_MS: i64 = 30_000;
const FORCED_PER_DAY: u32 = 20;
/// Tokens live 7200 s at most; a longer claim is not believed.
const LONGEST_LIFE_S: i64 = 7_200;
const BEIJING_OFFSET_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// A token and all that is known about it, always replaced as one record.
#[derive(Clone)]
struct Cached {
    token: Arc<str>,
    expires_at: i64,
    refresh_from: i64,
}

#[derive(Default)]
struct State {
    cached: Option<Cached>,
    /// Counts finished fetches, so that a waiter knows whether one ended while it waited.
    generation: u64,
    /// How the latest fetch failed, if it did: waiters share it instead of failing one after the other.
    failure: Option<WeChatFault>,
}

/// Forced refreshes that this process made. A restart forgets them; WeChat then refuses too many with an error code of its own.
#[derive(Default)]
struct ForcedBudget {
    last_at: Option<i64>,
    day: i64,
    spent: u32,
}

/// The token cache. Holding `flight` is the right to fetch; dropping the holder, at any point, frees it.
#[derive(Default)]
pub(super) struct Tokens {
    state: Mutex<State>,
    flight: tokio::sync::Mutex<ForcedBudget>,
}

impl Tokens {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn generation(&self) -> u64 {
        self.state().generation
    }

    /// The failure of a fetch that ended after `seen`.
    fn failed_since(&self, seen: u64) -> Option<WeChatFault> {
        let state = self.state();
        if state.generation == seen { None } else { state.failure.clone() }
    }

    fn alive(&self, now: i64) -> Option<Cached> {
        self.state().cached.clone().filter(|cached| now < cached.expires_at)
    }

    fn store(&self, cached: Cached) -> Arc<str> {
        let token = Arc::clone(&cached.token);
        let mut state = self.state();
        state.generation = state.generation.wrapping_add(1);
        state.failure = None;
        state.cached = Some(cached);
        token
    }

    /// Notes a failed fetch; a token that still lives stays and is tried for renewal a little later.
    fn fail(&self, fault: WeChatFault, now: i64) -> WeChatFault {
        let mut state = self.state();
        state.generation = state.generation.wrapping_add(1);
        state.failure = Some(fault.clone());
        if let Some(cached) = state.cached.as_mut() {
            cached.refresh_from = now.saturating_add(SETTLE_MS);
        }
        fault
    }

    /// Drops the token only if it is still the refused one: another caller may have replaced it meanwhile.
    fn drop_if(&self, refused: &str) {
        let mut state = self.state();
        if state.cached.as_ref().is_some_and(|cached| &*cached.token == refused) {
            state.cached = None;
        }
    }
}

impl ForcedBudget {
    /// Counts one forced refresh against WeChat's limits; `false` when none may be made now.
    fn take(&mut self, now: i64) -> bool {
        let day = now.saturating_add(BEIJING_OFFSET_MS).div_euclid(DAY_MS);
        if day != self.day {
            (self.day, self.spent) = (day, 0);
        }
        let too_soon = self.last_at.is_some_and(|last| now.saturating_sub(last) < FORCED_GAP_MS);
        if too_soon || self.spent >= FORCED_PER_DAY {
            return false;
        }
        self.last_at = Some(now);
        self.spent = self.spent.saturating_add(1);
        true
    }
}

impl WeChat {
    /// A token for the next call. In a token's last 300 s one caller renews it while the others go on with the old one.
    pub(super) async fn access_token(&self) -> Result<Arc<str>, WeChatFault> {
        let seen = self.tokens.generation();
        if let Some(cached) = self.tokens.alive((self.now)()) {
            if (self.now)() < cached.refresh_from {
                return Ok(cached.token);
            }
            let Ok(_flight) = self.tokens.flight.try_lock() else {
                return Ok(cached.token);
            };
            // Another caller may have renewed it before this one got the lock.
            if let Some(renewed) = self.tokens.alive((self.now)()).filter(|renewed| renewed.token != cached.token) {
                return Ok(renewed.token);
            }
            return Ok(self.renew().await.unwrap_or(cached.token));
        }
        let _flight = self.tokens.flight.lock().await;
        if let Some(cached) = self.tokens.alive((self.now)()) {
            return Ok(cached.token);
        }
        if let Some(fault) = self.tokens.failed_since(seen) {
            return Err(fault);
        }
        self.renew().await
    }

    /// What to use instead of a token that WeChat has just refused. If another caller fetched a new one meanwhile, that one, without a call.
    pub(super) async fn replace_token(&self, refused: &str) -> Result<Arc<str>, WeChatFault> {
        let seen = self.tokens.generation();
        let mut budget = self.tokens.flight.lock().await;
        if let Some(cached) = self.tokens.alive((self.now)()).filter(|cached| &*cached.token != refused) {
            return Ok(cached.token);
        }
        if let Some(fault) = self.tokens.failed_since(seen) {
            return Err(fault);
        }
        self.tokens.drop_if(refused);
        let next = self.fetch_patiently().await.map_err(|fault| self.tokens.fail(fault, (self.now)()))?;
        if &*next.token != refused {
            return Ok(self.tokens.store(next));
        }
        let now = (self.now)();
        if !budget.take(now) {
            tracing::error!("WeChat refuses its own stable token, and no forced refresh is left for now");
            return Err(self.tokens.fail(WeChatFault::TokenUnavailable, now));
        }
        tracing::warn!("WeChat refuses its own stable token: one forced refresh");
        let forced = self.fetch(true).await.map_err(|fault| self.tokens.fail(without_token(fault), (self.now)()))?;
        Ok(self.tokens.store(forced))
    }

    /// An ordinary fetch; the caller holds the flight.
    async fn renew(&self) -> Result<Arc<str>, WeChatFault> {
        match self.fetch_patiently().await {
            Ok(cached) => Ok(self.tokens.store(cached)),
            Err(fault) => Err(self.tokens.fail(fault, (self.now)())),
        }
    }

    /// Ordinary mode may be repeated: there is a second try after a pause.
    async fn fetch_patiently(&self) -> Result<Cached, WeChatFault> {
        match self.fetch(false).await {
            Err(WeChatFault::Busy | WeChatFault::Unreachable | WeChatFault::Unknown) => {
                tokio::time::sleep(self.timeouts.token_pause).await;
                self.fetch(false).await.map_err(without_token)
            }
            outcome => outcome,
        }
    }

    /// Forced mode makes the present token invalid and is limited by WeChat; it is never repeated.
    async fn fetch(&self, forced: bool) -> Result<Cached, WeChatFault> {
        let asked_at = (self.now)();
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.app.appid,
            "secret": self.app.secret.expose(),
            "force_refresh": forced,
        });
        let request = self.http.post(self.url(PATH)).json(&body);
        let answer = self.exchange(PATH, request, self.timeouts.exchange).await.map_err(|refusal| match refusal {
            // No token takes part in this call, so 40001 can only mean a wrong secret.
            Refusal::Token => WeChatFault::Config(40001),
            Refusal::Fault(fault) => fault,
        })?;
        let token = text_of(&answer, "access_token").ok_or(WeChatFault::Unknown)?;
        let life_s = answer.get("expires_in").and_then(whole_number).filter(|life| *life > 0).ok_or(WeChatFault::Unknown)?;
        let expires_at = asked_at.saturating_add(life_s.min(LONGEST_LIFE_S).saturating_mul(1_000));
        let refresh_from = expires_at.saturating_sub(OVERLAP_MS).max(asked_at.saturating_add(SETTLE_MS));
        Ok(Cached { token: token.into(), expires_at, refresh_from })
    }
}

/// A token request that was lost leaves nothing unknown for the caller: its own request never took effect.
fn without_token(fault: WeChatFault) -> WeChatFault {
    match fault {
        WeChatFault::Unknown | WeChatFault::Busy => WeChatFault::TokenUnavailable,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forced_refreshes_are_thirty_seconds_apart_and_twenty_a_day() {
        let midnight_in_beijing = DAY_MS - BEIJING_OFFSET_MS;
        let mut budget = ForcedBudget::default();
        assert!(budget.take(midnight_in_beijing));
        assert!(!budget.take(midnight_in_beijing + FORCED_GAP_MS - 1));
        let taken = (1..100).filter(|n| budget.take(midnight_in_beijing + n * FORCED_GAP_MS)).count();
        assert_eq!(taken, 19);
        assert!(!budget.take(midnight_in_beijing + DAY_MS - 1));
        assert!(budget.take(midnight_in_beijing + DAY_MS));
    }
}
