//! Passwords of workers: argon2id, a few at a time, with the same cost for a name that nobody has.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::platform::code;
use crate::platform::crypto::{random_bytes, random_token};
use crate::platform::error::{Error, Faults, Result};

/// 19 MiB, two passes, one lane (OWASP's password storage sheet, second profile).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Each check takes a core for a while: more at once would starve the rest.
const AT_ONCE: usize = 2;
/// Who comes later is told to come again.
const QUEUE: usize = 20;
/// Shortest and longest password, in characters.
const SHORTEST: usize = 12;
const LONGEST: usize = 128;

/// Checks passwords in a bounded pool.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    present: Arc<AtomicUsize>,
    /// The hash of a password that nobody knows.
    dummy: Arc<str>,
}

impl Passwords {
    /// Takes as long as one check.
    ///
    /// # Errors
    /// 50000 when the system gives no randomness.
    pub fn new() -> Result<Passwords> {
        Ok(Passwords {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            present: Arc::new(AtomicUsize::new(0)),
            dummy: hash(&random_token()?)?.into(),
        })
    }

    /// Whether the password fits the stored hash; false, after the same work, when there is none.
    ///
    /// # Errors
    /// 50003 when too many wait.
    pub async fn fits(&self, password: Zeroizing<String>, stored: Option<String>) -> Result<bool> {
        let _place = Place::take(&self.present)?;
        let _permit = self.permits.acquire().await.map_err(Error::internal)?;
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.to_string());
        let fits = tokio::task::spawn_blocking(move || {
            let parsed = PasswordHash::new(&stored).map_err(Error::internal)?;
            Ok::<bool, Error>(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(fits.await.map_err(Error::internal)?? && known)
    }
}

/// One place in the queue; given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(present: &Arc<AtomicUsize>) -> Result<Place> {
        let place = Place(present.clone());
        let full = present.fetch_add(1, Ordering::AcqRel) >= AT_ONCE.saturating_add(QUEUE);
        if full { Err(Error::new(&code::BUSY).retry_after(2)) } else { Ok(place) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The text to store for a password; works the processor, so not on an async thread.
///
/// # Errors
/// 50000 when the system gives no randomness.
pub fn hash(password: &str) -> Result<String> {
    let salt = random_bytes::<16>()?;
    let hash: PasswordHash = hasher()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(Error::internal)?;
    Ok(hash.to_string())
}

/// A password has 12 to 128 characters and does not hold the user name.
///
/// # Errors
/// 10002 with what to mend.
pub fn acceptable(username: &str, password: &str) -> Result<()> {
    let mut faults = Faults::new();
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        faults.push("/password", "密码", "password_length", "密码的长度不合适。", "请用 12 到 128 个字符，例如几个词连在一起。");
    }
    if password.to_lowercase().contains(&username.to_lowercase()) {
        faults.push("/password", "密码", "password_has_username", "密码中不能有用户名。", "请换一个与用户名无关的密码。");
    }
    faults.settle()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_worker_fits() {
        let passwords = Passwords::new().unwrap();
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let fits = |text: &str, stored: Option<String>| passwords.fits(Zeroizing::new(text.to_owned()), stored);
        assert!(fits("correct horse battery", Some(stored.clone())).await.unwrap());
        assert!(!fits("correct horse batter", Some(stored)).await.unwrap());
        assert!(!fits("correct horse battery", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_again_and_the_places_come_free() {
        let passwords = Passwords::new().unwrap();
        let one = || passwords.fits(Zeroizing::new("x".into()), None);
        let answers = futures_util::future::join_all((0..40).map(|_| one())).await;
        let told: Vec<u32> = answers.iter().filter_map(|a| a.as_ref().err()).map(|e| e.code().number).collect();
        assert_eq!(told, [50003; 18]);
        assert!(one().await.is_ok());
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert!(acceptable("wang.li", "short").is_err());
        assert!(acceptable("wang.li", "my name is Wang.Li!").is_err());
        assert!(acceptable("wang.li", "三只小猪盖房子住进去吃西瓜").is_ok());
    }
}
