//! Who may see what: by token and scopes, and never by the plan of somebody else.

use ::gateway::Supergraph;
use rstest::rstest;
use serde_json::{Value, json};

use crate::access::{KNOWN, guarding, unknown};
use crate::harness::guarded;

const SCOPES: &str = "@requiresScopes(scopes: [[\"people:read\", \"phones:read\"], [\"all\"]])";
const QUERY: &str = "{ people { name phone } }";

fn forbidden(message: &str) -> Value {
    json!([{"message": message, "path": ["people", "phone"], "extensions": {"code": "FORBIDDEN"}}])
}

fn phones(answer: &Value) -> &Value {
    &answer["data"]["people"][0]["phone"]
}

#[rstest]
#[case(&[], false)]
#[case(&["people:read"], false)]
#[case(&["people:read", "phones:read"], true)]
#[case(&["all"], true)]
#[case(&["phones:read", "other", "people:read"], true)]
#[case(&["ALL", "phones:read"], false)]
#[tokio::test]
async fn one_whole_list_of_scopes_is_enough(#[case] scopes: &[&str], #[case] seen: bool) {
    let gateway = guarding(&[("Person.phone", SCOPES)]).await;
    let answer = gateway.ask_as(&gateway.token_with(scopes), QUERY).await;
    if seen {
        assert_eq!(phones(&answer), "01", "{answer}");
        return;
    }
    assert_eq!(phones(&answer), &Value::Null);
    assert_eq!(answer["errors"], forbidden("Person.phone needs the scope people:read and phones:read, or all"));
}

#[tokio::test]
async fn who_is_not_known_is_told_so_and_not_which_scopes_there_are() {
    let gateway = guarding(&[("Person.phone", SCOPES)]).await;
    assert_eq!(gateway.ask(QUERY).await["errors"], json!([unknown("Person.phone", &["people", "phone"])]));
}

#[tokio::test]
async fn a_policy_is_met_by_nobody() {
    let gateway = guarding(&[("Person.phone", "@policy(policies: [[\"staff\"]])")]).await;
    let told = forbidden("Person.phone needs the policy staff, which this caller does not meet");
    assert_eq!(gateway.ask(QUERY).await["errors"], told);
    assert_eq!(gateway.ask_as(&gateway.token_with(&["staff"]), QUERY).await["errors"], told);
}

#[tokio::test]
async fn a_type_and_a_field_of_it_are_both_asked_about() {
    let gateway = guarding(&[("Person", KNOWN), ("Person.phone", SCOPES), ("Query.people", KNOWN)]).await;
    assert_eq!(gateway.ask(QUERY).await["errors"], json!([unknown("Query.people", &["people"])]));
    assert_eq!(gateway.ask_as(&gateway.token_with(&[]), QUERY).await["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(phones(&gateway.ask_as(&gateway.token_with(&["all"]), QUERY).await), "01");
}

#[tokio::test]
async fn callers_in_turn_are_each_answered_by_their_own_plan() {
    let gateway = guarding(&[("Person.phone", SCOPES), ("Person.mentor", KNOWN)]).await;
    let query = "{ people { name phone mentor { name } } }";
    let (some, all) = (gateway.token_with(&["other"]), gateway.token_with(&["all"]));
    for _ in 0..3 {
        let anonymous = gateway.ask(query).await;
        assert_eq!(anonymous["data"]["people"][0], json!({"name": "Zola", "phone": null, "mentor": null}));
        assert_eq!(anonymous["errors"].as_array().map(Vec::len), Some(2));
        let known = gateway.ask_as(&some, query).await;
        let mentor = json!({"name": "Montaigne"});
        assert_eq!(known["data"]["people"][0], json!({"name": "Zola", "phone": null, "mentor": mentor}));
        let whole = gateway.ask_as(&all, query).await;
        assert_eq!(whole["data"]["people"][0], json!({"name": "Zola", "phone": "01", "mentor": mentor}));
    }
    let asked: Vec<String> = gateway.people.requests().iter().map(|request| request.query().to_owned()).collect();
    assert_eq!(asked[..3], asked[3..6], "what was planned once is used again");
    assert!(!asked[0].contains("phone") && !asked[0].contains("mentor"), "{}", asked[0]);
    assert!(!asked[1].contains("phone") && asked[1].contains("mentor"), "{}", asked[1]);
}

#[tokio::test]
async fn callers_at_once_are_each_answered_by_their_own_plan() {
    let gateway = guarding(&[("Person.phone", KNOWN)]).await;
    let token = gateway.token_with(&[]);
    let pair = async || tokio::join!(gateway.ask(QUERY), gateway.ask_as(&token, QUERY));
    let pairs = tokio::join!(pair(), pair(), pair(), pair());
    for (anonymous, known) in [pairs.0, pairs.1, pairs.2, pairs.3] {
        assert_eq!((phones(&anonymous), phones(&known)), (&Value::Null, &json!("01")));
    }
}

#[tokio::test]
async fn directives_are_found_under_the_names_that_they_are_linked_by() {
    let text = guarded(&[("Person.phone", "@known"), ("Person.name", "@scoped(scopes: \"a\")")])
        .replace("authenticated/v0.1\",", "authenticated/v0.1\", as: \"known\",")
        .replace("requiresScopes/v0.1\",", "requiresScopes/v0.1\", as: \"scoped\",")
        .replace("directive @authenticated", "directive @known")
        .replace("directive @requiresScopes", "directive @scoped");
    let gateway = crate::harness::TestGateway::builder().supergraph(&text).with_issuer().start().await;
    let answer = gateway.ask_as(&gateway.token_with(&[]), "{ people { phone id } }").await;
    assert_eq!(phones(&answer), "01", "{answer}");
    assert_eq!(phones(&gateway.ask(QUERY).await), &Value::Null);
    let answer = gateway.ask_as(&gateway.token_with(&["b"]), "{ people { name } }").await;
    assert_eq!(answer["errors"][0]["message"], "Person.name needs the scope a");
    let public = gateway.get("/schema.graphql").await.text;
    assert!(!public.contains("@known") && !public.contains("scoped"), "{public}");
}

#[test]
fn a_supergraph_that_asks_for_security_unheard_of_is_refused() {
    let text = guarded(&[]).replace("policy/v0.1", "vault/v0.1");
    let refused = Supergraph::load(&text, 0, std::time::Duration::MAX).expect_err("refused").to_string();
    assert!(
        refused.contains("https://specs.apollo.dev/vault/v0.1") && refused.contains("does not enforce"),
        "{refused}"
    );
}
