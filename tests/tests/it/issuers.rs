//! Access tokens of another issuer: a real OpenID provider beside the running product.

mod provider;

use std::fs;

use provider::{AUDIENCE, Provider};
use serde_json::{Value, json};
use testkit::process::Running;
use testkit::stack::{Database, Site};

/// A person of the demonstration, whom only callers with a scope find.
const QUERY: &str = r#"{ userByIdentifier(system: "alienor", value: "alienor-00001") { id displayName } }"#;

/// The product, the demonstration or an empty one, to which the provider's client is the vendor of one ENT.
fn serving(site: &Site, provider: &Provider, demo: bool) -> Running {
    let config = site.folder().join("passerelle.toml");
    let issuer = &provider.issuer;
    let text = format!(
        "[[gateway.issuers]]\nissuer = {issuer:?}\naudiences = [{AUDIENCE:?}]\n\
         allowed_scopes = [\"users:read\"]\nprojects = [\"alienor\"]\n"
    );
    fs::write(&config, text).expect("written");
    let (config, data) = (config.display().to_string(), site.data().display().to_string());
    let arguments = ["serve", "--config", &config, "--data", &data, "--listen", "127.0.0.1:0"];
    Running::start(arguments.into_iter().chain(demo.then_some("--demo")), &site.environment, site.folder())
}

async fn ask(gateway: &Running, token: &str, query: &str) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{}/graphql", gateway.url)).bearer_auth(token);
    let response = request.json(&json!({ "query": query })).send().await.expect("an answer");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

/// The status of a request with this token, and the code of its first error.
async fn outcome(gateway: &Running, token: &str) -> (u16, Option<String>) {
    let (status, answer) = ask(gateway, token, "{ __typename }").await;
    (status, answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn tokens_of_an_openid_provider_are_known_while_its_keys_come_and_go() {
    let provider = Provider::start();
    let site = Site::new(Database::Sqlite);
    let gateway = serving(&site, &provider, true);
    let good = (200, None);
    let refused = (401, Some("UNAUTHENTICATED".to_owned()));

    let token = provider.token("RS256", "users:read statistics:exact").await;
    let (status, answer) = ask(&gateway, &token, QUERY).await;
    assert_eq!((status, &answer["errors"]), (200, &Value::Null), "{answer}");
    let pseudonym = answer["data"]["userByIdentifier"]["id"].as_str().expect("a pseudonym").to_owned();
    for algorithm in ["ES256", "EdDSA"] {
        let other = provider.token(algorithm, "statistics:exact").await;
        let (status, answer) = ask(&gateway, &other, QUERY).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!((status, code), (200, &json!("FORBIDDEN")), "no scope, so nothing is found: {answer}");
    }

    // Whoever is told a pseudonym as the provider's client is known by it as that client's person, and as nobody else's.
    let (_, myself) = ask(&gateway, &provider.person(&pseudonym).await, "{ me { id } }").await;
    assert_eq!(myself, json!({ "data": { "me": { "id": pseudonym } } }));
    let own = ["issue", "--client", "vendor", "--kind", "person", "--subject", &pseudonym];
    let (_, nobody) = ask(&gateway, &site.token(&own), "{ me { id } }").await;
    assert_eq!(nobody, json!({ "data": { "me": null } }), "a client of ours of the same name is another");

    provider.control("publish").await;
    let next = provider.token("RS256", "").await;
    assert_eq!(outcome(&gateway, &next).await, good, "a new key is looked for at once");
    assert_eq!(outcome(&gateway, &token).await, good, "the old one is still published");

    let elsewhere = Provider::start();
    assert_eq!(outcome(&gateway, &elsewhere.token("RS256", "").await).await, refused);
    let (head, _) = next.rsplit_once('.').expect("three parts");
    let (_, signature) = token.rsplit_once('.').expect("three parts");
    assert_eq!(outcome(&gateway, &format!("{head}.{signature}")).await, refused);

    provider.control("fail").await;
    assert_eq!(outcome(&gateway, &next).await, good, "without the provider its last keys are good");
}

#[tokio::test]
async fn a_key_that_its_provider_withdrew_is_good_for_nothing_when_the_keys_are_fetched() {
    let provider = Provider::start();
    let site = Site::new(Database::Sqlite);
    let gateway = serving(&site, &provider, false);
    let old = provider.token("ES256", "").await;
    assert_eq!(outcome(&gateway, &old).await.0, 200);
    provider.control("publish").await;
    provider.control("withdraw").await;
    assert_eq!(outcome(&gateway, &provider.token("ES256", "").await).await.0, 200);
    assert_eq!(outcome(&gateway, &old).await.0, 401, "although it was good and is not expired");
}
