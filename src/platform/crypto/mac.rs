//! HMAC-SHA256 over a list of parts, each prefixed with its length so that no two lists look the same.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::keys::SecretKey;

/// The running code over `parts`; finish it with `finalize` or `verify_slice` (constant time).
pub(super) fn mac(key: &SecretKey, parts: &[&[u8]]) -> Hmac<Sha256> {
    // HMAC pads its key with zeros to the block; doing it here makes the constructor infallible.
    let mut block = zeroize::Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key.bytes()) {
        *to = *from;
    }
    let mut running = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        running.update(&(part.len() as u64).to_be_bytes());
        running.update(part);
    }
    running
}

/// The finished 32 bytes.
pub(super) fn mac_bytes(key: &SecretKey, parts: &[&[u8]]) -> [u8; 32] {
    mac(key, parts).finalize().into_bytes().into()
}
