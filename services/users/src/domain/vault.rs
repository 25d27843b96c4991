//! What is found by a keyed hash and kept sealed: INE, mail, and what feeds told word by word. Whoever reads the database without
//! the secret can neither read nor try out any of it.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use service_kit::secret::SecretKeys;
use sha2::Sha256;

/// Separates the uses of the secret from each other, and from any other.
const FINDING: &[u8] = b"passerelle vault: finding\0";
const SEALING: &[u8] = b"passerelle vault: sealing\0";
/// Bytes of a nonce of AES-GCM.
const NONCE: usize = 12;

/// Hashes what is looked for, and seals what is kept.
///
/// What is looked for is hashed with the oldest key, since a hash cannot be made anew without what it was made of; what is sealed
/// is sealed with the newest, and opened with the one that its generation names.
#[derive(Clone, Debug)]
pub struct Vault {
    keys: SecretKeys,
}

impl Vault {
    /// A vault under these secrets.
    pub fn new(keys: SecretKeys) -> Self {
        Self { keys }
    }

    /// By what a value of this kind is found.
    pub(crate) fn hash(&self, kind: &str, value: &str) -> String {
        let mut mac = Self::mac(self.keys.oldest().1, FINDING);
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(value.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// The value, sealed for this place: elsewhere it cannot be opened.
    pub(crate) fn seal(&self, place: &str, value: &[u8]) -> String {
        let (generation, key) = self.keys.current();
        let mut nonce = [0; NONCE];
        service_kit::secret::random(&mut nonce);
        let sealed = Self::cipher(key)
            .encrypt(&Nonce::from(nonce), Payload { msg: value, aad: place.as_bytes() })
            .expect("AES-GCM seals whatever fits into memory");
        format!("{generation}.{}.{}", URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What was sealed for this place; none where it was for another, was altered, or its key is gone.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let mut parts = sealed.splitn(3, '.');
        let (generation, nonce, sealed) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let nonce: [u8; NONCE] = URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let payload = Payload { msg: &sealed, aad: place.as_bytes() };
        Self::cipher(self.keys.of(generation)?).decrypt(&Nonce::from(nonce), payload).ok()
    }

    fn cipher(key: &[u8]) -> Aes256Gcm {
        Aes256Gcm::new(&Self::mac(key, SEALING).finalize().into_bytes())
    }

    fn mac(key: &[u8], purpose: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(purpose);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_by_one_hash_and_opened_in_its_place_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vault.key");
        let vault = Vault::new(SecretKeys::at(&path).expect("keys"));
        let (hash, sealed) = (vault.hash("INE", "123456789AB"), vault.seal("a", b"123456789AB"));
        assert_eq!(vault.hash("INE", "123456789AB"), hash);
        assert_ne!(vault.hash("MAIL", "123456789AB"), hash);
        assert_ne!(vault.seal("a", b"123456789AB"), sealed, "no two look alike");
        let second = base64::engine::general_purpose::STANDARD.encode([9; 32]);
        let text = std::fs::read_to_string(&path).expect("read");
        std::fs::write(&path, format!("{text}2 {second}\n")).expect("written");
        let rotated = Vault::new(SecretKeys::at(&path).expect("keys"));
        assert_eq!(rotated.hash("INE", "123456789AB"), hash, "a new key finds what the old one hashed");
        assert_eq!(rotated.open("a", &sealed).as_deref(), Some(&b"123456789AB"[..]));
        assert!(rotated.seal("a", b"x").starts_with("2."));
        let altered = format!("{}A", &sealed[..sealed.len() - 1]);
        for (place, sealed) in [("b", sealed.as_str()), ("a", &sealed[2..]), ("a", ""), ("a", "3.AAAA.AAAA")] {
            assert_eq!(rotated.open(place, sealed), None, "{place} {sealed}");
        }
        assert!(altered == sealed || rotated.open("a", &altered).is_none());
    }
}
