//! Pairwise pseudonyms (OpenID Connect Core 8.1): each client knows a person under another id, always the same one.
//!
//! The id of the person, 16 bytes, is encrypted as one AES block under a key of the client's own, derived from the service's
//! secret. So nothing is stored, no two people share one, clients cannot join theirs, and the service alone finds the person
//! again. The generation of the secret stands with the person: a new one changes no pseudonym that exists.

use aes::Aes256;
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use service_kit::secret::SecretKeys;
use sha2::Sha256;
use uuid::Uuid;

/// Separates this use of the secret from any other.
const PURPOSE: &[u8] = b"passerelle pairwise subject\0";

/// Makes pseudonyms and finds who bears one.
#[derive(Clone, Debug)]
pub struct Pseudonyms {
    keys: SecretKeys,
}

impl Pseudonyms {
    /// Pseudonyms under these secrets.
    pub fn new(keys: SecretKeys) -> Self {
        Self { keys }
    }

    /// The generation that new people get.
    pub(crate) fn generation(&self) -> i64 {
        self.keys.current().0
    }

    /// The pseudonym of a person for a client; none where the secret of this generation is gone.
    pub fn of(&self, client: &str, person: Uuid, generation: i64) -> Option<String> {
        let mut block = person.into_bytes().into();
        self.cipher(client, generation)?.encrypt_block(&mut block);
        Some(format!("{generation}-{}", URL_SAFE_NO_PAD.encode(block)))
    }

    /// The person whom a client calls this, if the pseudonym has the form of one; whether there is such a person is not said.
    pub(crate) fn person(&self, client: &str, pseudonym: &str) -> Option<Uuid> {
        let (generation, encoded) = pseudonym.split_once('-')?;
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()?;
        let generation: i64 = generation.parse().ok()?;
        let mut block = bytes.into();
        self.cipher(client, generation)?.decrypt_block(&mut block);
        let person = Uuid::from_bytes(block.into());
        // One spelling only: what base64 or a sign in front would let through is none of ours.
        (self.of(client, person, generation).as_deref() == Some(pseudonym)).then_some(person)
    }

    fn cipher(&self, client: &str, generation: i64) -> Option<Aes256> {
        let mut derived =
            <Hmac<Sha256> as Mac>::new_from_slice(self.keys.of(generation)?).expect("HMAC takes keys of any length");
        derived.update(PURPOSE);
        derived.update(client.as_bytes());
        Some(Aes256::new(&derived.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn pseudonyms() -> (Pseudonyms, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        (Pseudonyms::new(SecretKeys::at(&folder.path().join("key")).expect("keys")), folder)
    }

    #[test]
    fn one_for_each_client_and_the_way_back() {
        let (pseudonyms, _folder) = pseudonyms();
        let people: Vec<Uuid> = (0..1000).map(|_| Uuid::now_v7()).collect();
        let mut seen = HashSet::new();
        for person in people {
            for client in ["portail-bordeaux", "portail-region"] {
                let pseudonym = pseudonyms.of(client, person, 1).expect("a key");
                assert_eq!(pseudonyms.of(client, person, 1).as_deref(), Some(pseudonym.as_str()), "stable");
                assert_eq!(pseudonyms.person(client, &pseudonym), Some(person));
                assert_ne!(pseudonyms.person("another", &pseudonym), Some(person));
                assert!(!pseudonym.contains(&person.to_string()));
                assert!(seen.insert(pseudonym));
            }
        }
    }

    #[test]
    fn a_new_secret_changes_no_pseudonym_that_exists() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let person = Uuid::now_v7();
        let before = Pseudonyms::new(SecretKeys::at(&path).expect("keys")).of("portail", person, 1);
        let second = base64::engine::general_purpose::STANDARD.encode([9; 32]);
        let text = std::fs::read_to_string(&path).expect("read");
        std::fs::write(&path, format!("{text}2 {second}\n")).expect("written");
        let rotated = Pseudonyms::new(SecretKeys::at(&path).expect("keys"));
        assert_eq!(rotated.of("portail", person, 1), before);
        assert_eq!(rotated.generation(), 2);
        assert_ne!(rotated.of("portail", person, 2), before);
    }

    #[test]
    fn other_texts_are_none() {
        let (pseudonyms, _folder) = pseudonyms();
        let good = pseudonyms.of("portail", Uuid::now_v7(), 1).expect("a key");
        let (_, encoded) = good.split_once('-').expect("two parts");
        for bad in [
            "",
            "1-",
            "x-AAAA",
            &format!("2-{encoded}"),
            &format!("+1-{encoded}"),
            &format!("01-{encoded}"),
            &format!("{good}="),
            encoded,
        ] {
            assert_eq!(pseudonyms.person("portail", bad), None, "{bad}");
        }
    }
}
