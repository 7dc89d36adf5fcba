//! Tencent Cloud's request signature, TC3-HMAC-SHA256 (签名方法 v3), with the official example as test.

use chrono::DateTime;
use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};

/// What is signed beside the body.
pub(super) struct Signed<'a> {
    /// The product, for example `sms`.
    pub service: &'a str,
    /// As in the Host header: with the port unless it is the scheme's own.
    pub host: &'a str,
    /// As in X-TC-Action.
    pub action: &'a str,
    /// As in X-TC-Timestamp: seconds since the Unix epoch.
    pub timestamp: i64,
}

/// The Content-Type that is signed and must be sent.
pub(super) const CONTENT_TYPE: &str = "application/json; charset=utf-8";
const HEADERS: &str = "content-type;host;x-tc-action";

impl Signed<'_> {
    /// The Authorization header of a POST to `/` with this body.
    pub(super) fn authorization(&self, secret_id: &str, secret_key: &str, body: &[u8]) -> Result<String, InvalidLength> {
        let day = DateTime::from_timestamp(self.timestamp, 0).unwrap_or_default().format("%Y-%m-%d").to_string();
        let scope = format!("{day}/{}/tc3_request", self.service);
        let canonical = format!(
            "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{}\nx-tc-action:{}\n\n{HEADERS}\n{}",
            self.host,
            self.action.to_lowercase(),
            hex::encode(Sha256::digest(body))
        );
        let text = format!("TC3-HMAC-SHA256\n{}\n{scope}\n{}", self.timestamp, hex::encode(Sha256::digest(canonical)));
        let mut key = mac(format!("TC3{secret_key}").as_bytes(), &day)?;
        for part in [self.service, "tc3_request", &text] {
            key = mac(&key, part)?;
        }
        Ok(format!("TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={HEADERS}, Signature={}", hex::encode(key)))
    }
}

fn mac(key: &[u8], text: &str) -> Result<Vec<u8>, InvalidLength> {
    let mut running = Hmac::<Sha256>::new_from_slice(key)?;
    running.update(text.as_bytes());
    Ok(running.finalize().into_bytes().to_vec())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The page's example; its secret is really 32 asterisks.
    #[test]
    fn the_official_example_comes_out() {
        let body = r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
        let signed =
            Signed { service: "cvm", host: "cvm.tencentcloudapi.com", action: "DescribeInstances", timestamp: 1_551_113_065 };
        let stars = "*".repeat(32);
        let header = signed.authorization(&format!("AKID{stars}"), &stars, body.as_bytes()).unwrap();
        assert_eq!(
            header,
            format!(
                "TC3-HMAC-SHA256 Credential=AKID{stars}/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host;x-tc-action, \
                 Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
            )
        );
    }
}
