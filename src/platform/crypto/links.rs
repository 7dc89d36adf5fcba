//! Signed links to one file for five minutes: `<image>` and `wx.downloadFile` send no headers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;

use super::mac::{mac, mac_bytes};
use super::{Keyring, LinkFault};

/// How long a link lives, in milliseconds.
pub const LINK_LIFE_MS: i64 = 5 * 60 * 1000;

/// What a link opens, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    pub file: &'a str,
    pub variant: &'a str,
    /// Who got it, when the download is to be written down; else empty.
    pub holder: &'a str,
    /// End of its life, epoch milliseconds.
    pub expires_ms: i64,
}

fn parts_of<'a>(link: &Link<'a>, expires: &'a [u8; 8]) -> [&'a [u8]; 5] {
    [b"file-link", link.file.as_bytes(), link.variant.as_bytes(), link.holder.as_bytes(), expires]
}

impl Keyring {
    /// The query part `expires=…&signature=…` (and `holder=…` when there is one) of a link.
    #[must_use]
    pub fn sign_link(&self, link: &Link<'_>) -> String {
        let expires = link.expires_ms.to_be_bytes();
        let signature = URL_SAFE_NO_PAD.encode(mac_bytes(self.link_key(), &parts_of(link, &expires)));
        let holder = if link.holder.is_empty() { String::new() } else { format!("holder={}&", link.holder) };
        format!("{holder}expires={}&signature={signature}", link.expires_ms)
    }

    /// Checks a link's parts against `now_ms`. The signature is compared in constant time, and before the clock.
    ///
    /// # Errors
    /// [`LinkFault::Wrong`], or [`LinkFault::Expired`] for a genuine link outside its time.
    pub fn verify_link(&self, link: &Link<'_>, signature: &str, now_ms: i64) -> Result<(), LinkFault> {
        let given = URL_SAFE_NO_PAD.decode(signature).map_err(|_| LinkFault::Wrong)?;
        let expires = link.expires_ms.to_be_bytes();
        mac(self.link_key(), &parts_of(link, &expires)).verify_slice(&given).map_err(|_| LinkFault::Wrong)?;
        let left = link.expires_ms.saturating_sub(now_ms);
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

    fn link(file: &'static str, variant: &'static str, holder: &'static str, expires_ms: i64) -> Link<'static> {
        Link { file, variant, holder, expires_ms }
    }

    #[test]
    fn a_link_opens_its_file_for_five_minutes() {
        let keys = Keyring::generate().unwrap();
        let end = NOW + LINK_LIFE_MS;
        let thumb = link("f1", "thumb", "", end);
        let query = keys.sign_link(&thumb);
        assert!(query.starts_with(&format!("expires={end}&signature=")));
        let sig = signature(&query);
        assert_eq!(keys.verify_link(&thumb, &sig, NOW), Ok(()));
        assert_eq!(keys.verify_link(&thumb, &sig, end - 1), Ok(()));
        assert_eq!(keys.verify_link(&thumb, &sig, end), Err(LinkFault::Expired));
        assert_eq!(keys.verify_link(&thumb, &sig, NOW - 1), Err(LinkFault::Expired));
    }

    #[test]
    fn a_link_opens_nothing_else_and_tells_whose_it_is() {
        let keys = Keyring::generate().unwrap();
        let end = NOW + LINK_LIFE_MS;
        let thumb = link("f1", "thumb", "w1", end);
        let query = keys.sign_link(&thumb);
        assert!(query.starts_with("holder=w1&expires="));
        let sig = signature(&query);
        assert_eq!(keys.verify_link(&thumb, &sig, NOW), Ok(()));
        for other in [
            link("f2", "thumb", "w1", end),
            link("f1", "full", "w1", end),
            link("f1", "thumb", "w1", end - 1),
            link("f1t", "humb", "w1", end),
            link("f1", "thumb", "w2", end),
            link("f1", "thumb", "", end),
        ] {
            assert_eq!(keys.verify_link(&other, &sig, NOW), Err(LinkFault::Wrong));
        }
        for bad in ["", "AAAA", "!!", &sig[1..], &format!("{sig}A")] {
            assert_eq!(keys.verify_link(&thumb, bad, NOW), Err(LinkFault::Wrong));
        }
        let other = Keyring::generate().unwrap();
        assert_eq!(other.verify_link(&thumb, &sig, NOW), Err(LinkFault::Wrong));
    }
}
