//! `@requires`: nested, with arguments, with fragments, on interfaces, in chains, in circles.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn nested_fields_of_another_subgraph() {
    let graph = Graph::start("requires").await;
    let postage = json!({"parcels": [{"postage": "for 3 and 5"}, {"postage": "for 8 and 1"}]});
    graph.check("{ parcels { postage } }", postage, &[("depot", 1), ("post", 1)]).await;
}

#[tokio::test]
async fn fields_that_a_third_subgraph_knows() {
    let graph = Graph::start("requires").await;
    let insurance = json!({"parcels": [{"insurance": "of 4+1"}, {"insurance": "of "}]});
    graph.check("{ parcels { insurance } }", insurance, &[("depot", 1), ("post", 1), ("prices", 1)]).await;
}

#[tokio::test]
async fn chains() {
    let graph = Graph::start("requires").await;
    let label = json!({"parcel": {"label": "<[for 3 and 5] and [of 4+1]> fr"}});
    let calls = [("depot", 1), ("museum", 1), ("office", 1), ("post", 1), ("prices", 1)];
    graph.check("{ parcel(id: \"p1\") { label(lang: \"fr\") } }", label, &calls).await;
}

#[tokio::test]
async fn with_arguments() {
    let graph = Graph::start("requires").await;
    let quotes = json!({"parcels": [{"quote": "quote 3 EUR"}, {"quote": "quote 8 EUR"}]});
    graph.check("{ parcels { quote } }", quotes, &[("depot", 1), ("post", 1)]).await;
}

#[tokio::test]
async fn with_arguments_beside_the_clients_own() {
    let graph = Graph::start("requires").await;
    let both = json!({"parcels": [{"rate": "3 USD", "quote": "quote 3 EUR", "eur": "3 EUR"}, {"rate": "8 USD", "quote": "quote 8 EUR", "eur": "8 EUR"}]});
    let query = "query($c: String!) { parcels { rate(currency: $c) quote eur: rate(currency: \"EUR\") } }";
    graph.check_with(query, json!({"c": "USD"}), both, &[("depot", 1), ("post", 1)]).await;
}

#[tokio::test]
async fn an_argument_of_a_field_in_a_chain_beside_the_clients_own() {
    let graph = Graph::start("requires").await;
    let both = json!({"parcel": {"label": "<[for 8 and 1] and [of ]> de", "stamp": "<[for 8 and 1] and [of ]> fr"}});
    let query = "{ parcel(id: \"p2\") { label(lang: \"de\") stamp } }";
    let answer = graph.ask(query, &json!({})).await;
    assert_eq!(answer, json!({"data": both}));
}

#[tokio::test]
async fn one_field_with_several_arguments_for_several_fields() {
    let graph = Graph::start("requires").await;
    let parcel = |id: &str, total: &str| json!({"seal": format!("sealed <{total}> en"), "stamp": format!("<{total}> fr"), "id": id});
    let both = [parcel("p1", "[for 3 and 5] and [of 4+1]"), parcel("p2", "[for 8 and 1] and [of ]")];
    let answer = graph.ask("{ parcels { seal stamp id } }", &json!({})).await;
    assert_eq!(answer, json!({"data": {"parcels": both}}));
}

/// What is planned apart at several places goes on together.
#[tokio::test]
async fn what_comes_after_at_several_places_is_one_call() {
    let graph = Graph::start("requires").await;
    let gift = json!({"gift": {"name": "book", "price": 4}});
    let data = json!({"parcels": [gift, gift], "parcel": gift});
    let query = "{ parcels { gift { name price } } parcel(id: \"p2\") { gift { name price } } }";
    graph.check(query, data, &[("depot", 2), ("post", 1), ("prices", 1)]).await;
    let data =
        json!({"parcels": [{"gift": {"name": "book"}}, {"gift": {"name": "book"}}], "parcel": {"gift": {"n": "book"}}});
    let query = "{ parcels { gift { name } } parcel(id: \"p2\") { gift { n: name } } }";
    graph.check(query, data, &[("depot", 2), ("post", 1)]).await;
    // Two fields at each place: the planner asks for both at once already.
    let two = json!({"a": {"price": 4}, "b": {"price": 4}});
    let query = "{ parcels { a: gift { price } b: gift { price } } parcel(id: \"p2\") { a: gift { price } b: gift { price } } }";
    graph
        .check(query, json!({"parcels": [two, two], "parcel": two}), &[("depot", 1), ("post", 1), ("prices", 1)])
        .await;
}

/// Beside what comes after there is more that is planned apart.
#[tokio::test]
async fn what_is_asked_at_several_places_is_one_call_whatever_comes_after() {
    let graph = Graph::start("requires").await;
    let item = json!({"gift": {"name": "book", "tag": "book for 4"}});
    let data = json!({"parcels": [item, item], "parcel": item});
    let query = "{ parcels { gift { name tag } } parcel(id: \"p2\") { gift { name tag } } }";
    graph.check(query, data, &[("depot", 2), ("museum", 1), ("post", 1), ("prices", 1)]).await;
}

#[tokio::test]
async fn in_a_circle_between_two_subgraphs() {
    let graph = Graph::start("requires").await;
    let pang = json!({"parcel": {"pang": "pang after pong after ping p1"}});
    graph.check("{ parcel(id: \"p1\") { pang } }", pang, &[("depot", 2), ("post", 1)]).await;
}

#[tokio::test]
async fn what_the_client_asks_for_under_other_names() {
    let graph = Graph::start("requires").await;
    let both = json!({"parcels": [{"weight": "for 3 and 5", "size": 3}, {"weight": "for 8 and 1", "size": 8}]});
    graph.check("{ parcels { weight: postage size: weight } }", both, &[("depot", 1), ("post", 1)]).await;
}

#[tokio::test]
async fn fragments_on_interfaces_and_unions() {
    let graph = Graph::start("requires_abstract").await;
    let fees = json!({"loans": [
        {"fee": "Germinal 300/null", "letter": "dear les grands, CM2 null"},
        {"fee": "Zazie null/90", "letter": "dear Mme D, null maths"},
    ]});
    graph.check("{ loans { fee letter } }", fees, &[("desk", 1), ("fees", 1)]).await;
}

#[tokio::test]
async fn of_the_objects_of_an_interface() {
    let graph = Graph::start("requires_abstract").await;
    let notices = json!({"loans": [
        {"thing": {"__typename": "Book", "notice": "book Germinal"}},
        {"thing": {"__typename": "Film", "notice": "film Zazie"}},
    ]});
    let query = "{ loans { thing { __typename ... on Book { notice } ... on Film { notice } } } }";
    graph.check(query, notices, &[("desk", 1), ("fees", 1)]).await;
}
