//! Bytes, documents and values that are nearly what they should be.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// What goes wrong in texts: ends, escapes, characters beyond ASCII, numbers beyond all bounds.
const PIECES: [&str; 36] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\"\"\"",
    "\\",
    "\\u{110000}",
    "\\ud800",
    "\\u00",
    "$",
    "$x",
    "@skip(if: $x)",
    "@include(if: true)",
    "...",
    "... on Person",
    "...F0",
    "fragment F0 on Query { ...F0 }",
    "query",
    "mutation",
    "subscription",
    "__schema",
    "__typename",
    "99999999999999999999999999",
    "-",
    "1e999",
    "0x",
    "#\n",
    "\u{feff}",
    "\u{0}",
    "é☃𝄞",
    "null",
    "_entities",
    "!",
];

pub(super) fn one<'a, T>(rng: &mut Rng, of: &'a [T]) -> &'a T {
    &of[rng.usize(..of.len())]
}

/// Any bytes at all.
pub(super) fn bytes(rng: &mut Rng) -> Vec<u8> {
    let length = rng.usize(0..400);
    (0..length).map(|_| rng.u8(..)).collect()
}

/// The same bytes with some taken out, doubled, changed or put in.
pub(super) fn nearly(rng: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(1..20)).min(bytes.len());
        match rng.u8(..5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            2 if at < bytes.len() => bytes[at] = rng.u8(..),
            3 => drop(bytes.splice(at..at, one(rng, &PIECES).bytes())),
            _ => bytes.truncate(at),
        }
    }
}

/// The same document with tokens taken out, doubled, exchanged or put in.
pub(super) fn document(rng: &mut Rng, text: &str) -> String {
    let mut tokens = tokens(text);
    for _ in 0..rng.usize(1..5) {
        if tokens.is_empty() {
            break;
        }
        let (at, other) = (rng.usize(..tokens.len()), rng.usize(..tokens.len()));
        match rng.u8(..5) {
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(at, tokens[other]),
            2 => tokens.swap(at, other),
            3 => tokens[at] = tokens[other],
            _ => tokens.insert(at, *one(rng, &PIECES[..])),
        }
    }
    tokens.join(" ")
}

fn tokens(text: &str) -> Vec<&str> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '.' if rest.starts_with("...") => 3,
            c if name(c) => rest.find(|c| !name(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Documents that are large, deep or broad in one way.
pub(super) fn excess(rng: &mut Rng) -> String {
    let many = if rng.u8(..20) == 0 { 20_000 } else { *one(rng, &[10, 60, 190, 300, 2_000]) };
    match rng.u8(..10) {
        0 => format!("{}people{}", "{".repeat(many), "}".repeat(many)),
        1 => format!("{{ {} id {} }}", "people { mentor { ".repeat(many), "} } ".repeat(many)),
        2 => format!("{{ echo(filter: {}{}) }}", "{not: ".repeat(many), "}".repeat(many)),
        3 => format!("{{ grid(of: {}1{}) {{ at }} }}", "[".repeat(many), "]".repeat(many)),
        4 => format!("{{ {} }}", "version ".repeat(many)),
        5 => format!("{{ {} }}", (0..many).map(|number| format!("a{number}: version ")).collect::<String>()),
        6 => format!("{{ {} id {} }}", "... on Query { ".repeat(many), "} ".repeat(many)),
        7 => {
            let chain =
                (0..many).map(|number| format!("fragment F{number} on Query {{ ...F{} ...F{0} }} ", number + 1));
            format!("{{ ...F0 }} {}fragment F{many} on Query {{ version }}", chain.collect::<String>())
        }
        8 => format!("{{ echo(tags: \"{}\") }}", "\\n".repeat(many)),
        _ => {
            format!("query({}) {{ version }}", (0..many).map(|number| format!("$v{number}: Int ")).collect::<String>())
        }
    }
}

/// Any JSON at all.
pub(super) fn value(rng: &mut Rng, depth: usize) -> Value {
    match rng.u8(..if depth == 0 { 7 } else { 9 }) {
        0 => Value::Null,
        1 => Value::Bool(rng.bool()),
        2 => Value::from(rng.i64(..)),
        3 => Value::from(rng.f64() * 1e300),
        4 => Value::from(*one(rng, &PIECES)),
        5 => Value::from(rng.i32(-3..3)),
        6 => Value::from(*one(rng, &["1", "978-1", "FR", "0331", ""])),
        7 => (0..rng.usize(0..4)).map(|_| value(rng, depth - 1)).collect(),
        _ => {
            let names = ["id", "text", "not", "range", "to", "kinds", "__proto__", "", "é"];
            Value::Object(
                (0..rng.usize(0..4)).map(|_| ((*one(rng, &names)).to_owned(), value(rng, depth - 1))).collect(),
            )
        }
    }
}

/// A value that nests as deep as it likes.
pub(super) fn deep(rng: &mut Rng) -> Value {
    let mut deep = Value::Null;
    for _ in 0..*one(rng, &[5, 60, 120]) {
        deep = if rng.bool() { json!([deep]) } else { json!({"not": deep}) };
    }
    deep
}

/// The members of a request, with some of them something else.
pub(super) fn members(rng: &mut Rng, query: &str, variables: Value) -> Value {
    let mut body = Map::new();
    body.insert("query".to_owned(), Value::from(query));
    body.insert("variables".to_owned(), variables);
    let names = ["query", "variables", "operationName", "extensions", "id", "documentId"];
    for _ in 0..rng.usize(0..3) {
        let anything = match rng.u8(..4) {
            0 => json!({"persistedQuery": {"version": value(rng, 0), "sha256Hash": value(rng, 0)}}),
            1 => deep(rng),
            _ => value(rng, 3),
        };
        body.insert((*one(rng, &names)).to_owned(), anything);
    }
    Value::Object(body)
}
