//! Sessions of browsers, as far as the service that keeps them and the gateway must agree: how a session is named between them, and
//! how its end is told.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The header by which an answer of the service tells the gateway, and nobody else, which sessions it has ended: their hashes,
/// with commas between them.
pub const ENDED_HEADER: &str = "passerelle-session-ended";

/// Bytes of a cookie's value, and of its hash: 32 bytes in base64url without padding.
const LENGTH: usize = 43;

/// What stands for a session wherever it is kept or asked about: the SHA-256 of its cookie's value, in base64url without padding.
/// Whoever reads it cannot use the session.
pub fn hash(cookie: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(cookie))
}

/// Whether this can be a cookie's value, or the hash of one.
pub fn is_well_formed(text: &[u8]) -> bool {
    text.len() == LENGTH && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
}

/// The channel of Redis on which the hash of each ended session is published, where keys begin with `prefix`.
pub fn ended_channel(prefix: &str) -> String {
    format!("{prefix}:session-ended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_cookies_text() {
        // printf abc | openssl dgst -sha256 -binary | basenc --base64url
        assert_eq!(hash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert!(is_well_formed(hash("abc").as_bytes()));
    }

    #[test]
    fn other_lengths_and_letters_are_no_session() {
        let long = "a".repeat(LENGTH + 1);
        for text in ["", &long[2..], &long, &"=".repeat(LENGTH), &"é".repeat(LENGTH)[..44], &format!("{}+", &long[2..])]
        {
            assert!(!is_well_formed(text.as_bytes()), "{text}");
        }
        assert!(is_well_formed(&long.as_bytes()[1..]));
    }

    #[test]
    fn installations_that_share_a_server_have_channels_of_their_own() {
        assert_eq!(ended_channel("passerelle"), "passerelle:session-ended");
    }
}
