//! From the file's encoding to text. The three of the Latin family are small enough to be written down.

use std::borrow::Cow;

/// An encoding of files that is read here; all of them hold ASCII as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    #[default]
    Utf8,
    Latin1,
    Latin9,
    Windows1252,
}

/// Where ISO-8859-15 differs from ISO-8859-1.
const LATIN_9: [(u8, char); 8] =
    [(0xA4, '€'), (0xA6, 'Š'), (0xA8, 'š'), (0xB4, 'Ž'), (0xB8, 'ž'), (0xBC, 'Œ'), (0xBD, 'œ'), (0xBE, 'Ÿ')];

/// Windows-1252 from 0x80 to 0x9F; NUL where it has no character.
const WINDOWS: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

impl Encoding {
    /// The encoding of this name in an XML declaration.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" => Some(Self::Latin1),
            "iso-8859-15" | "iso8859-15" | "latin9" | "latin-9" => Some(Self::Latin9),
            "windows-1252" | "cp1252" | "cp-1252" => Some(Self::Windows1252),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Latin1 => "ISO-8859-1",
            Self::Latin9 => "ISO-8859-15",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The text of these bytes; nothing where they are none.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        if self == Self::Utf8 || bytes.is_ascii() {
            return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        bytes.iter().map(|byte| self.character(*byte)).collect::<Option<String>>().map(Cow::Owned)
    }

    fn character(self, byte: u8) -> Option<char> {
        match (self, byte) {
            (Self::Latin9, 0xA4..=0xBE) => {
                let differs = LATIN_9.iter().find(|(code, _)| *code == byte);
                Some(differs.map_or(char::from(byte), |(_, character)| *character))
            }
            (Self::Windows1252, 0x80..=0x9F) => {
                Some(WINDOWS[usize::from(byte - 0x80)]).filter(|character| *character != '\0')
            }
            _ => Some(char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_latin_family_has_its_own_characters() {
        let of = |encoding: Encoding, bytes: &[u8]| encoding.decode(bytes).map(Cow::into_owned);
        assert_eq!(of(Encoding::Latin1, b"\xC9lie \xA4\xBD").as_deref(), Some("Élie ¤½"));
        assert_eq!(of(Encoding::Latin9, b"\xC9lie \xA4\xBD\xA5").as_deref(), Some("Élie €œ¥"));
        assert_eq!(of(Encoding::Windows1252, b"\xC9lie \x80\x9C\x92").as_deref(), Some("Élie €œ’"));
        assert_eq!(of(Encoding::Utf8, "Élie".as_bytes()).as_deref(), Some("Élie"));
    }

    #[test]
    fn bytes_that_are_no_character_are_no_text() {
        assert_eq!(Encoding::Utf8.decode(b"\xC9lie"), None);
        for hole in [0x81_u8, 0x8D, 0x8F, 0x90, 0x9D] {
            assert_eq!(Encoding::Windows1252.decode(&[hole]), None, "{hole:x}");
        }
    }

    #[test]
    fn names_are_read_in_any_case() {
        for name in ["ISO-8859-15", "iso-8859-15", "ISO_8859-15", "Latin9"] {
            assert_eq!(Encoding::named(name), Some(Encoding::Latin9), "{name}");
        }
        assert_eq!(Encoding::named("cp1252").map(Encoding::name), Some("windows-1252"));
        assert_eq!(Encoding::named("UTF-16"), None);
    }
}
