//! Requests by chance: what is sent, and how.

use fastrand::Rng;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::mutate::{self, one};
use crate::federation::differential::Ground;

/// A request over HTTP, or bytes that a server may take for one.
#[derive(Debug)]
pub(super) enum Sent {
    Http { method: Method, target: String, headers: Vec<(String, Vec<u8>)>, body: Vec<u8> },
    Bytes(Vec<u8>),
}

/// What is sent, and what of it can be held against the merged schema.
pub(super) struct Case {
    pub(super) sent: Sent,
    pub(super) body: Option<Value>,
}

const JSON: &str = "application/json";

fn post(body: impl Into<Vec<u8>>) -> Sent {
    let headers = vec![("content-type".to_owned(), JSON.into())];
    Sent::Http { method: Method::POST, target: "/graphql".to_owned(), headers, body: body.into() }
}

impl Case {
    pub(super) fn of(ground: &Ground, rng: &mut Rng) -> Self {
        let operation = ground.operation(rng).body();
        let text = operation["query"].as_str().expect("a text").to_owned();
        let plain = |sent| Self { sent, body: None };
        let asked = |body: Value| Self { sent: post(body.to_string()), body: Some(body) };
        match rng.u8(..100) {
            0..5 => plain(post(mutate::bytes(rng))),
            5..20 => {
                let mut bytes = operation.to_string().into_bytes();
                mutate::nearly(rng, &mut bytes);
                plain(post(bytes))
            }
            20..45 => asked(json!({"query": mutate::document(rng, &text), "variables": operation["variables"]})),
            45..55 => asked(json!({"query": mutate::excess(rng)})),
            55..70 => asked(json!({"query": text, "variables": variables(rng, &operation["variables"])})),
            70..80 => plain(post(mutate::members(rng, &text, operation["variables"].clone()).to_string())),
            80..88 => plain(by_get(rng, &text, &operation["variables"])),
            88..96 => plain(with_headers(rng, &operation)),
            _ => plain(Sent::Bytes(raw(rng, &operation))),
        }
    }
}

/// Variables with some of them something else.
fn variables(rng: &mut Rng, known: &Value) -> Value {
    let mut out = known.as_object().cloned().unwrap_or_default();
    let names: Vec<String> = out.keys().cloned().collect();
    for name in names {
        if rng.bool() {
            out.insert(name, if rng.u8(..10) == 0 { mutate::deep(rng) } else { mutate::value(rng, 3) });
        }
    }
    Value::Object(out)
}

fn by_get(rng: &mut Rng, text: &str, variables: &Value) -> Sent {
    let text = if rng.bool() { text.to_owned() } else { mutate::document(rng, text) };
    let mut pairs = vec![("query", text), ("variables", variables.to_string())];
    if rng.bool() {
        pairs.push((*one(rng, &["query", "extensions", "operationName", "x"]), mutate::value(rng, 2).to_string()));
    }
    let mut query = serde_urlencoded::to_string(pairs).expect("pairs").into_bytes();
    if rng.u8(..3) == 0 {
        mutate::nearly(rng, &mut query);
    }
    let query: String = query.into_iter().filter(u8::is_ascii_graphic).map(char::from).collect();
    let method = (*one(rng, &[Method::GET, Method::HEAD, Method::PUT, Method::OPTIONS])).clone();
    Sent::Http { method, target: format!("/graphql?{query}"), headers: Vec::new(), body: Vec::new() }
}

fn with_headers(rng: &mut Rng, operation: &Value) -> Sent {
    let names = [
        "content-type",
        "accept",
        "accept-encoding",
        "content-encoding",
        "authorization",
        "cookie",
        "origin",
        "x-request-id",
        "traceparent",
        "x-forwarded-for",
        "apollo-require-preflight",
        "if-none-match",
        "expect",
        "te",
        "range",
    ];
    let values = [
        "application/json",
        "application/json; charset=utf-16",
        "application/graphql-response+json;q=0.5, */*;q=0",
        "text/event-stream",
        "multipart/mixed; deferSpec=20220824",
        "gzip, br;q=0, *",
        "Bearer x.y.z",
        "Bearer",
        "a=b; a",
        "null",
        "00-0-0-00",
        ", ,;=",
        "application/graphql",
        "*/*",
        "bytes=0-1",
        "100-continue",
        "q=1;q=2;;",
        "unknown",
        "::1, 1.2.3.4, x",
    ];
    let mut headers = vec![("content-type".to_owned(), JSON.into())];
    for _ in 0..rng.usize(1..6) {
        let value = match rng.u8(..4) {
            0 => (0..rng.usize(0..60)).map(|_| rng.u8(0x80..)).collect(),
            1 => one(rng, &values).repeat(rng.usize(1..40)).into_bytes(),
            _ => one(rng, &values).as_bytes().to_vec(),
        };
        headers.push(((*one(rng, &names)).to_owned(), value));
    }
    Sent::Http {
        method: Method::POST,
        target: "/graphql".to_owned(),
        headers,
        body: operation.to_string().into_bytes(),
    }
}

/// Something like HTTP, or nothing like it.
fn raw(rng: &mut Rng, operation: &Value) -> Vec<u8> {
    let body = operation.to_string();
    let length = match rng.u8(..4) {
        0 => body.len().saturating_sub(3),
        1 => body.len() + 10,
        _ => body.len(),
    };
    let mut bytes =
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n\r\n{body}")
            .into_bytes();
    match rng.u8(..3) {
        0 => return mutate::bytes(rng),
        1 => mutate::nearly(rng, &mut bytes),
        _ => {}
    }
    bytes
}

impl Sent {
    /// Sends it to the server at `url`; back come the status and the body, where it is HTTP.
    pub(super) async fn send(&self, client: &Client, url: &str) -> Result<Option<(u16, Vec<u8>)>, String> {
        match self {
            Self::Bytes(bytes) => super::raw::send(url, bytes).await.map(|()| None),
            Self::Http { method, target, headers, body } => {
                let mut request = client.request(method.clone(), format!("{url}{target}")).body(body.clone());
                for (name, value) in headers {
                    let Ok(value) = HeaderValue::from_bytes(value) else { continue };
                    request = request.header(HeaderName::try_from(name.as_str()).expect("a name"), value);
                }
                let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
                let status = answer.status().as_u16();
                Ok(Some((status, answer.bytes().await.map_err(|error| format!("{error:?}"))?.to_vec())))
            }
        }
    }
}
