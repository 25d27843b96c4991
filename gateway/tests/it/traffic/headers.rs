//! Which of a client's headers subgraphs see.

use gateway::config::{GatewayConfig, HeadersConfig, SubgraphHeaders};
use serde_json::json;
use service_kit::principal_token::HEADER;

use crate::harness::{Answer, Builder, TestGateway};

const QUERY: &str = "{ people { name } best { stars } books { id } }";

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn configured(forward: &[&str], of_reviews: &[&str], set: &[(&str, &str)]) -> Builder {
    let set = set.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let reviews = SubgraphHeaders { forward: strings(of_reviews), set };
    let headers = HeadersConfig { forward: strings(forward), subgraph: [("reviews".to_owned(), reviews)].into() };
    TestGateway::builder().config(|config| config.headers = headers)
}

async fn ask(gateway: &TestGateway, headers: &[(&str, &str)]) {
    let mut request = gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": QUERY}));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.json()["errors"], json!(null), "{}", answer.text);
}

/// What `catalogue`, `people` and `reviews` got under this name.
fn seen(gateway: &TestGateway, name: &str) -> [Vec<String>; 3] {
    [&gateway.catalogue, &gateway.people, &gateway.reviews].map(|stub| {
        let request = stub.only_request();
        let values = request.headers.get_all(name).iter();
        values.map(|value| value.to_str().expect("plain text").to_owned()).collect()
    })
}

fn none() -> Vec<String> {
    Vec::new()
}

#[tokio::test]
async fn none_unless_configured() {
    let gateway = TestGateway::start().await;
    let names = ["accept-language", "x-tenant", "authorization", "cookie", "traceparent", "user-agent"];
    ask(&gateway, &names.map(|name| (name, "theirs"))).await;
    for name in names {
        assert_eq!(seen(&gateway, name), [none(), none(), none()], "{name}");
    }
}

#[tokio::test]
async fn those_for_all_go_to_all_and_those_for_one_to_one() {
    let gateway = configured(&["Accept-Language"], &["x-tenant", "authorization"], &[]).start().await;
    let theirs = [
        ("accept-language", "fr"),
        ("accept-language", "br"),
        ("x-tenant", "a"),
        ("authorization", "Bearer t"),
        ("x-other", "o"),
    ];
    ask(&gateway, &theirs).await;
    let languages = strings(&["fr", "br"]);
    assert_eq!(seen(&gateway, "accept-language"), [languages.clone(), languages.clone(), languages]);
    assert_eq!(seen(&gateway, "x-tenant"), [none(), none(), strings(&["a"])]);
    assert_eq!(seen(&gateway, "authorization"), [none(), none(), strings(&["Bearer t"])]);
    assert_eq!(seen(&gateway, "x-other"), [none(), none(), none()]);
}

#[tokio::test]
async fn entity_calls_carry_them_too() {
    let gateway = configured(&["x-tenant"], &[], &[]).start().await;
    let query = json!({"query": "{ book(id: \"b1\") { author { name } } }"});
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("x-tenant", "a").json(&query);
    request.send().await.expect("an answer");
    assert_eq!(gateway.people.only_request().header("x-tenant"), Some("a"));
}

#[tokio::test]
async fn what_is_set_wins_over_the_client() {
    let set = [("x-tenant", "ours"), ("authorization", "Bearer ours")];
    let gateway = configured(&["x-tenant"], &[], &set).start().await;
    ask(&gateway, &[("x-tenant", "theirs"), ("authorization", "Bearer theirs")]).await;
    assert_eq!(seen(&gateway, "x-tenant"), [strings(&["theirs"]), strings(&["theirs"]), strings(&["ours"])]);
    assert_eq!(seen(&gateway, "authorization"), [none(), none(), strings(&["Bearer ours"])]);
}

#[tokio::test]
async fn what_the_client_says_of_its_connection_is_not_passed_on() {
    let gateway = configured(&["x-tenant", "x-hop"], &[], &[]).start().await;
    ask(&gateway, &[("x-tenant", "a"), ("x-hop", "b"), ("connection", "x-hop")]).await;
    assert_eq!(seen(&gateway, "x-tenant")[0], strings(&["a"]));
    assert_eq!(seen(&gateway, "x-hop"), [none(), none(), none()]);
}

#[tokio::test]
async fn nobody_names_the_principal_or_what_the_gateway_writes() {
    let names = [HEADER, "content-type", "content-length", "host", "accept-encoding", "connection", "x-request-id"];
    for name in names {
        let mut config = GatewayConfig::default();
        config.headers.forward = strings(&[name]);
        assert!(config.check().expect_err("it is refused").starts_with("gateway.headers.forward: "), "{name}");
    }
    // Nor do they reach a subgraph of a gateway that nobody checked.
    let gateway = configured(&names, &names, &[(HEADER, "ours")]).signed_for(&["people"]).start().await;
    ask(&gateway, &[(HEADER, "theirs"), ("accept-encoding", "gzip")]).await;
    assert_eq!(seen(&gateway, "accept-encoding"), [none(), none(), none()]);
    let [catalogue, people, reviews] = seen(&gateway, HEADER);
    assert_eq!((catalogue, reviews), (none(), none()));
    assert!(gateway.verifier().verify(&people[0]).is_some(), "{people:?}");
}

#[tokio::test]
async fn credentials_go_to_no_subgraph_that_is_not_named() {
    for name in ["authorization", "Cookie"] {
        let mut config = GatewayConfig::default();
        config.headers.forward = strings(&[name]);
        assert!(config.check().expect_err("it is refused").contains("name the subgraph that gets it"), "{name}");
    }
    let gateway = configured(&["authorization", "cookie"], &[], &[]).start().await;
    ask(&gateway, &[("authorization", "Bearer t"), ("cookie", "session=1")]).await;
    for name in ["authorization", "cookie"] {
        assert_eq!(seen(&gateway, name), [none(), none(), none()]);
    }
}
