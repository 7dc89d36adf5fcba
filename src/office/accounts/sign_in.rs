//! What sign-in keeps in memory for all threads of an instance: limits and the password pool.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use actix_web::HttpRequest;

use super::passwords::Passwords;
use crate::platform::error::Result;
use crate::platform::http::limits::{Limit, peer};
use crate::platform::id::Id;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How much is let through. Addresses are wide: behind a carrier or a county's proxy stand many residents.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// WeChat logins and refreshes from one address in a minute.
    pub residents_per_minute: u32,
    /// Worker logins from one address in a minute.
    pub workers_per_minute: u32,
    /// Claims of one account in a day: own identity, links and phone numbers, each by itself.
    pub claims_per_day: u32,
    /// Codes by text message that one address may ask for in an hour.
    pub codes_per_hour: u32,
    /// Codes by text message in a day, all together: each costs money, and somebody may try to spend it.
    pub codes_per_day: i64,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates { residents_per_minute: 300, workers_per_minute: 60, claims_per_day: 5, codes_per_hour: 60, codes_per_day: 5_000 }
    }
}

/// Limits and passwords; one for the whole server.
pub struct SignIn {
    residents: Limit<IpAddr>,
    workers: Limit<IpAddr>,
    /// Names that nobody has lock like those that somebody has.
    pub(crate) nobody: Limit<[u8; 32]>,
    pub(crate) identities: Limit<Id>,
    pub(crate) links: Limit<Id>,
    pub(crate) phones: Limit<Id>,
    codes: Limit<IpAddr>,
    pub(crate) codes_per_day: i64,
    pub(crate) passwords: Passwords,
}

impl SignIn {
    /// Hashes one password to prepare, so it takes a moment.
    ///
    /// # Errors
    /// 50000 when the system gives no randomness.
    pub fn new(rates: Rates) -> Result<SignIn> {
        Ok(SignIn {
            residents: Limit::new(rates.residents_per_minute, MINUTE),
            workers: Limit::new(rates.workers_per_minute, MINUTE),
            nobody: Limit::new(5, 5 * 30 * MINUTE),
            identities: Limit::new(rates.claims_per_day, DAY),
            links: Limit::new(rates.claims_per_day, DAY),
            phones: Limit::new(rates.claims_per_day, DAY),
            codes: Limit::new(rates.codes_per_hour, 60 * MINUTE),
            codes_per_day: rates.codes_per_day,
            passwords: Passwords::new()?,
        })
    }

    /// Counts a resident's sign-in or refresh; 10020 beyond the limit.
    pub(crate) fn resident_at(&self, req: &HttpRequest) -> Result<()> {
        self.residents.check(&address(req))
    }

    /// Counts a request for a code by text message; 10020 beyond the limit.
    pub(crate) fn code_at(&self, req: &HttpRequest) -> Result<()> {
        self.codes.check(&address(req))
    }

    /// Counts a worker's sign-in; 10020 beyond the limit.
    pub(crate) fn worker_at(&self, req: &HttpRequest) -> Result<()> {
        self.workers.check(&address(req))
    }
}

/// A caller without an address (a local socket) counts as one.
fn address(req: &HttpRequest) -> IpAddr {
    peer(req).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}
