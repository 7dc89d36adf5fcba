//! How often one key (an address, an account) may do a thing; counted in memory, on the machine's stopwatch.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::platform::code;
use crate::platform::error::{Error, Result};

/// Beyond this many keys those that rest are forgotten.
const MOST_KEYS: usize = 10_000;

/// A limit for each key by itself.
pub struct Limit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// `times` at once, and as many again evenly over `per`.
    pub fn new(times: u32, per: Duration) -> Limit<K> {
        let times = NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN);
        let every = per.checked_div(times.get()).filter(|d| !d.is_zero()).unwrap_or(Duration::from_nanos(1));
        let quota = Quota::with_period(every).unwrap_or(Quota::per_second(times)).allow_burst(times);
        Limit { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// 10020 with the seconds to wait.
    pub fn check(&self, key: &K) -> Result<()> {
        if self.limiter.len() > MOST_KEYS {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now()).as_secs().saturating_add(1);
            Error::new(&code::RATE).retry_after(wait)
        })
    }
}

/// Whose connection it is, from the socket only: headers can be forged. An IPv6 subscriber holds a whole /64.
pub fn peer(req: &HttpRequest) -> Option<IpAddr> {
    req.peer_addr().map(|a| match a.ip() {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        ip => ip.to_canonical(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_limit_and_learns_how_long_to_wait() {
        let limit = Limit::new(3, Duration::from_secs(3600));
        assert!((0..3).all(|_| limit.check(&"a").is_ok()));
        let refused = limit.check(&"a").unwrap_err();
        assert_eq!(refused.code().number, 10020);
        assert!((1..=1201).contains(&refused.retry_seconds().unwrap()));
        assert!(limit.check(&"b").is_ok());
    }

    #[test]
    fn one_ipv6_subscriber_counts_once() {
        let of = |text: &str| {
            let req = actix_web::test::TestRequest::default().peer_addr(text.parse().unwrap()).to_http_request();
            peer(&req).unwrap()
        };
        assert_eq!(of("[2001:db8::1]:1"), of("[2001:db8::ffff]:9"));
        assert_ne!(of("[2001:db8:0:1::1]:1"), of("[2001:db8::1]:1"));
        assert_eq!(of("[::ffff:10.0.0.1]:1"), of("10.0.0.1:2"));
    }
}
