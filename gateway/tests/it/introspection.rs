//! Questions about the schema itself.

use gateway::config::{GatewayConfig, Introspection};
use serde_json::{Value, json};

use crate::harness::TestGateway;

const FULL: &str = include_str!("../fixtures/introspection.graphql");

#[tokio::test]
async fn the_full_introspection_query_runs() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask(FULL).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let schema = &answer["data"]["__schema"];
    assert_eq!(schema["queryType"]["name"], "Query");
    assert_eq!(schema["mutationType"]["name"], "Mutation");
    assert_eq!(schema["subscriptionType"], Value::Null);
    let types = schema["types"].as_array().expect("types");
    let names: Vec<&str> = types.iter().filter_map(|ty| ty["name"].as_str()).collect();
    for name in ["Book", "Film", "Medium", "Item", "Kind", "Person", "Review", "Words", "__Schema", "Int", "ID"] {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name} of {names:?}");
    }
    for name in names {
        assert!(!name.starts_with("join__") && !name.starts_with("_Any") && !name.starts_with("link__"), "{name}");
    }
    let fields = |name: &str| -> Vec<&str> {
        let ty = types.iter().find(|ty| ty["name"] == name).expect("a type");
        ty["fields"].as_array().expect("fields").iter().filter_map(|field| field["name"].as_str()).collect()
    };
    let mut book = fields("Book");
    book.sort_unstable();
    assert_eq!(book, ["author", "drawer", "genre", "id", "kind", "postage", "reviews", "sequel", "title", "weight"]);
    assert!(!fields("Query").iter().any(|name| name.starts_with('_')));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn introspection_mixes_with_data() {
    let gateway = TestGateway::start().await;
    let query = "query($name: String!) { __typename it: __type(name: $name) { kind fields { name } } people { name } \
        ... { __schema { queryType { name } } } none: __type(name: \"Vault\") { name } }";
    let answer = gateway.ask_with(query, json!({"name": "Person"})).await;
    let fields = ["id", "mentor", "name", "phone"].map(|name| json!({"name": name}));
    assert_eq!(
        answer,
        json!({"data": {
            "__typename": "Query",
            "it": {"kind": "OBJECT", "fields": fields},
            "people": [{"name": "Zola"}, {"name": "Montaigne"}],
            "__schema": {"queryType": {"name": "Query"}},
            "none": null,
        }})
    );
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[tokio::test]
async fn an_enum_value_that_is_not_public_is_not_introspected() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ __type(name: \"Kind\") { enumValues { name } } }").await;
    assert_eq!(answer, json!({"data": {"__type": {"enumValues": [{"name": "ESSAY"}, {"name": "NOVEL"}]}}}));
}

#[tokio::test]
async fn the_type_name_of_the_root_needs_no_subgraph() {
    let gateway = TestGateway::start().await;
    assert_eq!(gateway.ask("{ __typename }").await, json!({"data": {"__typename": "Query"}}));
    assert_eq!(gateway.ask("mutation { it: __typename }").await, json!({"data": {"it": "Mutation"}}));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn introspection_can_be_turned_off() {
    let gateway = TestGateway::builder().config(|config| config.introspection = Introspection::Nobody).start().await;
    for query in [FULL, "{ __type(name: \"Book\") { name } people { name } }"] {
        let answer = gateway.post(&json!({"query": query})).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.text);
        assert_eq!(answer.json().get("data"), None);
    }
    assert_eq!(gateway.calls(), [0, 0, 0]);
    assert_eq!(gateway.ask("{ __typename }").await, json!({"data": {"__typename": "Query"}}));
    assert!(gateway.get("/schema.graphql").await.text.contains("type Book"));
}

#[tokio::test]
async fn it_may_be_for_known_callers_alone() {
    let gateway = TestGateway::builder()
        .with_issuer()
        .config(|config| config.introspection = Introspection::Authenticated)
        .start()
        .await;
    let query = "{ __schema { queryType { name } } people { name } }";
    let refused = gateway.post(&json!({"query": query})).await;
    assert_eq!(refused.code(), "UNAUTHENTICATED", "{}", refused.text);
    assert_eq!((refused.json().get("data"), gateway.calls()), (None, [0, 0, 0]));
    assert_eq!((refused.status.as_u16(), refused.header("www-authenticate")), (401, Some("Bearer")));
    let answer = gateway.ask_as(&gateway.token_with(&[]), query).await;
    assert_eq!(answer["data"]["__schema"], json!({"queryType": {"name": "Query"}}), "{answer}");
}

#[tokio::test]
async fn in_development_everybody_may_ask() {
    let policy = |config: &mut GatewayConfig| {
        config.development = true;
        config.introspection = Introspection::Nobody;
    };
    let gateway = TestGateway::builder().config(policy).start().await;
    let answer = gateway.ask("{ __schema { queryType { name } } }").await;
    assert_eq!(answer, json!({"data": {"__schema": {"queryType": {"name": "Query"}}}}));
}

/// Whoever guesses at names learns none: no error says what else there is.
#[tokio::test]
async fn no_error_names_what_was_not_asked_for() {
    let gateway = TestGateway::start().await;
    for query in [
        "{ peopl { id } }",
        "{ people { nam } }",
        "{ people }",
        "{ book(idd: \"b1\") { id } }",
        "{ books(kind: NOVELL) { id } }",
        "{ ... on Bok { id } }",
        "query($words: Word!) { echo(words: $words) }",
        "{ echo(words: {txt: \"a\"}) }",
        "{ people { id @includ(if: true) } }",
    ] {
        let text = gateway.post(&json!({"query": query})).await.text;
        assert!(text.contains("GRAPHQL_VALIDATION_FAILED"), "{text}");
        assert!(!text.to_lowercase().contains("did you mean") && !text.to_lowercase().contains("suggest"), "{text}");
    }
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn introspection_that_multiplies_is_refused() {
    let gateway = TestGateway::start().await;
    let mut query = "name".to_owned();
    for _ in 0..4 {
        query = format!("fields {{ type {{ {query} }} }}");
    }
    let answer = gateway.post(&json!({"query": format!("{{ __schema {{ types {{ {query} }} }} }}")})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{}", answer.text);
}
