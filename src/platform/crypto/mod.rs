//! Keys, sealing of personal data, keyed look-ups, randomness and signed links: the one door to cryptography.
//!
//! AES-256-GCM and HMAC-SHA256 are suite 1. The first byte of each sealed value names its suite, so that SM4-GCM with
//! SM3 can be added as suite 2 without touching stored rows.

mod fault;
mod keys;
mod key_file;
mod mac;
mod links;
mod lookup;
mod random;
mod seal;

pub use fault::{CryptoFault, KeyFault, LinkFault};
pub use keys::{KEY_BYTES, Keyring, SecretKey};
pub use links::{LINK_LIFE_MS, Link};
pub use random::{random_bytes, random_digits, random_token};
pub use seal::{DataKey, Place, sealed_key_id};
