//! HTTP calls to other services (WeChat, SMS): one request for each call, no redirects, and a limit on the answer's size.

use std::time::Duration;

use reqwest::{Client, Response};

/// Largest answer that is read, in bytes. Real answers of these services are below two kilobytes.
const BODY_CAP: usize = 64 * 1024;

/// A client without redirects, proxy and automatic retries, so that one call here is at most one request there.
///
/// # Errors
/// When TLS cannot be set up on this machine.
pub fn client(connect: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(connect)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        // An idle connection that the other side is about to close would turn a call into an unknown outcome.
        .pool_idle_timeout(Duration::from_secs(15))
        .build()
}

/// Reads by chunks, so that a wrong server cannot fill our memory; `None` for an answer that was cut or is too long.
pub async fn read_capped(path: &'static str, mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) <= BODY_CAP => body.extend_from_slice(&chunk),
            Ok(Some(_)) => {
                tracing::warn!(path, "the answer is too long");
                return None;
            }
            Ok(None) => return Some(body),
            Err(error) => {
                tracing::warn!(path, error = %error.without_url(), "the answer was cut");
                return None;
            }
        }
    }
}

/// Notes a request without an answer. True when it surely never left: a builder or connect error; after that the
/// outcome is unknown.
pub fn never_left(path: &'static str, error: reqwest::Error) -> bool {
    let unsent = error.is_connect() || error.is_builder();
    // The URL may hold a secret, a code or a token.
    tracing::warn!(path, unsent, error = %error.without_url(), "no answer");
    unsent
}
