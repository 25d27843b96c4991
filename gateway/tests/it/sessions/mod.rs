//! Sessions of browsers: who has one is known by its cookie, as long as the service of people says so.

mod ended;
mod handed_on;
mod known;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{any, get, post};
use kernel::{Principal, PrincipalKind};
use serde_json::{Value, json};
use service_kit::principal_token::HEADER;
use service_kit::session::ENDED_HEADER;

use crate::harness::{Answer, Builder, Sessions, TestGateway, cookie};

const QUERY: &str = "{ people { name } }";

/// What a route got, as JSON.
async fn echo(headers: HeaderMap) -> String {
    let text = |name: &str| {
        let values: Vec<_> = headers.get_all(name).iter().map(|value| value.to_str().expect("text")).collect();
        json!(values)
    };
    json!({
        "cookie": text("cookie"), "origin": text("origin"), "site": text("sec-fetch-site"), "principal": text(HEADER),
    })
    .to_string()
}

/// Ends the session of `a`, and says so.
fn ends() -> HeaderMap {
    let told = format!("{}, {}", Sessions::hash("x"), Sessions::hash("a"));
    HeaderMap::from_iter([(ENDED_HEADER.parse().expect("a name"), told.parse().expect("a value"))])
}

/// A gateway for which `reviews` is the service that knows people, with public routes of it and of `catalogue`.
fn builder() -> Builder {
    let service = |config: &mut gateway::config::GatewayConfig| {
        "reviews".clone_into(&mut config.person_service);
        config.public_routes = [("reviews", "/auth"), ("catalogue", "/files")]
            .map(|(name, at)| (name.to_owned(), vec![at.to_owned()]))
            .into();
        config.traffic.retries = 0;
    };
    let auth = Router::new()
        .route("/auth/echo", any(echo))
        .route("/auth/callback", get(|| async { [("set-cookie", cookie("b"))] }))
        .route("/auth/backchannel", post(|| async { "heard" }))
        .route("/auth/logout", post(|| async { (ends(), "gone") }));
    let files = Router::new().route("/files/echo", any(echo)).route("/files/ends", get(|| async { ends() }));
    let builder =
        TestGateway::builder().with_issuer().config(service).public("reviews", auth).public("catalogue", files);
    builder.signed_for(&["people", "reviews", "catalogue"])
}

/// Such a gateway, whose service of people knows `sessions`.
async fn gateway(sessions: &Sessions) -> TestGateway {
    let gateway = builder().start().await;
    gateway.reviews.reply(sessions.reply());
    gateway
}

/// Asks with these cookies, one a header.
async fn ask_with(gateway: &TestGateway, cookies: &[&str]) -> Answer {
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": QUERY}));
    let request = cookies.iter().fold(request, |request, cookie| request.header("cookie", *cookie));
    Answer::of(request.send().await.expect("an answer")).await
}

/// Whom `people` is told of where somebody asks with the cookie of this letter, which is answered without an error.
async fn asking(gateway: &TestGateway, letter: &str) -> Principal {
    let answer = ask_with(gateway, &[&cookie(letter)]).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"]), (200, &Value::Null), "{}", answer.text);
    told(gateway)
}

async fn is_known(gateway: &TestGateway, letter: &str) -> bool {
    asking(gateway, letter).await.kind == PrincipalKind::Person
}

/// What the last call to `people` said of who asks.
fn told(gateway: &TestGateway) -> Principal {
    let last = gateway.people.requests().pop().expect("a call");
    gateway.verifier().verify(last.header(HEADER).expect("a token")).expect("signed")
}
