//! Signed links to one file for five minutes: `<image>` and `wx.downloadFile` send no headers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;

use super::mac::{mac, mac_bytes};
use super::{Keyring, LinkFault};

/// How long a link lives, in milliseconds.
pub const LINK_LIFE_MS: i64 = 5 * 60 * 1000;

fn parts_of<'a>(file: &'a str, variant: &'a str, expires: &'a [u8; 8]) -> [&'a [u8]; 4] {
    [b"file-link", file.as_bytes(), variant.as_bytes(), expires]
}

impl Keyring {
    /// The query part `expires=…&signature=…` that opens `variant` of `file_id` until `expires_ms` (epoch milliseconds).
    #[must_use]
    pub fn sign_link(&self, file_id: &str, variant: &str, expires_ms: i64) -> String {
        let expires = expires_ms.to_be_bytes();
        let signature = URL_SAFE_NO_PAD.encode(mac_bytes(self.link_key(), &parts_of(file_id, variant, &expires)));
        format!("expires={expires_ms}&signature={signature}")
    }

    /// Checks a link's parts against `now_ms`. The signature is compared in constant time, and before the clock.
    ///
    /// # Errors
    /// [`LinkFault::Wrong`], or [`LinkFault::Expired`] for a genuine link outside its time.
    pub fn verify_link(
        &self,
        file_id: &str,
        variant: &str,
        expires_ms: i64,
        signature: &str,
        now_ms: i64,
    ) -> Result<(), LinkFault> {
        let given = URL_SAFE_NO_PAD.decode(signature).map_err(|_| LinkFault::Wrong)?;
        let expires = expires_ms.to_be_bytes();
        mac(self.link_key(), &parts_of(file_id, variant, &expires)).verify_slice(&given).map_err(|_| LinkFault::Wrong)?;
        let left = expires_ms.saturating_sub(now_ms);
        // A link from further ahead than links live was signed under a wrong clock.
        if left <= 0 || left > LINK_LIFE_MS { Err(LinkFault::Expired) } else { Ok(()) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    fn signature(query: &str) -> String {
        query.split_once("&signature=").unwrap().1.to_owned()
    }

    #[test]
    fn a_link_opens_its_file_for_five_minutes() {
        let keys = Keyring::generate().unwrap();
        let end = NOW + LINK_LIFE_MS;
        let query = keys.sign_link("f1", "thumb", end);
        assert!(query.starts_with(&format!("expires={end}&signature=")));
        let sig = signature(&query);
        assert_eq!(keys.verify_link("f1", "thumb", end, &sig, NOW), Ok(()));
        assert_eq!(keys.verify_link("f1", "thumb", end, &sig, end - 1), Ok(()));
        assert_eq!(keys.verify_link("f1", "thumb", end, &sig, end), Err(LinkFault::Expired));
        assert_eq!(keys.verify_link("f1", "thumb", end, &sig, NOW - 1), Err(LinkFault::Expired));
    }

    #[test]
    fn a_link_opens_nothing_else() {
        let keys = Keyring::generate().unwrap();
        let end = NOW + LINK_LIFE_MS;
        let sig = signature(&keys.sign_link("f1", "thumb", end));
        for (file, variant, until) in [("f2", "thumb", end), ("f1", "full", end), ("f1", "thumb", end - 1), ("f1t", "humb", end)]
        {
            assert_eq!(keys.verify_link(file, variant, until, &sig, NOW), Err(LinkFault::Wrong));
        }
        for bad in ["", "AAAA", "!!", &sig[1..], &format!("{sig}A")] {
            assert_eq!(keys.verify_link("f1", "thumb", end, bad, NOW), Err(LinkFault::Wrong));
        }
        let other = Keyring::generate().unwrap();
        assert_eq!(other.verify_link("f1", "thumb", end, &sig, NOW), Err(LinkFault::Wrong));
    }
}
