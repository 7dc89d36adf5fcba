//! The key file: what `zhucan keys generate` writes and the server reads.
//!
//! The file is JSON: `{"current":1,"data":{"1":"<base64>"},"lookup":"<base64>","token":{"current":"k1","keys":
//! {"k1":"<base64>"}},"link":"<base64>"}`. To rotate, add a key under a new id and point `current` to it; older keys stay
//! to open what they sealed. The look-up key cannot be rotated without hashing every row again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::KeyFault;
use super::keys::{KEY_BYTES, Keyring, SecretKey};

/// Thirty-two random bytes hold nearly thirty distinct values; fewer than this is a pattern, not a key.
const FEWEST_DISTINCT_BYTES: usize = 12;

/// A key as base64; wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct KeyText(String);

impl Drop for KeyText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    current: u32,
    data: BTreeMap<String, KeyText>,
    lookup: KeyText,
    token: TokenKeys,
    link: KeyText,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenKeys {
    current: String,
    keys: BTreeMap<String, KeyText>,
}

impl Keyring {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// A [`KeyFault`] with its remedy: not the JSON, a key that is not 32 bytes, weak or used twice, or a `current` that
    /// names no key.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        // serde's own message may quote a key: keep the line only.
        let file: KeyFile = serde_json::from_str(text).map_err(|e| KeyFault::NotJson { line: e.line() })?;
        let mut seen = BTreeSet::new();
        let mut data = BTreeMap::new();
        for (name, text) in &file.data {
            let id = name.parse::<u32>().ok().filter(|id| *id > 0 && id.to_string() == *name);
            let id = id.ok_or_else(|| KeyFault::MissingKey { name: format!("data.{name}") })?;
            data.insert(id, read_key(&format!("data.{name}"), text, &mut seen)?);
        }
        let mut token = BTreeMap::new();
        for (name, text) in &file.token.keys {
            token.insert(name.clone(), read_key(&format!("token.{name}"), text, &mut seen)?);
        }
        let lookup = read_key("lookup", &file.lookup, &mut seen)?;
        let link = read_key("link", &file.link, &mut seen)?;
        for mut bytes in seen {
            bytes.zeroize();
        }
        if !data.contains_key(&file.current) {
            return Err(KeyFault::MissingKey { name: format!("data.{}", file.current) });
        }
        if !token.contains_key(&file.token.current) {
            return Err(KeyFault::MissingKey { name: format!("token.{}", file.token.current) });
        }
        Ok(Self { current: file.current, data, lookup, token_current: file.token.current.clone(), token, link })
    }

    /// The text of the key file, wiped when dropped.
    ///
    /// # Errors
    /// [`KeyFault::NotJson`] is not to be expected: the ring is always writable as JSON.
    pub fn to_text(&self) -> Result<Zeroizing<String>, KeyFault> {
        let file = KeyFile {
            current: self.current,
            data: self.data.iter().map(|(id, key)| (id.to_string(), text_of(key))).collect(),
            lookup: text_of(&self.lookup),
            token: TokenKeys {
                current: self.token_current.clone(),
                keys: self.token.iter().map(|(id, key)| (id.clone(), text_of(key))).collect(),
            },
            link: text_of(&self.link),
        };
        let mut text = serde_json::to_string_pretty(&file).map_err(|e| KeyFault::NotJson { line: e.line() })?;
        text.push('\n');
        Ok(Zeroizing::new(text))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyFault::Io`], and as [`Keyring::parse`].
    pub fn read(path: &Path) -> Result<Self, KeyFault> {
        Self::parse(&Zeroizing::new(std::fs::read_to_string(path)?))
    }

    /// Writes a new key file that only its owner may read, and returns when it is on the disk (file and folder synced).
    ///
    /// # Errors
    /// [`KeyFault::Exists`] rather than overwrite; [`KeyFault::Io`], after which no half file is left.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyFault> {
        let text = self.to_text()?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => KeyFault::Exists(path.to_owned()),
            _ => KeyFault::Io(e),
        })?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
        if written.is_err() {
            // Best effort: the write's own error is the one to tell.
            let _ = std::fs::remove_file(path);
        }
        Ok(written?)
    }
}

fn text_of(key: &SecretKey) -> KeyText {
    KeyText(STANDARD.encode(key.bytes()))
}

fn read_key(name: &str, text: &KeyText, seen: &mut BTreeSet<[u8; KEY_BYTES]>) -> Result<SecretKey, KeyFault> {
    let bytes = Zeroizing::new(STANDARD.decode(&text.0).unwrap_or_default());
    let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice())
        .map(SecretKey::new)
        .map_err(|_| KeyFault::WrongLength { name: name.to_owned() })?;
    let distinct = key.bytes().iter().collect::<BTreeSet<_>>().len();
    if distinct < FEWEST_DISTINCT_BYTES || !seen.insert(*key.bytes()) {
        return Err(KeyFault::Weak { name: name.to_owned() });
    }
    Ok(key)
}

/// A new file's name is durable only when its folder is synced too (POSIX; other systems do it by themselves).
fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::platform::crypto::{CryptoFault, Place};

    const HERE: Place<'_> = Place { table: "t", column: "c", row: b"r" };

    fn key(seed: u8) -> String {
        STANDARD.encode((0..32).map(|i| seed ^ u8::wrapping_mul(i, 7)).collect::<Vec<u8>>())
    }

    fn file(data: &str, current: u32, lookup: &str) -> String {
        format!(
            r#"{{"current":{current},"data":{{{data}}},"lookup":"{lookup}","token":{{"current":"k1","keys":{{"k1":"{}"}}}},"link":"{}"}}"#,
            key(3),
            key(4)
        )
    }

    #[test]
    fn a_ring_survives_its_own_file() {
        let keys = Keyring::generate().unwrap();
        let again = Keyring::parse(&keys.to_text().unwrap()).unwrap();
        assert_eq!(again.open(&HERE, &keys.seal(&HERE, b"x").unwrap()).unwrap(), b"x");
        assert_eq!(again.lookup_hash("d", "v"), keys.lookup_hash("d", "v"));
        assert_eq!(again.token_key().unwrap().1.bytes(), keys.token_key().unwrap().1.bytes());
        let link = crate::platform::crypto::Link { file: "f", variant: "v", holder: "", expires_ms: 1 };
        assert_eq!(again.sign_link(&link), keys.sign_link(&link));
    }

    #[test]
    fn after_rotation_old_values_open_and_new_ones_name_the_new_key() {
        let old = Keyring::parse(&file(&format!(r#""1":"{}""#, key(1)), 1, &key(2))).unwrap();
        let both = format!(r#""1":"{}","2":"{}""#, key(1), key(9));
        let new = Keyring::parse(&file(&both, 2, &key(2))).unwrap();
        assert_eq!(new.open(&HERE, &old.seal(&HERE, b"x").unwrap()).unwrap(), b"x");
        let sealed = new.seal(&HERE, b"x").unwrap();
        assert_eq!(crate::platform::crypto::sealed_key_id(&sealed), Ok(new.current_id()));
        assert_eq!(old.open(&HERE, &sealed), Err(CryptoFault::UnknownKey(2)));
    }

    #[test]
    fn short_weak_repeated_and_missing_keys_are_refused_with_the_remedy() {
        let one = |k: &str| format!(r#""1":"{k}""#);
        let zero = STANDARD.encode([0_u8; 32]);
        let cases = [
            (file(&one("AAAA"), 1, &key(2)), "data.1"),
            (file(&one("not base64!"), 1, &key(2)), "data.1"),
            (file(&one(&zero), 1, &key(2)), "data.1"),
            (file(&one(&key(1)), 1, &STANDARD.encode("abcdabcdabcdabcdabcdabcdabcdabcd")), "lookup"),
            (file(&one(&key(1)), 1, &key(1)), "lookup"),
            (file(&one(&key(1)), 2, &key(2)), "data.2"),
            (file(&format!(r#""0":"{}""#, key(1)), 0, &key(2)), "data.0"),
            (file("", 1, &key(2)), "data.1"),
            ("{}".to_owned(), "line 1"),
            (String::new(), "line 1"),
        ];
        for (text, name) in cases {
            let told = Keyring::parse(&text).unwrap_err().to_string();
            assert!(told.contains(name) && told.contains("zhucan keys generate") && told.contains("请"), "{told}");
        }
    }

    #[test]
    fn no_message_and_no_debug_output_shows_a_key() {
        let text = file(&format!(r#""1":{{"k":"{}"}}"#, key(1)), 1, &key(2));
        let told = format!("{0} {0:?}", Keyring::parse(&text).unwrap_err());
        assert!(!told.contains(&key(1)));
        let keys = Keyring::parse(&file(&format!(r#""1":"{}""#, key(1)), 1, &key(2))).unwrap();
        let shown = format!("{keys:?}");
        assert!(shown.contains("SecretKey(…)") && !shown.contains(&key(1)) && !shown.contains('['), "{shown}");
    }

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let keys = Keyring::generate().unwrap();
        keys.write_new(&path).unwrap();
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(matches!(Keyring::generate().unwrap().write_new(&path), Err(KeyFault::Exists(_))));
        assert_eq!(Keyring::read(&path).unwrap().lookup_hash("d", "v"), keys.lookup_hash("d", "v"));
    }
}
