//! Who may ask for the schema in a query.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

/// Who is answered `__schema` and `__type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Introspection {
    /// Everybody; `true` means the same.
    #[default]
    Everyone,
    /// Callers who are known.
    Authenticated,
    /// Nobody; `false` means the same.
    Nobody,
}

impl<'de> Deserialize<'de> for Introspection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Policy)
    }
}

/// Reads a word, or the boolean that this key once was.
struct Policy;

impl Visitor<'_> for Policy {
    type Value = Introspection;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("\"everyone\", \"authenticated\" or \"nobody\"")
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Introspection, E> {
        Ok(if on { Introspection::Everyone } else { Introspection::Nobody })
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Introspection, E> {
        match word {
            "everyone" => Ok(Introspection::Everyone),
            "authenticated" => Ok(Introspection::Authenticated),
            "nobody" => Ok(Introspection::Nobody),
            _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::Introspection;

    #[test]
    fn words_and_the_booleans_of_before() {
        let read = |value| from_value::<Introspection>(value).ok();
        assert_eq!(read(json!("everyone")), Some(Introspection::Everyone));
        assert_eq!(read(json!("authenticated")), Some(Introspection::Authenticated));
        assert_eq!(read(json!("nobody")), Some(Introspection::Nobody));
        assert_eq!(read(json!(true)), Some(Introspection::Everyone));
        assert_eq!(read(json!(false)), Some(Introspection::Nobody));
        assert_eq!(read(json!("all")), None);
        assert_eq!(read(json!(1)), None);
        assert_eq!(serde_json::to_value(Introspection::Nobody).ok(), Some(json!("nobody")));
    }
}
