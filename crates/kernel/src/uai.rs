//! The UAI (unité administrative immatriculée): the national number of an establishment.

use std::fmt;
use std::str::FromStr;

/// A well-formed UAI: seven digits and a capital letter.
///
/// Whether the letter is the right check letter is another question ([`Uai::has_right_letter`]): official test
/// files hold false ones, so that a false letter is a warning and never a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uai([u8; 8]);

/// The text is no UAI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a UAI is seven digits and a capital letter, such as 0350122T; got {0:?}")]
pub struct BadUai(pub String);

/// The 23 check letters: no I, O, Q.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl Uai {
    /// The UAI of this number with its right check letter; nothing beyond seven digits.
    pub fn with_number(number: u32) -> Option<Self> {
        if number > 9_999_999 {
            return None;
        }
        let text = format!("{number:07}{}", char::from(letter_of(number)));
        text.parse().ok()
    }

    /// Its seven digits as a number.
    pub fn number(&self) -> u32 {
        self.0[..7].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
    }

    /// Whether the letter is the one that the number asks for.
    pub fn has_right_letter(&self) -> bool {
        self.0[7] == letter_of(self.number())
    }

    /// The UAI as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits and a letter are ASCII")
    }
}

fn letter_of(number: u32) -> u8 {
    LETTERS[(number % 23) as usize]
}

impl fmt::Display for Uai {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Uai {
    type Err = BadUai;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadUai(text.chars().take(40).collect());
        let bytes: [u8; 8] = text.as_bytes().try_into().map_err(|_| bad())?;
        let well_formed = bytes[..7].iter().all(u8::is_ascii_digit) && bytes[7].is_ascii_uppercase();
        if well_formed { Ok(Self(bytes)) } else { Err(bad()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_the_number_modulo_23() {
        let uai: Uai = "0350122T".parse().expect("a UAI");
        assert!(uai.has_right_letter());
        assert_eq!(uai.number(), 350_122);
        assert_eq!(Uai::with_number(350_122), Some(uai));
        assert!(!"0010048O".parse::<Uai>().expect("well formed").has_right_letter());
    }

    #[test]
    fn seven_digits_and_a_capital() {
        for bad in ["", "0350122", "0350122t", "035012TT", "03501222T", "035012éT", "0350122É"] {
            assert!(bad.parse::<Uai>().is_err(), "{bad}");
        }
        assert_eq!(Uai::with_number(10_000_000), None);
    }
}
