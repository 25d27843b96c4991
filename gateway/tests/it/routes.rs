//! Everything that is served beside GraphQL.

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use rstest::rstest;

use crate::harness::{PLAIN, TestGateway};

#[tokio::test]
async fn the_public_schema() {
    let gateway = TestGateway::start().await;
    let answer = gateway.get("/schema.graphql").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    let types = |text: &str| -> BTreeMap<String, ExtendedType> {
        let schema = Schema::parse_and_validate(text, "schema.graphql").expect("a schema").into_inner();
        schema.types.into_iter().map(|(name, definition)| (name.to_string(), definition)).collect()
    };
    assert_eq!(types(&answer.text), types(PLAIN));
}

#[tokio::test]
async fn the_public_schema_is_sent_once() {
    let gateway = TestGateway::start().await;
    let fetch = async |headers: &[(&str, &str)]| {
        let mut request = gateway.client.get(format!("{}/schema.graphql", gateway.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    };
    let tag = |response: &reqwest::Response| response.headers()["etag"].to_str().expect("a tag").to_owned();
    let (plain, packed) = (fetch(&[]).await, fetch(&[("accept-encoding", "br")]).await);
    let (plain, packed) = (tag(&plain), tag(&packed));
    assert!(plain.starts_with('"') && plain.len() == 34, "a strong tag: {plain}");
    assert_eq!(packed, format!("\"{}-br\"", plain.trim_matches('"')), "of another encoding");
    for known in [&plain, &packed, &format!("W/{plain}"), &format!("\"x\", {packed}"), &"*".to_owned()] {
        let answer = fetch(&[("if-none-match", known.as_str()), ("accept-encoding", "br")]).await;
        assert!(known.contains(&tag(&answer)) || known == "*");
        assert_eq!((answer.status().as_u16(), &*answer.bytes().await.expect("a body")), (304, &b""[..]), "{known}");
    }
    for other in ["\"x\"", &format!("\"{}-zstd\"", plain.trim_matches('"')), plain.trim_matches('"')] {
        assert_eq!(fetch(&[("if-none-match", other)]).await.status().as_u16(), 200, "{other}");
    }
    let smaller = TestGateway::builder().supergraph(crate::harness::SMALLER).start().await;
    let other = smaller.client.get(format!("{}/schema.graphql", smaller.url)).header("if-none-match", &plain);
    assert_eq!(other.send().await.expect("an answer").status().as_u16(), 200, "another schema");
}

#[tokio::test]
async fn health() {
    let gateway = TestGateway::start().await;
    for (path, text) in [("/livez", "alive\n"), ("/readyz", "ready\n")] {
        let answer = gateway.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, text));
    }
    let gateway = TestGateway::builder().not_ready("no database").start().await;
    assert_eq!(gateway.get("/livez").await.status.as_u16(), 200);
    let answer = gateway.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (503, "not ready: no database\n"));
}

#[rstest]
#[case("/", "text/html; charset=utf-8")]
#[case("/explorer/explorer.js", "text/javascript; charset=utf-8")]
#[case("/explorer/explorer.css", "text/css; charset=utf-8")]
#[case("/explorer/vendor/graphiql.min.js", "text/javascript; charset=utf-8")]
#[tokio::test]
async fn the_explorer_under_its_policy(#[case] path: &str, #[case] kind: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.get(path).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(kind)));
    let policy = answer.header("content-security-policy").expect("a policy");
    let script = policy.split(';').map(str::trim).find(|part| part.starts_with("script-src"));
    assert_eq!(script, Some("script-src 'self'"), "nothing inline, nothing from elsewhere");
    assert!(policy.starts_with("default-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(!answer.text.is_empty());
}

#[rstest]
#[case("/explorer/nothing.js")]
#[case("/explorer/vendor/../../Cargo.toml")]
#[case("/explorer/%2e%2e/Cargo.toml")]
#[case("/explorer/")]
#[case("/nothing")]
#[tokio::test]
async fn an_unknown_file_is_a_404(#[case] path: &str) {
    let gateway = TestGateway::start().await;
    assert_eq!(gateway.get(path).await.status.as_u16(), 404);
}

#[tokio::test]
async fn every_file_that_the_explorer_loads_is_there() {
    let gateway = TestGateway::start().await;
    let page = gateway.get("/").await.text;
    let links = page.split(['"', '\'']).filter(|text| text.starts_with("/explorer/") || text.starts_with("explorer/"));
    let links: Vec<String> = links.map(|link| format!("/{}", link.trim_start_matches('/'))).collect();
    assert!(!links.is_empty(), "{page}");
    for link in links {
        assert_eq!(gateway.get(&link).await.status.as_u16(), 200, "{link}");
    }
}
