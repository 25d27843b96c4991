//! Mutations: each root field once, one after the other.

use std::sync::{Arc, Mutex};

use async_graphql::{Response, Value as ConstValue};
use futures::FutureExt;
use serde_json::json;

use crate::harness::{Reply, TestGateway, failed};

type Order = Arc<Mutex<Vec<String>>>;

/// Answers nothing, and writes down when it begins and when it ends.
fn logging(name: &'static str, order: &Order) -> Reply {
    let order = Arc::clone(order);
    let log = move |what: &str| order.lock().expect("no panic").push(format!("{name} {what}"));
    Reply::Schema(Arc::new(move |_| {
        let log = log.clone();
        async move {
            log("begins");
            // Others have every chance to begin before this one ends.
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            log("ends");
            Response::new(ConstValue::from_json(json!({})).expect("a value"))
        }
        .boxed()
    }))
}

#[tokio::test]
async fn root_fields_run_in_their_order_across_subgraphs() {
    let gateway = TestGateway::start().await;
    let order = Order::default();
    gateway.catalogue.reply(logging("catalogue", &order));
    gateway.people.reply(logging("people", &order));
    let query = "mutation { z: rename(id: \"p1\", name: \"a\") { id } y: addBook(title: \"x\") { id } a: rename(id: \"p2\", name: \"b\") { id } }";
    gateway.ask(query).await;
    assert_eq!(
        *order.lock().expect("no panic"),
        ["people begins", "people ends", "catalogue begins", "catalogue ends", "people begins", "people ends"]
    );
}

#[tokio::test]
async fn each_root_field_is_called_once_and_read_whole() {
    let gateway = TestGateway::start().await;
    let query = "mutation($name: String!, $title: String!) { \
        rename(id: \"p1\", name: $name) { name mentor { name } } \
        addBook(title: $title) { title author { name } reviews { stars } } __typename }";
    let answer = gateway.ask_with(query, json!({"name": "Émile", "title": "Nana"})).await;
    assert_eq!(
        answer,
        json!({"data": {
            "rename": {"name": "Émile", "mentor": {"name": "Montaigne"}},
            "addBook": {"title": "Nana", "author": {"name": "Zola"}, "reviews": []},
            "__typename": "Mutation",
        }})
    );
    let people = gateway.people.requests();
    assert_eq!(people.iter().filter(|request| request.query().contains("rename")).count(), 1);
    assert_eq!(people.len(), 2, "the mutation and the author");
    assert_eq!(people[0].variables(), &json!({"name": "Émile"}));
    assert_eq!(gateway.calls(), [1, 2, 1]);
}

#[tokio::test]
async fn one_field_twice_under_aliases_runs_twice() {
    let gateway = TestGateway::start().await;
    let query = "mutation { b: addBook(title: \"B\") { title } a: addBook(title: \"A\") { title } }";
    let answer = gateway.post(&json!({"query": query})).await;
    assert_eq!(answer.text, r#"{"data":{"b":{"title":"B"},"a":{"title":"A"}}}"#);
    assert_eq!(gateway.calls(), [2, 0, 0]);
}

#[tokio::test]
async fn selections_of_one_root_field_are_one_call() {
    let gateway = TestGateway::start().await;
    let query = "mutation { rename(id: \"p1\", name: \"n\") { id } ...more rename(id: \"p1\", name: \"n\") { mentor { id } } } \
        fragment more on Mutation { rename(id: \"p1\", name: \"n\") { name } }";
    assert_eq!(
        gateway.ask(query).await,
        json!({"data": {"rename": {"id": "p1", "name": "n", "mentor": {"id": "p2"}}}})
    );
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[tokio::test]
async fn what_is_skipped_is_not_run() {
    let gateway = TestGateway::start().await;
    let query = "mutation($on: Boolean!) { addBook(title: \"B\") @include(if: $on) { title } \
        ... @skip(if: $on) { rename(id: \"p1\", name: \"n\") { name } } }";
    assert_eq!(gateway.ask_with(query, json!({"on": false})).await, json!({"data": {"rename": {"name": "n"}}}));
    assert_eq!(gateway.calls(), [0, 1, 0]);
    assert_eq!(gateway.ask_with(query, json!({"on": true})).await, json!({"data": {"addBook": {"title": "B"}}}));
    assert_eq!(gateway.calls(), [1, 1, 0]);
}

#[tokio::test]
async fn the_next_one_runs_though_one_failed_and_a_failed_one_is_not_tried_again() {
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::html());
    let query = "mutation { them: rename(id: \"p1\", name: \"n\") { name } addBook(title: \"B\") { title } }";
    assert_eq!(
        gateway.ask(query).await,
        json!({"errors": [failed("people", &json!(["them"]))], "data": {"them": null, "addBook": {"title": "B"}}})
    );
    assert_eq!(gateway.calls(), [1, 1, 0]);
}

#[tokio::test]
async fn a_failed_one_that_must_not_be_null_leaves_no_data() {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::html());
    let query = "mutation { addBook(title: \"B\") { title } }";
    assert_eq!(gateway.ask(query).await, json!({"errors": [failed("catalogue", &json!(["addBook"]))], "data": null}));
}
