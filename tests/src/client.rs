//! A client of the API.

use serde_json::{Value, json};

/// Asks by POST as nobody known, and gives the whole response.
///
/// # Panics
/// When the gateway does not answer in JSON.
pub async fn ask(url: &str, query: &str) -> Value {
    ask_as(url, None, query, json!({})).await
}

/// Asks by POST with an access token, where there is one, and gives the whole response.
///
/// # Panics
/// When the gateway does not answer in JSON.
pub async fn ask_as(url: &str, token: Option<&str>, query: &str, variables: Value) -> Value {
    let mut request = reqwest::Client::new()
        .post(format!("{url}/graphql"))
        .header("accept", "application/graphql-response+json, application/json")
        .json(&json!({ "query": query, "variables": variables }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.expect("the gateway answers");
    response.json().await.expect("the answer is JSON")
}

/// The data of an answer without errors.
///
/// # Panics
/// When there are errors.
pub async fn data(url: &str, query: &str) -> Value {
    let answer = ask(url, query).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].clone()
}

/// Status and body of a GET.
///
/// # Panics
/// When nobody answers.
pub async fn get(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a text"))
}
