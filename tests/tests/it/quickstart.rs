//! docs/quickstart.md says what is so: its queries are asked, its answer is compared, its table of codes is complete.

use std::collections::BTreeSet;

use kernel::ErrorCode;
use serde_json::{Value, json};
use testkit::client::ask_as;
use testkit::stack::{Database, Site};

const QUICKSTART: &str = include_str!("../../../docs/quickstart.md");

/// Fenced blocks with their languages, in order.
fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&'static str, String)> = None;
    for line in QUICKSTART.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "every block ends");
    blocks
}

#[tokio::test]
async fn its_queries_are_answered_as_it_says() {
    let site = Site::new(Database::Sqlite);
    let serve = site.in_process(true);
    let tokens = ["portail-bordeaux", "editeur-alienor"].map(|client| site.token(&["demo", client]));
    let blocks = blocks();
    let queries: Vec<&String> =
        blocks.iter().filter(|(language, _)| *language == "graphql").map(|(_, text)| text).collect();
    assert!(queries.len() > 2, "{}", queries.len());
    let answer = blocks.iter().find(|(language, _)| *language == "json").map(|(_, text)| text).expect("an answer");
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    assert_eq!(ask_as(&serve.url, Some(&tokens[0]), queries[0], json!({})).await, answer);
    for query in &queries[1..] {
        let mut data = Vec::new();
        for token in &tokens {
            let answer = ask_as(&serve.url, Some(token), query, json!({})).await;
            let codes = answer["errors"].as_array().into_iter().flatten().map(|error| &error["extensions"]["code"]);
            assert!(codes.clone().all(|code| code == "FORBIDDEN"), "{query}\n{answer:#}");
            data.extend(answer["data"].as_object().into_iter().flat_map(|data| data.values().cloned()));
        }
        assert!(data.iter().any(|value| !value.is_null()), "one of the two clients is answered: {query}");
    }
}

#[test]
fn its_table_has_every_code() {
    let told: BTreeSet<&str> = QUICKSTART
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code)
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        .collect();
    assert_eq!(told, ErrorCode::ALL.iter().map(|code| code.as_str()).collect());
}
