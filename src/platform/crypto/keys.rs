//! The key ring: data keys with ids, the look-up key, the token-signing keys and the link key.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{CryptoFault, random_bytes};

/// Length of every key.
pub const KEY_BYTES: usize = 32;

/// One key of 32 bytes; wiped when dropped, never printed.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; KEY_BYTES]>);

impl SecretKey {
    pub(super) fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key itself, for the library that uses it.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// All keys of one installation.
#[derive(Debug, Clone)]
pub struct Keyring {
    pub(super) current: u32,
    pub(super) data: BTreeMap<u32, SecretKey>,
    pub(super) lookup: SecretKey,
    pub(super) token_current: String,
    pub(super) token: BTreeMap<String, SecretKey>,
    pub(super) link: SecretKey,
}

impl Keyring {
    /// A fresh ring with one key for each purpose.
    ///
    /// # Errors
    /// [`CryptoFault::Random`].
    pub fn generate() -> Result<Self, CryptoFault> {
        Ok(Self {
            current: 1,
            data: BTreeMap::from([(1, SecretKey::new(random_bytes()?))]),
            lookup: SecretKey::new(random_bytes()?),
            token_current: "k1".to_owned(),
            token: BTreeMap::from([("k1".to_owned(), SecretKey::new(random_bytes()?))]),
            link: SecretKey::new(random_bytes()?),
        })
    }

    /// The id and key that sign new access tokens.
    ///
    /// # Errors
    /// [`CryptoFault::UnknownKey`] is not to be expected: the ring is checked when it is made.
    pub fn token_key(&self) -> Result<(&str, &SecretKey), CryptoFault> {
        let key = self.token.get(&self.token_current).ok_or(CryptoFault::UnknownKey(0))?;
        Ok((&self.token_current, key))
    }

    /// Every key that an access token may be signed with, by key id (`kid`): the current one and those being retired.
    pub fn token_keys(&self) -> impl Iterator<Item = (&str, &SecretKey)> {
        self.token.iter().map(|(id, key)| (id.as_str(), key))
    }

    /// The id of the key that seals new values.
    #[must_use]
    pub fn current_id(&self) -> u32 {
        self.current
    }

    pub(super) fn current_key(&self) -> Result<(u32, &SecretKey), CryptoFault> {
        Ok((self.current, self.data_key(self.current)?))
    }

    pub(super) fn data_key(&self, id: u32) -> Result<&SecretKey, CryptoFault> {
        self.data.get(&id).ok_or(CryptoFault::UnknownKey(id))
    }

    pub(super) fn lookup_key(&self) -> &SecretKey {
        &self.lookup
    }

    pub(super) fn link_key(&self) -> &SecretKey {
        &self.link
    }
}
