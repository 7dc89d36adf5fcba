//! Randomness from the operating system; the only place that asks for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::CryptoFault;

/// `N` random bytes.
///
/// # Errors
/// [`CryptoFault::Random`] when the operating system gives none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], CryptoFault> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| CryptoFault::Random)?;
    Ok(bytes)
}

/// An opaque token of 256 random bits: 43 characters of URL-safe base64.
///
/// # Errors
/// [`CryptoFault::Random`].
pub fn random_token() -> Result<String, CryptoFault> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

/// `count` decimal digits, each equally likely.
///
/// # Errors
/// [`CryptoFault::Random`].
pub fn random_digits(count: usize) -> Result<String, CryptoFault> {
    let mut digits = String::with_capacity(count);
    while digits.len() < count {
        let missing = count.saturating_sub(digits.len());
        // 250 is the largest multiple of ten in a byte: taking the rest would favour 0 to 5.
        let fair = random_bytes::<32>()?.into_iter().filter(|byte| *byte < 250);
        digits.extend(fair.take(missing).map(|byte| char::from(b'0'.saturating_add(byte % 10))));
    }
    Ok(digits)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_fit_a_url() {
        let token = random_token().unwrap();
        assert_eq!(token.len(), 43);
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(token, random_token().unwrap());
    }

    #[test]
    fn digits_are_digits_of_the_asked_length_and_all_occur() {
        assert_eq!(random_digits(0).unwrap(), "");
        let many = random_digits(2_000).unwrap();
        assert_eq!(many.len(), 2_000);
        for digit in '0'..='9' {
            assert!(many.contains(digit));
        }
    }
}
