//! Secret keys of a service: a file of one line a generation, made at first use, readable by its owner alone.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand_core::RngCore;

/// Bytes of a key.
const LENGTH: usize = 32;

/// The keys in a file, by their generation.
#[derive(Clone)]
pub struct SecretKeys(BTreeMap<i64, [u8; LENGTH]>);

impl std::fmt::Debug for SecretKeys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SecretKeys({} generations)", self.0.len())
    }
}

/// A file of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It cannot be read or made.
    #[error("cannot read or write {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It holds something else.
    #[error("{path}, line {line}: a generation (1, 2, ...) and 32 bytes in base64 are expected")]
    Content {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
}

impl SecretKeys {
    /// The keys in the file at `path`, made with one key where it is missing. Two processes that start together end with
    /// the same.
    ///
    /// # Errors
    /// When it cannot be read or made, or holds something else.
    pub fn at(path: &Path) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File { path: path.to_owned(), source };
        if !path.exists() {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(failed)?;
            }
            let mut key = [0; LENGTH];
            rand_core::OsRng.fill_bytes(&mut key);
            let line = format!("1 {}\n", STANDARD.encode(key));
            crate::keys::publish(path, line.as_bytes(), 0o600, false).map_err(failed)?;
        }
        Self::read(path, &fs::read_to_string(path).map_err(failed)?)
    }

    fn read(path: &Path, text: &str) -> Result<Self, SecretError> {
        let mut keys = BTreeMap::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let key = line.split_once(' ').and_then(|(generation, key)| {
                let generation: i64 = generation.parse().ok().filter(|generation| *generation > 0)?;
                Some((generation, STANDARD.decode(key.trim()).ok()?.try_into().ok()?))
            });
            let twice = key.is_none_or(|(generation, key)| keys.insert(generation, key).is_some());
            if twice {
                return Err(SecretError::Content { path: path.to_owned(), line: at + 1 });
            }
        }
        if keys.is_empty() { Err(SecretError::Content { path: path.to_owned(), line: 1 }) } else { Ok(Self(keys)) }
    }

    /// The newest generation and its key.
    pub fn current(&self) -> (i64, &[u8; LENGTH]) {
        let (generation, key) = self.0.last_key_value().expect("reading refuses a file without keys");
        (*generation, key)
    }

    /// The oldest generation and its key.
    pub fn oldest(&self) -> (i64, &[u8; LENGTH]) {
        let (generation, key) = self.0.first_key_value().expect("reading refuses a file without keys");
        (*generation, key)
    }

    /// The key of a generation, if the file holds it.
    pub fn of(&self, generation: i64) -> Option<&[u8; LENGTH]> {
        self.0.get(&generation)
    }
}

/// Fills these with what nobody can guess.
pub fn random(bytes: &mut [u8]) {
    rand_core::OsRng.fill_bytes(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys/pairwise.key");
        let first = SecretKeys::at(&path).expect("made");
        let again = SecretKeys::at(&path).expect("read");
        assert_eq!((first.current().0, first.current()), (1, again.current()));
        let text = fs::read_to_string(&path).expect("read");
        let rotated = format!("{text}2 {}\n", STANDARD.encode([7; 32]));
        let keys = SecretKeys::read(&path, &rotated).expect("two generations");
        assert_eq!((keys.current(), keys.of(1)), ((2, &[7; 32]), Some(first.current().1)));
        for bad in ["", "1 abc", "x", "0 AAAA", &format!("{text}{text}")] {
            assert!(SecretKeys::read(&path, bad).is_err(), "{bad}");
        }
    }
}
