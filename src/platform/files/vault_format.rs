//! How a file lies sealed: chunks of 64 KiB, each bound to its file, its place and whether it is the last.
//!
//! Layout: version (1 byte, now 1) | salt (32 bytes) | chunks. A chunk is AES-256-GCM ciphertext and its 16-byte tag.
//! The file's key is derived from the case's data key, the salt, the id and the variant, so it seals one file only and a
//! plain counter serves as nonce: chunk index (u64, big endian) | last flag (1 byte) | three zero bytes. Hence a chunk
//! that is altered, moved, doubled, dropped or taken from another file does not open, and a file that is cut short has
//! no last chunk. (The construction is STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, 2015.)

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use uuid::Uuid;

use super::{Variant, VaultFault};
use crate::platform::crypto::{CryptoFault, DataKey, random_bytes};

const VERSION: u8 = 1;
const SALT: usize = 32;
const TAG: usize = 16;
/// Plain bytes of a chunk.
const CHUNK: usize = 64 * 1024;

fn cipher(key: &DataKey, salt: &[u8; SALT], id: Uuid, variant: Variant) -> Aes256Gcm {
    let derived = key.derive(&[b"vault-file", &[VERSION], salt, id.as_bytes(), variant.code().as_bytes()]);
    Aes256Gcm::new((&*derived).into())
}

/// The nonce of a chunk; also its associated data, so that the format does not rest on one of them alone.
fn counter(index: usize, last: bool) -> [u8; 12] {
    let mut nonce = [0_u8; 12];
    let parts = (index as u64).to_be_bytes().into_iter().chain([u8::from(last)]);
    nonce.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    nonce
}

/// Chunks with their index and last flag; an empty file is one empty last chunk.
fn chunks(bytes: &[u8], size: usize) -> impl Iterator<Item = (usize, bool, &[u8])> {
    let count = bytes.len().div_ceil(size).max(1);
    let parts = bytes.chunks(size).chain(bytes.is_empty().then_some(bytes));
    parts.enumerate().map(move |(index, part)| (index, index.saturating_add(1) == count, part))
}

/// Seals a whole file.
pub(super) fn seal_file(key: &DataKey, id: Uuid, variant: Variant, plain: &[u8]) -> Result<Vec<u8>, VaultFault> {
    let salt = random_bytes::<SALT>()?;
    let cipher = cipher(key, &salt, id, variant);
    let tags = plain.len().div_ceil(CHUNK).max(1).saturating_mul(TAG);
    let mut sealed = Vec::with_capacity(plain.len().saturating_add(tags).saturating_add(SALT).saturating_add(1));
    sealed.push(VERSION);
    sealed.extend_from_slice(&salt);
    for (index, last, part) in chunks(plain, CHUNK) {
        let nonce = counter(index, last);
        let body = cipher.encrypt(&Nonce::from(nonce), Payload { msg: part, aad: &nonce });
        sealed.extend(body.map_err(|_| CryptoFault::NotSealed)?);
    }
    Ok(sealed)
}

/// Opens a whole file; nothing is given out before every chunk was found authentic.
pub(super) fn open_file(key: &DataKey, id: Uuid, variant: Variant, sealed: &[u8]) -> Result<Vec<u8>, VaultFault> {
    let Some((&[VERSION], rest)) = sealed.split_first_chunk::<1>() else {
        return Err(VaultFault::Altered);
    };
    let (salt, body) = rest.split_first_chunk::<SALT>().ok_or(VaultFault::Altered)?;
    let cipher = cipher(key, salt, id, variant);
    let mut plain = Vec::with_capacity(body.len());
    for (index, last, part) in chunks(body, CHUNK + TAG) {
        let nonce = counter(index, last);
        let opened = cipher.decrypt(&Nonce::from(nonce), Payload { msg: part, aad: &nonce });
        plain.extend(opened.map_err(|_| VaultFault::Altered)?);
    }
    Ok(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::crypto::{Keyring, Place};

    const ID: Uuid = Uuid::from_u128(7);
    const HEAD: usize = 1 + SALT;
    const SEALED_CHUNK: usize = CHUNK + TAG;

    fn key() -> DataKey {
        let place = Place { table: "cases", column: "data_key", row: b"1" };
        Keyring::generate().unwrap().new_data_key(&place).unwrap().0
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i % 251) as u8).collect()
    }

    fn altered(key: &DataKey, sealed: &[u8]) -> bool {
        matches!(open_file(key, ID, Variant::Full, sealed), Err(VaultFault::Altered))
    }

    #[test]
    fn files_of_every_length_around_a_chunk_come_back() {
        let key = key();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17] {
            let sealed = seal_file(&key, ID, Variant::Full, &plain(length)).unwrap();
            assert_eq!(sealed.len(), HEAD + length + length.div_ceil(CHUNK).max(1) * TAG);
            assert_eq!(open_file(&key, ID, Variant::Full, &sealed).unwrap(), plain(length));
        }
    }

    #[test]
    fn a_flipped_bit_in_any_region_is_found() {
        let key = key();
        let sealed = seal_file(&key, ID, Variant::Full, &plain(2 * CHUNK + 100)).unwrap();
        let end = sealed.len();
        for at in [0, 1, SALT, HEAD, HEAD + CHUNK - 1, HEAD + CHUNK, HEAD + SEALED_CHUNK, end - TAG - 1, end - TAG, end - 1] {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(altered(&key, &bent), "{at}");
        }
    }

    #[test]
    fn a_file_cut_short_or_made_longer_is_found() {
        let key = key();
        let sealed = seal_file(&key, ID, Variant::Full, &plain(2 * CHUNK)).unwrap();
        for length in [0, 1, HEAD - 1, HEAD, HEAD + 5, HEAD + TAG, HEAD + SEALED_CHUNK, sealed.len() - 1] {
            assert!(altered(&key, &sealed[..length]), "{length}");
        }
        assert!(altered(&key, &[&sealed[..], &[0]].concat()));
        assert!(altered(&key, &[&sealed[..], &sealed[HEAD..]].concat()));
    }

    #[test]
    fn chunks_cannot_be_swapped_doubled_dropped_or_borrowed() {
        let key = key();
        let one = seal_file(&key, ID, Variant::Full, &plain(3 * CHUNK)).unwrap();
        let two = seal_file(&key, ID, Variant::Full, &plain(3 * CHUNK)).unwrap();
        let (head, body) = one.split_at(HEAD);
        let parts: Vec<&[u8]> = body.chunks(SEALED_CHUNK).collect();
        let other: Vec<&[u8]> = two[HEAD..].chunks(SEALED_CHUNK).collect();
        for order in [
            vec![parts[1], parts[0], parts[2]],
            vec![parts[0], parts[2], parts[1]],
            vec![parts[0], parts[0], parts[1], parts[2]],
            vec![parts[0], parts[2]],
            vec![parts[0], other[1], parts[2]],
        ] {
            assert!(altered(&key, &[head, &order.concat()].concat()));
        }
        assert!(open_file(&key, ID, Variant::Full, &[head, &parts.concat()].concat()).is_ok());
    }

    #[test]
    fn a_file_opens_only_under_its_own_id_variant_and_key() {
        let mine = key();
        let sealed = seal_file(&mine, ID, Variant::Full, b"paper").unwrap();
        assert!(open_file(&mine, Uuid::from_u128(8), Variant::Full, &sealed).is_err());
        assert!(open_file(&mine, ID, Variant::Thumbnail, &sealed).is_err());
        assert!(open_file(&key(), ID, Variant::Full, &sealed).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn whatever_is_sealed_comes_back_and_never_lies_open(mut bytes: Vec<u8>, repeat in 1_usize..2_000) {
            bytes.truncate(100);
            let key = key();
            let file = bytes.repeat(repeat);
            let sealed = seal_file(&key, ID, Variant::Full, &file).unwrap();
            prop_assert_eq!(open_file(&key, ID, Variant::Full, &sealed).unwrap(), file);
            prop_assert!(bytes.len() < 12 || !sealed.windows(bytes.len()).any(|w| w == bytes));
        }
    }
}
