//! What is planted in people, and whether it is found again.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// In every name, address, login and subject that is planted; letters alone, so that no way of writing changes it.
pub(super) const WORD: &str = "zzyx";
/// An INE in AAF, and one in the directory.
pub(super) const INES: [&str; 2] = ["771199553QZ", "771199554QZ"];
/// Keys of records: a pupil, a guardian, somebody of the staff, and a pupil of whom nothing can be used.
pub(super) const KEYS: [&str; 4] = ["77119901", "77119902", "77119903", "77119904"];
/// How each of them begins, and those of other records, and the INEs.
const NUMBER: &str = "771199";
/// A date of birth as it is written here and there.
pub(super) const BORN: [&str; 2] = ["28/02/2013", "2013-02-28"];

/// Letters and digits in a row that may be something encoded.
const ENCODED: usize = 12;

/// Which of what was planted is found in these bytes, in whatever letters, as it is or in base64.
pub(super) fn found(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let is_code = |c: char| c.is_ascii_alphanumeric() || "-_+/".contains(c);
    let runs = text.split(|c: char| !is_code(c)).filter(|run| run.len() >= ENCODED);
    let decoded = runs.filter_map(|run| URL_SAFE_NO_PAD.decode(run).or_else(|_| STANDARD_NO_PAD.decode(run)).ok());
    let decoded: Vec<String> = decoded.map(|bytes| lower(&String::from_utf8_lossy(&bytes))).collect();
    let plain = lower(&text);
    let holds = |needle: &&str| {
        let needle = lower(needle);
        plain.contains(&needle) || decoded.iter().any(|text| text.contains(&needle))
    };
    [WORD, NUMBER].into_iter().chain(BORN).filter(holds).collect()
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// What is found around it, to see where it comes from.
pub(super) fn around(bytes: &[u8], needle: &str) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let lines = text.lines().filter(|line| lower(line).contains(&lower(needle)));
    lines.take(3).map(|line| line.chars().take(400).collect::<String>()).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_planted_is_found_however_it_is_written() {
    for written in [
        "Nom: Zzyxplanté",
        "ZZYXPLANTÉ",
        "/callback?name=Zzyxplant%C3%A9",
        "{\"name\":\"Zzyxplant\\u00e9\"}",
        "zzyx.mail%40ent.example",
        "Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ6enl4LXBhcmVudCJ9.c2ln",
        "Wnp5eHBsYW50w6k",
        "771199553qz",
        "key=77119902)",
        "born on 2013-02-28T00:00:00Z",
    ] {
        assert_eq!(found(written.as_bytes()).len(), 1, "{written}");
    }
    assert_eq!(found(&[b"\x0a\x09\xff\x00ZZYXplant".as_slice(), b"\xc3\xa9 28/02/2013"].concat()), [WORD, BORN[0]]);
    assert_eq!(found("INFO 77119 people of zzy; 2013-02-27 eyJhbGciOiJFZERTQSJ9.e30".as_bytes()), Vec::<&str>::new());
}
