//! Values that nobody can guess, and hashes by which they are found without being kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new secret.
pub(crate) fn new() -> String {
    let mut bytes = [0; 32];
    service_kit::secret::random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether it has the form of one.
pub(crate) fn is_one(text: &str) -> bool {
    service_kit::session::is_well_formed(text.as_bytes())
}

/// A hash of something else than a session's cookie: never the same as such a one.
pub(crate) fn hash(of: &str, parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in [&[of], parts].concat() {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// What a form shows to prove that a page of this session's own made it. It follows from the cookie alone, so that whoever reads what
/// is kept of sessions cannot make it.
pub(crate) fn form_token(cookie: &str) -> String {
    hash("form", &[cookie])
}

/// Whether two secrets are the same, in a time that does not say where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use service_kit::session::hash as session_hash;

    use super::*;

    #[test]
    fn secrets_have_their_form_and_differ() {
        let (one, other) = (new(), new());
        assert!(is_one(&one) && is_one(&other) && one != other);
        assert!(same(&one, &one) && !same(&one, &other) && !same(&one, "") && !same("", &one));
        for bad in ["", "abc", &format!("{one}="), &one.replace(|_: char| true, "é")] {
            assert!(!is_one(bad), "{bad}");
        }
    }

    #[test]
    fn hashes_of_different_things_differ() {
        assert_ne!(hash("a", &["bc"]), hash("ab", &["c"]));
        assert_ne!(hash("a", &["b", "c"]), hash("a", &["bc"]));
        assert_ne!(form_token("x"), session_hash("x"));
        assert!(is_one(&session_hash("x")));
    }
}
