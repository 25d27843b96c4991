//! Directives on types: objects, interfaces and enums, and what stands behind an interface or a union.

use serde_json::json;

use crate::access::{KNOWN, guarding, unknown};
use crate::harness::{TestGateway, guarded};

#[tokio::test]
async fn a_field_that_gives_a_refused_object_is_refused() {
    let gateway = guarding(&[("Person", KNOWN)]).await;
    let answer = gateway.ask("{ book(id: \"b1\") { title author { name } } }").await;
    let told = [unknown("Book.author", &["book", "author"])];
    assert_eq!(answer, json!({"errors": told, "data": {"book": {"title": "Germinal", "author": null}}}));
    assert_eq!(gateway.calls(), [1, 0, 0]);
}

#[tokio::test]
async fn a_field_that_gives_a_refused_enum_is_refused_and_an_argument_is_not() {
    let gateway = guarding(&[("Kind", KNOWN)]).await;
    let answer = gateway.ask("{ books(kind: ESSAY) { title genre } }").await;
    let told = [unknown("Book.genre", &["books", "genre"])];
    assert_eq!(answer, json!({"errors": told, "data": {"books": [{"title": "Essais", "genre": null}]}}));
}

#[tokio::test]
async fn a_refused_interface_is_refused_where_it_is_given() {
    let gateway = guarding(&[("Medium", KNOWN)]).await;
    let answer = gateway.ask("{ media { title } }").await;
    assert_eq!(answer, json!({"errors": [unknown("Query.media", &["media"])], "data": null}));
    assert_eq!(gateway.calls(), [0, 0, 0]);
    assert_eq!(gateway.ask("{ book(id: \"b1\") { title } }").await, json!({"data": {"book": {"title": "Germinal"}}}));
}

#[tokio::test]
async fn a_field_of_an_interface_is_refused_where_it_is_selected_on_it() {
    let gateway = guarding(&[("Medium.title", KNOWN)]).await;
    let answer = gateway.ask("{ media { id title } }").await;
    assert_eq!(answer, json!({"errors": [unknown("Medium.title", &["media", "title"])], "data": null}));
    let answer = gateway.ask("{ media { id ... on Book { title } } }").await;
    assert_eq!(answer, json!({"data": {"media": [{"id": "b1", "title": "Germinal"}, {"id": "f1"}]}}));
}

#[tokio::test]
async fn behind_an_interface_only_what_may_be_seen_is_fetched() {
    let gateway = guarding(&[("Film.title", KNOWN)]).await;
    let answer = gateway.ask("{ media { id title } }").await;
    assert_eq!(answer, json!({"errors": [unknown("Film.title", &["media", "title"])], "data": null}));
    let query = gateway.catalogue.only_request().query().to_owned();
    assert!(query.contains("...on Book{title}") && !query.contains("...on Film{title"), "{query}");
}

#[tokio::test]
async fn a_refused_object_behind_a_union_gives_nothing_but_its_type() {
    let gateway = guarding(&[("Film", KNOWN)]).await;
    let answer =
        gateway.ask("{ shelf { __typename ... on Film { minutes reviews { stars } } ... on Book { title } } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [
                unknown("Film.minutes", &["shelf", "minutes"]), unknown("Film.reviews", &["shelf", "reviews"]),
            ],
            "data": {"shelf": [null, {"__typename": "Book", "title": "Essais"}]},
        })
    );
    let query = gateway.catalogue.only_request().query().to_owned();
    assert!(!query.contains("minutes"), "{query}");
    let answer = gateway.ask("{ shelf { __typename } }").await;
    assert_eq!(answer, json!({"data": {"shelf": [{"__typename": "Film"}, {"__typename": "Book"}]}}));
}

#[tokio::test]
async fn a_fragment_on_an_interface_is_no_way_round() {
    let gateway = guarding(&[("Film.title", KNOWN), ("Book.title", KNOWN)]).await;
    for (query, path) in [
        ("{ shelf { ... on Medium { t: title } } }", ["shelf", "t"]),
        ("{ shelf { ... on Medium { ...m } } } fragment m on Medium { t: title }", ["shelf", "t"]),
        ("{ book(id: \"b1\") { ... on Medium { t: title } } }", ["book", "t"]),
    ] {
        let answer = gateway.ask(query).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{query}");
        assert_eq!(answer["errors"][0]["path"], json!(path), "{query}");
        assert!(!answer.to_string().contains("Germinal") && !answer.to_string().contains("Essais"), "{answer}");
    }
    assert!(gateway.catalogue.requests().iter().all(|request| !request.query().contains("title")));
}

#[tokio::test]
async fn one_response_name_is_read_from_the_selections_that_may_be_seen() {
    let gateway = guarding(&[("Medium.title", KNOWN), ("Film.title", KNOWN)]).await;
    let answer = gateway.ask("{ shelf { ... on Medium { title } ... on Book { title } } }").await;
    assert_eq!(answer["data"], json!({"shelf": [null, {"title": "Essais"}]}));
    assert_eq!(answer["errors"], json!([unknown("Medium.title", &["shelf", "title"])]));
}

#[tokio::test]
async fn a_refused_root_type_is_refused_field_by_field() {
    let gateway = guarding(&[("Mutation", KNOWN)]).await;
    let answer = gateway.ask("mutation { rename(id: \"p1\", name: \"n\") { name } __typename }").await;
    let told = [unknown("Mutation.rename", &["rename"])];
    assert_eq!(answer, json!({"errors": told, "data": {"rename": null, "__typename": "Mutation"}}));
    assert_eq!(gateway.calls(), [0, 0, 0]);
    assert_eq!(gateway.ask("{ people { name } }").await["errors"], json!(null));
}

/// The supergraph with three more media, and a field of them all, `like`, that anonymous callers may not see of films.
fn many_media() -> String {
    let title = "  title: String! @join__field(graph: CATALOGUE)";
    let like = "  like: Medium @join__field(graph: CATALOGUE)";
    let interface = "interface Medium @join__type(graph: CATALOGUE) {";
    let of = "@join__type(graph: CATALOGUE, key: \"id\") @join__implements(graph: CATALOGUE, interface: \"Medium\")";
    let more = ["Comic", "Disc", "Game"]
        .map(|name| format!("type {name} implements Medium {of} {{ id: ID! title: String! like: Medium }}\n"));
    let text = guarded(&[("Film.title", KNOWN)])
        .replace(interface, &format!("{interface}\n  like: Medium"))
        .replace(&format!("{title} {KNOWN}"), &format!("{like} {KNOWN}\n{title} "))
        .replace(&format!("{title}\n"), &format!("{like}\n{title}\n"));
    text + &more.concat()
}

#[tokio::test]
async fn telling_types_apart_within_each_other_is_bounded() {
    let gateway = TestGateway::builder().supergraph(&many_media()).with_issuer().start().await;
    let query = format!("{{ media {}{}}} }}", "{ like ".repeat(8) + "{ title ", "}".repeat(8));
    let answer = gateway.ask(&query).await;
    let told = answer["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(told.contains("told apart"), "{answer}");
    assert_eq!(gateway.calls(), [0, 0, 0]);
}
