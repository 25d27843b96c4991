//! Downloads: who keeps a production fetches it, and a signed link ends when it goes elsewhere.

use axum::body::Body;
use axum::http::Request;
use db::testing::Backend;
use productions::Audience;
use rstest::rstest;

use crate::house::{CLOCK, House, application};

/// Status and `Location` of a GET.
async fn get(house: &House, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = house.subgraph.public(request).await;
    let location = response.headers().get("location").and_then(|value| value.to_str().ok());
    (response.status().as_u16(), location.unwrap_or_default().to_owned())
}

#[rstest]
#[tokio::test]
async fn a_link_ends_with_the_state_that_it_was_made_in(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let id = house.shared("Les volcans", Audience::Public).await;
    house.subgraph.by(application("editeur", None, Some("argos"), &[]));
    let stable = format!("/files/productions/{id}/mm");
    let (status, link) = get(&house, &stable).await;
    let signed = link.strip_prefix("https://api.example.fr").expect("a whole address").to_owned();
    assert_eq!((status, get(&house, &signed).await.0), (307, 200));
    productions::withdraw(&house.store, &CLOCK, id).await.expect("withdrawn");
    assert_eq!(get(&house, &signed).await.0, 403, "whoever it was handed to has it no more");
    let (status, link) = get(&house, &stable).await;
    let again = link.strip_prefix("https://api.example.fr").expect("a whole address");
    assert_eq!((status, get(&house, again).await.0), (307, 200), "who keeps it fetches it still");
    house.subgraph.by(application("portail", Some("ACA-04"), None, &[]));
    assert_eq!(get(&house, &stable).await.0, 404, "its audience does not");
}
