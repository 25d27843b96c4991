//! Distinguished names (RFC 4514), written in one way, so that two that mean the same are the same text.

/// The name in small letters, without blanks around `=`, `,` and `+`, with escapes written in one way; nothing where the text is no name.
///
/// Values are compared as the schema's `caseIgnoreMatch` does; of attributes with stricter rules, two names could become one here.
///
/// ```
/// let name = sdet::dn::normalised(r"OU = Structures , DC=ent\2C x,dc=FR");
/// assert_eq!(name.as_deref(), Some(r"ou=structures,dc=ent\, x,dc=fr"));
/// ```
pub fn normalised(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in split(name, &[',', ';'])? {
        let mut assertions = split(part, &['+'])?.into_iter().map(assertion).collect::<Option<Vec<_>>>()?;
        assertions.sort_unstable();
        parts.push(assertions.join("+"));
    }
    Some(parts.join(","))
}

/// Whether the name, normalised, is `base` or stands below it.
pub(crate) fn is_within(name: &str, base: &str) -> bool {
    name.strip_suffix(base).is_some_and(|above| above.is_empty() || above.ends_with(','))
}

/// The name at the beginning of `DN$...`, normalised, and what follows its `$`.
///
/// A `$` may stand in a name: one that makes a name below `base` counts before one that makes any.
pub(crate) fn cut<'text>(value: &'text str, base: &str) -> Option<(String, &'text str)> {
    let mut first = None;
    for (place, _) in value.match_indices('$') {
        let Some(name) = normalised(&value[..place]) else { continue };
        let found = (name, &value[place + 1..]);
        if is_within(&found.0, base) {
            return Some(found);
        }
        first.get_or_insert(found);
    }
    first
}

/// The pieces between separators that are neither escaped nor in quotes; nothing where quotes or an escape do not end.
fn split<'text>(text: &'text str, separators: &[char]) -> Option<Vec<&'text str>> {
    let (mut pieces, mut begin, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted && separators.contains(&character) => {
                pieces.push(&text[begin..place]);
                begin = place + character.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[begin..]);
    (!quoted && !escaped).then_some(pieces)
}

/// `type=value`, written in one way.
fn assertion(text: &str) -> Option<String> {
    let (kind, value) = text.split_once('=')?;
    let kind = kind.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if kind.is_empty() || !kind.bytes().all(fits) {
        return None;
    }
    let value = value.trim();
    let value = if value.starts_with('#') { value.to_ascii_lowercase() } else { escaped(&unescaped(value)?) };
    (!value.is_empty()).then(|| format!("{}={value}", kind.to_ascii_lowercase()))
}

/// The value that an escaped or quoted text stands for.
fn unescaped(text: &str) -> Option<String> {
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let bytes = text.as_bytes();
    let mut value = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(&byte) = bytes.get(place) {
        place += 1;
        if byte != b'\\' {
            value.push(byte);
        } else if let Some(code) = bytes.get(place..place + 2).and_then(hexadecimal) {
            value.push(code);
            place += 2;
        } else if let Some(&escaped) = bytes.get(place) {
            value.push(escaped);
            place += 1;
        }
    }
    String::from_utf8(value).ok()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// Small letters, single blanks, and a backslash before each sign that means something in a name.
fn escaped(value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    let mut text = String::with_capacity(value.len());
    for character in words.join(" ").to_lowercase().chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') || (character == '#' && text.is_empty())
        {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_the_same() {
        let same = [
            [" OU=Structures , DC = ent,dc=FR", "ou=structures,dc=ent,dc=fr"],
            ["ou=structures;dc=ent", "ou=structures,dc=ent"],
            [r"o=Lyc\C3\A9e \2c X", r"o=Lycée \, x"],
            [r#"o="a, b=c",dc=fr"#, r"o=a\, b\=c,dc=fr"],
            ["uid=b+cn=A", "cn=a+uid=b"],
            ["o=Collège  de   L'IROISE", "o=collège de l'iroise"],
            [r"o=a\ ", "o=a"],
            [r"o=\#1", r"O=\231"],
            ["1.2.3=#04024869", "1.2.3=#04024869"],
            ["o=a$b", "O=A$B"],
        ];
        for [one, other] in same {
            let name = normalised(one);
            assert!(name.is_some(), "{one}");
            assert_eq!(name, normalised(other), "{one}");
            assert_eq!(normalised(name.as_deref().unwrap()), name, "written once more: {one}");
        }
        assert_ne!(normalised(r"o=a\,ou=b"), normalised("o=a,ou=b"));
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in [
            "",
            "  ",
            "2828",
            "o=",
            "=a",
            "o=a,",
            ",o=a",
            "o=a,,dc=b",
            r"o=a\",
            r#"o="a"#,
            "o o=a",
            "o=a,b",
            r"o=\ff",
            "o=a++b=c",
        ] {
            assert_eq!(normalised(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_cut_from_what_follows() {
        let base = "ou=structures,dc=ent";
        let cut = |text| cut(text, base).map(|(name, rest)| (name, rest.to_owned()));
        let found = |name: &str, rest: &str| Some((name.to_owned(), rest.to_owned()));
        assert_eq!(cut("o=A, ou=Structures,dc=ent$6A"), found("o=a,ou=structures,dc=ent", "6A"));
        assert_eq!(cut("o=A$B,ou=Structures,dc=ent$6A$6B"), found("o=a$b,ou=structures,dc=ent", "6A$6B"));
        assert_eq!(cut("o=A,ou=structures,dc=ent$6=A,x$y"), found("o=a,ou=structures,dc=ent", "6=A,x$y"));
        assert_eq!(cut("o=A,dc=elsewhere$6A$6B"), found("o=a,dc=elsewhere", "6A$6B"));
        assert_eq!(cut("o=A,ou=structures,dc=ent$"), found("o=a,ou=structures,dc=ent", ""));
        for text in ["o=A,ou=structures,dc=ent", "2828$6A", "$6A", ""] {
            assert_eq!(cut(text), None, "{text}");
        }
    }

    #[test]
    fn below_is_not_beside() {
        assert!(is_within("o=a,dc=fr", "dc=fr") && is_within("dc=fr", "dc=fr"));
        assert!(!is_within("xdc=fr", "dc=fr") && !is_within("dc=de", "dc=fr"));
    }
}
