//! What a document is called: by the SHA-256 of its text, or as a manifest calls it.

use std::fmt::Write;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// That of `text`.
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// As 64 hexadecimal digits in lower case.
    pub(crate) fn hex(self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string does not fail");
            text
        })
    }
}

/// A name by which a request asks for a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DocumentName {
    /// The SHA-256 of its text, alone or behind `sha256:`.
    Sha256(Digest),
    /// Any other.
    Custom(String),
}

/// Bytes of a name.
const MAX_BYTES: usize = 256;

impl DocumentName {
    /// Reads a name; none where it is empty or longer than anyone's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > MAX_BYTES {
            return None;
        }
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        Some(Digest::parse(digits).map_or_else(|| Self::Custom(text.to_owned()), Self::Sha256))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        // The example of the appendix on persisted documents (GraphQL over HTTP).
        let digest = Digest::of("query($id:ID!){user(id:$id){name}}");
        let hex = "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b";
        assert_eq!(digest.hex(), hex);
        for text in [hex.to_owned(), format!("sha256:{hex}"), hex.to_uppercase()] {
            assert_eq!(DocumentName::parse(&text), Some(DocumentName::Sha256(digest)));
        }
        for text in ["portal-7", &hex[1..], "sha256:xyz", "md5:0123", &hex.replace('7', "g")] {
            assert_eq!(DocumentName::parse(text), Some(DocumentName::Custom(text.to_owned())));
        }
        assert_eq!((DocumentName::parse(""), DocumentName::parse(&"x".repeat(257))), (None, None));
    }
}
