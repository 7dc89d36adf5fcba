//! AES-256-GCM sealing of single values, each bound to the table, column and row where it is kept.
//!
//! A sealed value is: suite (1 byte, now 1) | key id (u32, big endian; 0 = a data key) | nonce (12 bytes) | ciphertext
//! and tag. Nonces are random; one key bears 2³² values, far more than a county's rows.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use zeroize::Zeroizing;

use super::keys::SecretKey;
use super::mac::mac_bytes;
use super::{CryptoFault, Keyring, random_bytes};

/// Suite 1: AES-256-GCM with a random 96-bit nonce.
const SUITE_AES_256_GCM: u8 = 1;
/// The id in values sealed by a [`DataKey`]; a key ring has no key of this id.
const DATA_KEY_ID: u32 = 0;

/// Where a value is kept. A value opens nowhere else, so that rows cannot be swapped in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Table name.
    pub table: &'a str,
    /// Column name.
    pub column: &'a str,
    /// The row's primary key, as stored bytes.
    pub row: &'a [u8],
}

impl<'a> Place<'a> {
    /// The place of a column of a row.
    #[must_use]
    pub fn new(table: &'a str, column: &'a str, row: &'a [u8]) -> Place<'a> {
        Place { table, column, row }
    }

    /// The associated data: each part with its length before it.
    fn bytes(&self) -> Vec<u8> {
        let parts = [self.table.as_bytes(), self.column.as_bytes(), self.row];
        parts.iter().flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied())).collect()
    }
}

/// A key of its own for one case or file. It is stored only wrapped by the key ring; destroying the wrapped bytes
/// erases all that it sealed, backups included.
#[derive(Clone, Debug)]
pub struct DataKey(SecretKey);

impl DataKey {
    /// Seals `plain` for `place`.
    ///
    /// # Errors
    /// [`CryptoFault::Random`]; [`CryptoFault::NotSealed`] beyond 64 GiB.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, CryptoFault> {
        seal_under(&self.0, DATA_KEY_ID, place, plain)
    }

    /// Opens what [`DataKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`CryptoFault::Malformed`], [`CryptoFault::UnknownKey`] for a key ring's value, [`CryptoFault::NotAuthentic`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, CryptoFault> {
        match sealed_key_id(sealed)? {
            DATA_KEY_ID => open_under(&self.0, place, sealed),
            other => Err(CryptoFault::UnknownKey(other)),
        }
    }

    /// A further key for one purpose, which says nothing about this one. Equal `parts` give the equal key.
    pub(in crate::platform) fn derive(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac_bytes(&self.0, parts))
    }
}

impl Keyring {
    /// Seals `plain` for `place` under the current data key.
    ///
    /// # Errors
    /// [`CryptoFault::Random`]; [`CryptoFault::NotSealed`] beyond 64 GiB.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, CryptoFault> {
        let (id, key) = self.current_key()?;
        seal_under(key, id, place, plain)
    }

    /// Opens a value under the key that it names, current or older.
    ///
    /// # Errors
    /// [`CryptoFault::Malformed`], [`CryptoFault::UnknownKey`], [`CryptoFault::NotAuthentic`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, CryptoFault> {
        open_under(self.data_key(sealed_key_id(sealed)?)?, place, sealed)
    }

    /// [`Keyring::seal`] for text.
    ///
    /// # Errors
    /// As [`Keyring::seal`].
    pub fn seal_text(&self, place: &Place<'_>, plain: &str) -> Result<Vec<u8>, CryptoFault> {
        self.seal(place, plain.as_bytes())
    }

    /// [`Keyring::open`] for text.
    ///
    /// # Errors
    /// As [`Keyring::open`], and [`CryptoFault::NotText`].
    pub fn open_text(&self, place: &Place<'_>, sealed: &[u8]) -> Result<String, CryptoFault> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| CryptoFault::NotText)
    }

    /// A new data key and the wrapped bytes to store at `place`.
    ///
    /// # Errors
    /// [`CryptoFault::Random`].
    pub fn new_data_key(&self, place: &Place<'_>) -> Result<(DataKey, Vec<u8>), CryptoFault> {
        let key = SecretKey::new(random_bytes()?);
        let wrapped = self.seal(place, key.bytes())?;
        Ok((DataKey(key), wrapped))
    }

    /// The data key that was stored wrapped at `place`.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn open_data_key(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<DataKey, CryptoFault> {
        let bytes = Zeroizing::new(self.open(place, wrapped)?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| CryptoFault::Malformed)?;
        Ok(DataKey(SecretKey::new(key)))
    }
}

/// The key id that a sealed value names: what is not under the current key is due for re-sealing.
///
/// # Errors
/// [`CryptoFault::Malformed`] when the value is not of suite 1.
pub fn sealed_key_id(sealed: &[u8]) -> Result<u32, CryptoFault> {
    match sealed.split_first_chunk::<5>() {
        Some((&[SUITE_AES_256_GCM, a, b, c, d], _)) => Ok(u32::from_be_bytes([a, b, c, d])),
        _ => Err(CryptoFault::Malformed),
    }
}

fn seal_under(key: &SecretKey, id: u32, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, CryptoFault> {
    let nonce = random_bytes::<12>()?;
    let aad = place.bytes();
    let body = Aes256Gcm::new(key.bytes().into())
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad })
        .map_err(|_| CryptoFault::NotSealed)?;
    Ok([&[SUITE_AES_256_GCM][..], &id.to_be_bytes(), &nonce, &body].concat())
}

fn open_under(key: &SecretKey, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, CryptoFault> {
    let (nonce, body) = sealed.get(5..).and_then(|rest| rest.split_first_chunk::<12>()).ok_or(CryptoFault::Malformed)?;
    let aad = place.bytes();
    Aes256Gcm::new(key.bytes().into())
        .decrypt(&Nonce::from(*nonce), Payload { msg: body, aad: &aad })
        .map_err(|_| CryptoFault::NotAuthentic)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place<'a>(table: &'a str, column: &'a str, row: &'a [u8]) -> Place<'a> {
        Place { table, column, row }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_in_its_place(plain: Vec<u8>, table: String, column: String, row: Vec<u8>) {
            let keys = Keyring::generate().unwrap();
            let here = place(&table, &column, &row);
            let sealed = keys.seal(&here, &plain).unwrap();
            prop_assert_eq!(keys.open(&here, &sealed).unwrap(), plain.clone());
            let (key, wrapped) = keys.new_data_key(&here).unwrap();
            let sealed = key.seal(&here, &plain).unwrap();
            prop_assert_eq!(keys.open_data_key(&here, &wrapped).unwrap().open(&here, &sealed).unwrap(), plain);
        }

        #[test]
        fn nothing_opens_in_another_place(a: (String, String, Vec<u8>), b: (String, String, Vec<u8>)) {
            prop_assume!(a != b);
            let keys = Keyring::generate().unwrap();
            let sealed = keys.seal(&place(&a.0, &a.1, &a.2), b"x").unwrap();
            prop_assert_eq!(keys.open(&place(&b.0, &b.1, &b.2), &sealed), Err(CryptoFault::NotAuthentic));
        }

        #[test]
        fn a_changed_bit_or_a_lost_byte_is_found(plain: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8) {
            let keys = Keyring::generate().unwrap();
            let here = place("persons", "name", b"1");
            let sealed = keys.seal(&here, &plain).unwrap();
            let mut bent = sealed.clone();
            bent[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(keys.open(&here, &bent).is_err());
            prop_assert!(keys.open(&here, &sealed[..at.index(sealed.len())]).is_err());
        }
    }

    #[test]
    fn parts_of_a_place_do_not_run_together() {
        assert_ne!(place("ab", "c", b"").bytes(), place("a", "bc", b"").bytes());
    }

    #[test]
    fn two_seals_of_one_value_differ_and_hide_it() {
        let keys = Keyring::generate().unwrap();
        let here = place("persons", "name", b"1");
        let one = keys.seal_text(&here, "王小明").unwrap();
        let two = keys.seal_text(&here, "王小明").unwrap();
        assert_ne!(one, two);
        assert!(!one.windows(9).any(|w| w == "王小明".as_bytes()));
        assert_eq!(keys.open_text(&here, &two).unwrap(), "王小明");
        assert_eq!(keys.open_text(&here, &keys.seal(&here, &[0xff]).unwrap()), Err(CryptoFault::NotText));
    }

    #[test]
    fn a_key_ring_and_a_data_key_never_open_each_others_values() {
        let keys = Keyring::generate().unwrap();
        let here = place("cases", "note", b"7");
        let (key, _) = keys.new_data_key(&here).unwrap();
        assert_eq!(keys.open(&here, &key.seal(&here, b"x").unwrap()), Err(CryptoFault::UnknownKey(0)));
        assert_eq!(key.open(&here, &keys.seal(&here, b"x").unwrap()), Err(CryptoFault::UnknownKey(1)));
        assert_eq!(format!("{key:?}"), "DataKey(SecretKey(…))");
    }
}
