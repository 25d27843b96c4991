//! Who has a session, and who has none.

use kernel::{Perimeter, PersonFacts, Principal, PrincipalKind, Profile};
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::principal_token::HEADER;

use super::{QUERY, ask_with, asking, builder, gateway, is_known, told};
use crate::harness::{Answer, Gate, Reply, Sessions, TestGateway, cookie};

#[tokio::test]
async fn a_session_is_its_person_to_subgraphs() {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    let facts = PersonFacts {
        subject: "p-1".to_owned(),
        person_id: Some("id-1".to_owned()),
        profiles: [Profile::Teacher].into(),
        establishments: ["0350122T".to_owned()].into(),
        workplaces: ["0350122T".to_owned()].into(),
        classes: ["0350122T:CM2".to_owned()].into(),
        inspects: ["ACA-14".to_owned()].into(),
        administrator: true,
        session: Some("s-1".to_owned()),
    };
    let person = Principal {
        kind: PrincipalKind::Person,
        client: Some("web".to_owned()),
        scopes: [].into(),
        perimeter: Perimeter::default(),
        person: Some(facts),
    };
    for _ in 0..2 {
        assert_eq!(asking(&gateway, "a").await, person);
    }
    let asked = gateway.reviews.only_request();
    assert_eq!(asked.variables(), &json!({"session": Sessions::hash("a")}));
    assert_eq!(asked.header("cookie"), None, "the cookie itself goes nowhere");
    assert!(!gateway.people.requests()[0].headers.contains_key("cookie"));
    let house = gateway.verifier().verify(asked.header(HEADER).expect("a token"));
    assert_eq!(house, Some(Principal::anonymous()));
}

#[tokio::test]
async fn a_session_that_is_not_there_is_nobody_and_no_fault() {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    for _ in 0..2 {
        assert_eq!(asking(&gateway, "b").await, Principal::anonymous());
    }
    assert_eq!(gateway.reviews.calls(), 1, "that is remembered, too");
    assert!(is_known(&gateway, "a").await);
}

#[tokio::test]
async fn a_token_decides_and_the_cookie_beside_it_is_not_looked_at() {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    let ask = async |token: &str| {
        let request = gateway.client.post(format!("{}/graphql", gateway.url)).bearer_auth(token);
        let request = request.header("cookie", cookie("a")).json(&json!({"query": QUERY}));
        Answer::of(request.send().await.expect("an answer")).await
    };
    assert_eq!(ask(&gateway.token_with(&["users:read"])).await.status.as_u16(), 200);
    assert_eq!((told(&gateway).kind, told(&gateway).client.as_deref()), (PrincipalKind::Application, Some("portal")));
    let refused = ask("nonsense").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (401, "UNAUTHENTICATED"));
    assert_eq!(gateway.reviews.calls(), 0);
}

#[rstest]
#[case::another("theme=dark")]
#[case::empty("__Host-passerelle=")]
#[case::short("__Host-passerelle=aaaa")]
#[case::long(cookie("a") + "a")]
#[case::not_base64url(cookie("+"))]
#[case::twice(format!("{0}\n{0}", cookie("a")))]
#[case::one_of_a_page_beside_it(format!("{}; __Host-passerelle=x", cookie("a")))]
#[case::of_a_login(cookie("a").replace('=', "-login="))]
#[tokio::test]
async fn what_is_no_session_asks_nobody(#[case] headers: impl AsRef<str>) {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    let headers: Vec<&str> = headers.as_ref().lines().collect();
    assert_eq!(ask_with(&gateway, &headers).await.json()["errors"], Value::Null);
    assert_eq!((told(&gateway), gateway.reviews.calls()), (Principal::anonymous(), 0));
}

#[tokio::test]
async fn where_nobody_keeps_sessions_the_cookie_means_nothing() {
    let signing = TestGateway::builder().signed_for(&["people", "users"]).start().await;
    assert_eq!(asking(&signing, "a").await, Principal::anonymous());
    let service = |config: &mut gateway::config::GatewayConfig| "reviews".clone_into(&mut config.person_service);
    let bare = TestGateway::builder().config(service).start().await;
    assert_eq!(ask_with(&bare, &[&cookie("a")]).await.json()["errors"], Value::Null);
    assert_eq!((signing.reviews.calls(), bare.reviews.calls()), (0, 0));
}

#[tokio::test]
async fn the_cookie_has_the_name_that_is_configured() {
    let gateway = builder().config(|config| config.csrf.cookie = "sid".to_owned()).start().await;
    gateway.reviews.reply(Sessions::of(&["a"]).reply());
    assert!(!is_known(&gateway, "a").await);
    ask_with(&gateway, &[&cookie("a").replace("__Host-passerelle", "sid")]).await;
    assert_eq!(told(&gateway).kind, PrincipalKind::Person);
}

#[tokio::test]
async fn who_asks_at_the_same_time_waits_for_one_answer() {
    let gateway = gateway(&Sessions::default()).await;
    let gate = Gate::closed();
    gateway.reviews.reply(gate.before(Sessions::of(&["a"]).reply()));
    let opened = async {
        gate.arrived().await;
        gate.open();
    };
    let all = futures::future::join_all((0..5).map(|_| asking(&gateway, "a")));
    let (all, ()) = tokio::join!(all, opened);
    assert!(all.iter().all(|principal| principal.kind == PrincipalKind::Person));
    assert_eq!(gateway.reviews.calls(), 1);
}

#[rstest]
#[case(Reply::html())]
#[case(Reply::BreaksOff)]
#[case(Reply::Json(json!({ "data": { "callingSession": null }, "errors": [{ "message": "no database" }] })))]
#[case(Reply::Json(json!({ "data": { "callingSession": { "client": "web", "subject": "p-1" } } })))]
#[tokio::test]
async fn who_cannot_be_asked_about_has_anybodys_rights_and_is_told_so(#[case] reply: Reply) {
    let gateway = gateway(&Sessions::default()).await;
    gateway.reviews.reply(reply);
    let answer = ask_with(&gateway, &[&cookie("a")]).await.json();
    assert_eq!(answer["data"]["people"][0]["name"], "Zola");
    let errors = answer["errors"].as_array().expect("errors");
    let expected = json!({ "code": "UPSTREAM_UNAVAILABLE", "service": "reviews" });
    assert_eq!((errors.len(), &errors[0]["extensions"]), (1, &expected));
    assert_eq!(told(&gateway), Principal::anonymous());

    let get = async |path: &str| {
        let request = gateway.client.get(format!("{}{path}", gateway.url)).header("cookie", cookie("a"));
        Answer::of(request.send().await.expect("an answer")).await
    };
    let file = get("/files/echo").await;
    assert_eq!((file.status.as_u16(), file.json()["code"].as_str()), (502, Some("UPSTREAM_UNAVAILABLE")));
    assert_eq!(get("/auth/echo").await.status.as_u16(), 200, "logging in goes on");
    assert_eq!(gateway.reviews.calls(), 1, "who asks again at once is not made to wait again");
}

#[tokio::test]
async fn a_service_of_people_that_is_down_is_told_likewise() {
    let gateway = builder().refusing("reviews").start().await;
    let answer = ask_with(&gateway, &[&cookie("a")]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, "UPSTREAM_UNAVAILABLE"));
}
