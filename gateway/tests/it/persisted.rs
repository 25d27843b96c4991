//! Automatic persisted queries: a document is sent once, and then named by its SHA-256.

use std::time::Duration;

use gateway::config::{GatewayConfig, Store};
use redis::AsyncCommands;
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Answer, SMALLER, SUPERGRAPH, SharedRedis, TestGateway};

const QUERY: &str = "{ people { id } }";
const GRAPHQL: &str = "application/graphql-response+json";

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

/// What clients send first.
async fn by_hash(gateway: &TestGateway, text: &str) -> Answer {
    gateway.post(&json!({"extensions": named(&hash(text))})).await
}

/// And then.
async fn with_query(gateway: &TestGateway, text: &str) -> Answer {
    gateway.post(&json!({"query": text, "extensions": named(&hash(text))})).await
}

fn is_not_found(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, "PERSISTED_QUERY_NOT_FOUND"), "{}", answer.text);
    assert_eq!(answer.message(), "PersistedQueryNotFound");
}

fn people() -> Value {
    json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}})
}

async fn at(store: Store, change: impl FnOnce(&mut GatewayConfig)) -> TestGateway {
    let builder = TestGateway::builder().config(|config| config.persisted.store = store).config(change);
    if store == Store::Memory {
        return builder.start().await;
    }
    let redis = SharedRedis::fresh().await;
    builder.shared(&redis.url, &redis.prefix).start().await
}

#[rstest]
#[tokio::test]
async fn a_document_is_sent_once(#[values(Store::Memory, Store::Redis)] store: Store) {
    let gateway = at(store, |_| {}).await;
    is_not_found(&by_hash(&gateway, QUERY).await);
    assert_eq!(gateway.calls(), [0, 0, 0]);
    assert_eq!(with_query(&gateway, QUERY).await.json(), people());
    for _ in 0..2 {
        assert_eq!(by_hash(&gateway, QUERY).await.json(), people());
    }
    let answer = gateway.post(&json!({"query": "", "extensions": named(&hash(QUERY).to_uppercase())})).await;
    assert_eq!(answer.json(), people(), "an empty query is none, and digits are digits");
    assert_eq!(gateway.post(&json!({"documentId": format!("sha256:{}", hash(QUERY))})).await.json(), people());
    is_not_found(&by_hash(&gateway, "{ people { id} }").await);
}

#[tokio::test]
async fn variables_and_operations_go_with_it() {
    let gateway = TestGateway::start().await;
    let query = "query one($id: ID!) { book(id: $id) { title } } mutation two { addBook(title: \"x\") { title } }";
    let body = |id: &str| json!({"extensions": named(&hash(query)), "variables": {"id": id}, "operationName": "one"});
    let mut first = body("b1");
    first["query"] = query.into();
    assert_eq!(gateway.post(&first).await.json()["data"]["book"]["title"], "Germinal");
    assert_eq!(gateway.post(&body("b2")).await.json()["data"]["book"]["title"], "La Terre");
}

#[tokio::test]
async fn by_get_too_and_queries_only() {
    let gateway = TestGateway::start().await;
    let get = async |parameters: &[(&str, &str)], accept: &str| {
        let query = serde_urlencoded::to_string(parameters).expect("plain text");
        let request = gateway.client.get(format!("{}/graphql?{query}", gateway.url)).header("accept", accept);
        Answer::of(request.send().await.expect("an answer")).await
    };
    let extensions = named(&hash(QUERY)).to_string();
    for accept in ["application/json", GRAPHQL] {
        is_not_found(&get(&[("extensions", &extensions)], accept).await);
    }
    let whole = [("query", QUERY), ("extensions", extensions.as_str())];
    assert_eq!(get(&whole, GRAPHQL).await.json(), people());
    assert_eq!(get(&[("extensions", &extensions), ("variables", "{}")], GRAPHQL).await.json(), people());
    let id = format!("sha256:{}", hash(QUERY));
    assert_eq!(get(&[("documentId", &id)], GRAPHQL).await.json(), people());

    let mutation = "mutation { addBook(title: \"x\") { id } }";
    assert_eq!(with_query(&gateway, mutation).await.status.as_u16(), 200);
    let answer = get(&[("extensions", &named(&hash(mutation)).to_string())], GRAPHQL).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_hash_that_is_not_the_documents_is_refused() {
    let gateway = TestGateway::start().await;
    let other = "{ best { stars } }";
    for accept in ["application/json", GRAPHQL] {
        let body = json!({"query": other, "extensions": named(&hash(QUERY))});
        let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("accept", accept).json(&body);
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        assert_eq!((answer.status.as_u16() == 400, answer.code().as_str()), (accept == GRAPHQL, "BAD_USER_INPUT"));
        assert_eq!(answer.message(), "the SHA-256 that is given is not that of \"query\"");
    }
    is_not_found(&by_hash(&gateway, QUERY).await);
    is_not_found(&by_hash(&gateway, other).await);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case::unparsed("{ people {")]
#[case::invalid("{ x }")]
#[case::too_deep("{ people { mentor { mentor { mentor { id } } } } }")]
#[tokio::test]
async fn a_document_that_is_refused_is_not_kept(#[case] query: &str) {
    let gateway = TestGateway::builder().config(|config| config.max_depth = 4).start().await;
    let answer = with_query(&gateway, query).await;
    assert!(answer.json().get("data").is_none(), "{}", answer.text);
    is_not_found(&by_hash(&gateway, query).await);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case(json!({"persistedQuery": 1}), "\"extensions.persistedQuery\" must be an object")]
#[case(json!({"persistedQuery": {"sha256Hash": "x"}}), "\"extensions.persistedQuery.version\" must be 1")]
#[case(json!({"persistedQuery": {"version": 2, "sha256Hash": "x"}}), "\"extensions.persistedQuery.version\" must be 1")]
#[case(
    json!({"persistedQuery": {"version": 1}}),
    "\"extensions.persistedQuery.sha256Hash\" must be the SHA-256 of a document, as 64 digits"
)]
#[tokio::test]
async fn what_is_not_of_the_protocol_is_a_400(#[case] extensions: Value, #[case] message: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post(&json!({"query": QUERY, "extensions": extensions})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
    assert_eq!(answer.message(), message);
}

#[tokio::test]
async fn two_names_of_one_document_must_agree() {
    let gateway = TestGateway::start().await;
    let answer = gateway.post(&json!({"documentId": hash(QUERY), "extensions": named(&hash("{ x }"))})).await;
    assert_eq!(answer.message(), "\"documentId\" and \"extensions.persistedQuery\" name two documents");
    with_query(&gateway, QUERY).await;
    let answer = gateway.post(&json!({"documentId": hash(QUERY), "extensions": named(&hash(QUERY))})).await;
    assert_eq!(answer.json(), people());
}

#[tokio::test]
async fn where_they_are_off_clients_are_told_not_to_try_again() {
    let gateway = TestGateway::builder().config(|config| config.persisted.enabled = false).start().await;
    assert_eq!(with_query(&gateway, QUERY).await.json(), people());
    let answer = by_hash(&gateway, QUERY).await;
    assert_eq!((answer.status.as_u16(), answer.message().as_str()), (200, "PersistedQueryNotSupported"));
}

#[rstest]
#[tokio::test]
async fn no_more_are_kept_than_so_many_bytes(#[values(Store::Memory, Store::Redis)] store: Store) {
    let gateway = at(store, |config| config.persisted.max_bytes = 64 << 10).await;
    let long = |number: usize| format!("{{ people {{ id }} }} # {number} {}", "x".repeat(4_000));
    for number in 0..100 {
        assert_eq!(with_query(&gateway, &long(number)).await.json(), people());
    }
    let mut kept = 0;
    for number in 0..100 {
        kept += usize::from(by_hash(&gateway, &long(number)).await.json() == people());
    }
    assert!((1..=32).contains(&kept), "{kept}");
    let whole = format!("{{ people {{ id }} }} # {}", "x".repeat(60_000));
    assert_eq!(with_query(&gateway, &whole).await.json(), people());
    is_not_found(&by_hash(&gateway, &whole).await);
}

#[rstest]
#[tokio::test]
async fn none_is_kept_longer_than_its_age(#[values(Store::Memory, Store::Redis)] store: Store) {
    let gateway = at(store, |config| config.persisted.max_age = Duration::from_millis(300)).await;
    assert_eq!(with_query(&gateway, QUERY).await.json(), people());
    assert_eq!(by_hash(&gateway, QUERY).await.json(), people());
    tokio::time::sleep(Duration::from_millis(350)).await;
    is_not_found(&by_hash(&gateway, QUERY).await);
    assert_eq!(with_query(&gateway, QUERY).await.json(), people());
    assert_eq!(by_hash(&gateway, QUERY).await.json(), people());
}

#[tokio::test]
async fn it_is_looked_at_again_when_the_supergraph_changes() {
    let gateway = TestGateway::start().await;
    let query = "{ best { stars } }";
    assert_eq!(with_query(&gateway, query).await.json(), json!({"data": {"best": {"stars": 5}}}));
    gateway.gateway.replace_supergraph(SMALLER).expect("a good one");
    assert_eq!(by_hash(&gateway, query).await.code(), "GRAPHQL_VALIDATION_FAILED");
    gateway.gateway.replace_supergraph(SUPERGRAPH).expect("a good one");
    assert_eq!(by_hash(&gateway, query).await.json(), json!({"data": {"best": {"stars": 5}}}));
}

#[rstest]
#[tokio::test]
async fn gateways_share_them_and_believe_no_text_that_is_another(#[values(Store::Redis)] store: Store) {
    let redis = SharedRedis::fresh().await;
    let start = async || {
        let builder = TestGateway::builder().config(|config| config.persisted.store = store);
        builder.shared(&redis.url, &redis.prefix).start().await
    };
    let [one, two] = [start().await, start().await];
    assert_eq!(with_query(&one, QUERY).await.json(), people());
    assert_eq!(by_hash(&two, QUERY).await.json(), people());
    assert_eq!(redis.keys().await, ["documents:bytes", "documents:kept", "documents:texts"]);

    let texts = format!("{}:documents:texts", redis.prefix);
    let () = redis.connection().await.hset(&texts, hash(QUERY), "{ best { stars } }").await.expect("written");
    is_not_found(&by_hash(&start().await, QUERY).await);
    assert_eq!(by_hash(&two, QUERY).await.json(), people(), "it has the right one");
}

#[rstest]
#[tokio::test]
async fn what_is_in_redis_stays_within_its_bytes(#[values(Store::Redis)] store: Store) {
    let redis = SharedRedis::fresh().await;
    let change = |config: &mut GatewayConfig| (config.persisted.store, config.persisted.max_bytes) = (store, 64 << 10);
    let gateway = TestGateway::builder().config(change).shared(&redis.url, &redis.prefix).start().await;
    for number in 0..100 {
        with_query(&gateway, &format!("{{ people {{ id }} }} # {number} {}", "x".repeat(4_000))).await;
    }
    let mut connection = redis.connection().await;
    let texts: Vec<String> = connection.hvals(format!("{}:documents:texts", redis.prefix)).await.expect("listed");
    let counted: usize = connection.get(format!("{}:documents:bytes", redis.prefix)).await.expect("counted");
    let kept: usize = connection.zcard(format!("{}:documents:kept", redis.prefix)).await.expect("counted");
    let bytes: usize = texts.iter().map(|text| text.len() + 128).sum();
    assert_eq!((counted, kept), (bytes, texts.len()));
    assert!((50_000..=65_536).contains(&bytes), "{bytes}");
}

#[rstest]
#[tokio::test]
async fn without_redis_each_gateway_keeps_its_own(#[values(Store::Redis)] store: Store) {
    let redis = SharedRedis::fresh().await;
    redis.connect(false);
    let builder = TestGateway::builder().config(|config| config.persisted.store = store);
    let gateway = builder.shared(&redis.url, &redis.prefix).start().await;
    is_not_found(&by_hash(&gateway, QUERY).await);
    assert_eq!(with_query(&gateway, QUERY).await.json(), people());
    assert_eq!(by_hash(&gateway, QUERY).await.json(), people());
}

#[rstest]
#[case(1_000, 60, "gateway.persisted.max_bytes: 65536 at least; enabled = false keeps nothing")]
#[case(1 << 20, 0, "gateway.persisted.max_age: more than nothing, and a year at most")]
fn a_configuration_that_makes_no_sense(#[case] bytes: u64, #[case] seconds: u64, #[case] told: &str) {
    let mut config = GatewayConfig::default();
    (config.persisted.max_bytes, config.persisted.max_age) = (bytes, Duration::from_secs(seconds));
    assert_eq!(config.check(), Err(told.to_owned()));
}
