//! Keyed hashes by which sealed values can be found. A hash without a key would not do: all ID numbers can be tried.

use super::Keyring;
use super::mac::mac_bytes;

impl Keyring {
    /// The look-up hash of a value in its normal form, for an equality column. `domain` names what is hashed
    /// (`"person.id_number"`), so that equal values in different columns do not match.
    #[must_use]
    pub fn lookup_hash(&self, domain: &str, normal_form: &str) -> [u8; 32] {
        mac_bytes(self.lookup_key(), &[b"lookup", domain.as_bytes(), normal_form.as_bytes()])
    }

    /// The first 16 bytes of a look-up hash of its own kind, for columns with many short entries (bigrams of names).
    #[must_use]
    pub fn bigram_hash(&self, domain: &str, bigram: &str) -> [u8; 16] {
        let whole = mac_bytes(self.lookup_key(), &[b"bigram", domain.as_bytes(), bigram.as_bytes()]);
        let mut short = [0_u8; 16];
        for (to, from) in short.iter_mut().zip(whole) {
            *to = from;
        }
        short
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_is_found_again_and_no_other() {
        let keys = Keyring::generate().unwrap();
        let hash = keys.lookup_hash("person.id_number", "11010519491231002X");
        assert_eq!(hash, keys.lookup_hash("person.id_number", "11010519491231002X"));
        assert_ne!(hash, keys.lookup_hash("person.id_number", "110105194912310021"));
        assert_ne!(hash, keys.lookup_hash("person.phone", "11010519491231002X"));
        assert_ne!(hash, Keyring::generate().unwrap().lookup_hash("person.id_number", "11010519491231002X"));
    }

    #[test]
    fn moving_a_character_between_domain_and_value_changes_the_hash() {
        let keys = Keyring::generate().unwrap();
        assert_ne!(keys.lookup_hash("ab", "c"), keys.lookup_hash("a", "bc"));
        assert_ne!(keys.bigram_hash("n", "张三")[..], keys.lookup_hash("n", "张三")[..16]);
    }
}
