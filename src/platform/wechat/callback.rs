//! Checks, opens and seals what WeChat pushes to us: SHA-1 signatures, and AES-256-CBC in safe mode.
//!
//! Message push is set to JSON in WeChat's console. Source: 消息推送, with the official examples as tests.

use std::fmt;

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use super::Secret;
use crate::rules::text::Code;

/// WeChat pads to blocks of 32 bytes, twice what AES asks for, so a pad byte may be 1..=32.
const PAD_BLOCK: usize = 32;
/// 16 random bytes, then the message length in four.
const HEAD: usize = 20;
/// WeChat repeats an unanswered push within seconds; ten minutes leave room for clocks that differ.
const FRESH_FOR_S: i64 = 600;
/// 43 characters carry two spare bits that WeChat does not promise to be zero.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// Why a push is refused; the caller answers 4xx and does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackFault {
    /// EncodingAESKey must be 43 characters of Base64.
    #[error("the EncodingAESKey is not 43 characters of Base64")]
    BadKey,
    /// Not signed with our token.
    #[error("the signature is wrong")]
    BadSignature,
    /// Signed, but not sealed with our key, or sealed for another appid.
    #[error("the message cannot be opened")]
    CannotOpen,
    /// Not the JSON that the event's page promises.
    #[error("the message has an unknown shape")]
    Malformed,
}

/// An answer in safe mode. Most events want only the plain text `success` instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SealedReply {
    /// Base64 of the sealed message.
    pub encrypt: String,
    /// Over token, `time_stamp`, `nonce` and `encrypt`.
    pub msg_signature: String,
    /// Seconds since the Unix epoch.
    pub time_stamp: i64,
    /// As given.
    pub nonce: String,
}

#[derive(Deserialize)]
struct SealedPush {
    #[serde(rename = "Encrypt")]
    encrypt: Code<1, 65_536>,
}

/// The message-push settings of one mini-program: token, key and appid.
pub struct Callback {
    token: Secret,
    key: [u8; 32],
    appid: String,
}

impl fmt::Debug for Callback {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Callback").field("appid", &self.appid).finish_non_exhaustive()
    }
}

impl Callback {
    /// `encoding_aes_key` is the 43-character EncodingAESKey of the console.
    ///
    /// # Errors
    /// `BadKey`.
    pub fn new(token: Secret, encoding_aes_key: &Secret, appid: impl Into<String>) -> Result<Self, CallbackFault> {
        let key = KEY_BASE64.decode(encoding_aes_key.expose()).map_err(|_| CallbackFault::BadKey)?;
        let key = key.try_into().map_err(|_| CallbackFault::BadKey)?;
        Ok(Self { token, key, appid: appid.into() })
    }

    /// The mini-program whose pushes these settings open.
    pub fn appid(&self) -> &str {
        &self.appid
    }

    /// For the URL check (answer `echostr` as plain text) and for pushes in plain mode. Never enough in safe mode.
    ///
    /// # Errors
    /// `BadSignature`.
    pub fn check(&self, signature: &str, timestamp: &str, nonce: &str) -> Result<(), CallbackFault> {
        let ours = signature_over([self.token.expose(), timestamp, nonce]);
        if same(&ours, signature) { Ok(()) } else { Err(CallbackFault::BadSignature) }
    }

    /// Safe mode: checks `msg_signature` over the body's `Encrypt`, then opens it and returns the JSON within.
    ///
    /// # Errors
    /// `Malformed` without `Encrypt`, `BadSignature`, `CannotOpen`.
    pub fn open(&self, msg_signature: &str, timestamp: &str, nonce: &str, body: &[u8]) -> Result<Vec<u8>, CallbackFault> {
        let SealedPush { encrypt } = serde_json::from_slice(body).map_err(|_| CallbackFault::Malformed)?;
        let ours = signature_over([self.token.expose(), timestamp, nonce, &encrypt]);
        if !same(&ours, msg_signature) {
            return Err(CallbackFault::BadSignature);
        }
        self.decrypt(&encrypt).ok_or(CallbackFault::CannotOpen)
    }

    /// Seals an answer. `random` comes from the system's random source; `nonce` is the one of the push; `time_stamp` is in seconds.
    ///
    /// # Errors
    /// `Malformed` for a message above four gigabytes.
    pub fn seal(&self, message: &[u8], random: [u8; 16], time_stamp: i64, nonce: &str) -> Result<SealedReply, CallbackFault> {
        let length = u32::try_from(message.len()).map_err(|_| CallbackFault::Malformed)?;
        let mut text = [&random, length.to_be_bytes().as_slice(), message, self.appid.as_bytes()].concat();
        let pad = PAD_BLOCK.saturating_sub(text.len() % PAD_BLOCK);
        let pad_byte = u8::try_from(pad).map_err(|_| CallbackFault::Malformed)?;
        text.resize(text.len().saturating_add(pad), pad_byte);
        let whole = text.len();
        let sealed = cbc::Encryptor::<Aes256>::new_from_slices(&self.key, self.iv())
            .map_err(|_| CallbackFault::BadKey)?
            .encrypt_padded::<NoPadding>(&mut text, whole)
            .map_err(|_| CallbackFault::Malformed)?;
        let encrypt = STANDARD.encode(sealed);
        let msg_signature = signature_over([self.token.expose(), &time_stamp.to_string(), nonce, &encrypt]);
        Ok(SealedReply { encrypt, msg_signature, time_stamp, nonce: nonce.to_owned() })
    }

    /// One answer, `None`, for whatever is wrong, so that the caller cannot tell a sender which step failed.
    fn decrypt(&self, encrypt: &str) -> Option<Vec<u8>> {
        let mut sealed = STANDARD.decode(encrypt).ok()?;
        let text = cbc::Decryptor::<Aes256>::new_from_slices(&self.key, self.iv())
            .ok()?
            .decrypt_padded::<NoPadding>(&mut sealed)
            .ok()?;
        let (head, rest) = strip_pad(text)?.split_at_checked(HEAD)?;
        let length: [u8; 4] = head.get(16..)?.try_into().ok()?;
        let (message, appid) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(length)).ok()?)?;
        same_bytes(appid, self.appid.as_bytes()).then(|| message.to_vec())
    }

    /// WeChat takes the key's first half as the initial vector.
    fn iv(&self) -> &[u8] {
        self.key.first_chunk::<16>().map_or(&[], |half| half.as_slice())
    }
}

/// Whether a push's `timestamp` (seconds) is near `now` (milliseconds). It is part of the signature, so an old push cannot be replayed later.
pub fn is_fresh(timestamp: &str, now: i64) -> bool {
    timestamp.parse::<i64>().is_ok_and(|sent| now.div_euclid(1_000).abs_diff(sent) <= FRESH_FOR_S.unsigned_abs())
}

/// Lower-case hexadecimal SHA-1 over the sorted parts, joined without a separator.
fn signature_over<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    hex::encode(Sha1::digest(parts.concat()))
}

fn same(ours: &str, theirs: &str) -> bool {
    same_bytes(ours.as_bytes(), theirs.as_bytes())
}

/// Takes the same time wherever the first difference stands.
fn same_bytes(ours: &[u8], theirs: &[u8]) -> bool {
    let difference = ours.iter().zip(theirs).fold(0_u8, |sum, (a, b)| std::hint::black_box(sum | (a ^ b)));
    ours.len() == theirs.len() && difference == 0
}

fn strip_pad(text: &[u8]) -> Option<&[u8]> {
    let pad = usize::from(*text.last()?);
    if !(1..=PAD_BLOCK).contains(&pad) {
        return None;
    }
    let (kept, padding) = text.split_at_checked(text.len().checked_sub(pad)?)?;
    padding.iter().all(|byte| usize::from(*byte) == pad).then_some(kept)
}

#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;
