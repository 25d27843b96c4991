//! GraphQL over HTTP: GET and POST, media types and statuses.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use serde::Serialize;

use super::auth;
use super::request_id::{REQUEST_ID, request_id};
use crate::Gateway;
use crate::error::GraphqlError;
use crate::people;
use crate::pipeline::{self, Caller, Params};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// `GET /graphql?query=...`: queries only.
pub(super) async fn by_get(
    State(gateway): State<Arc<Gateway>>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::from_query(query.as_deref().unwrap_or_default());
    answer(&gateway, params, &headers, method == Method::HEAD).await
}

/// `POST /graphql` with a JSON body.
pub(super) async fn by_post(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let id = request_id(&headers);
    if !is_json(&headers) {
        let error = GraphqlError::new(ErrorCode::BadUserInput, "send the request with content-type: application/json");
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, vec![error], media_type(&headers).unwrap_or(JSON), &id);
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let limit = gateway.config.max_body_bytes;
            let error = GraphqlError::new(ErrorCode::LimitExceeded, format!("the body is longer than {limit} bytes"));
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, vec![error], media_type(&headers).unwrap_or(JSON), &id);
        }
        Err(_) => {
            let error = GraphqlError::new(ErrorCode::BadUserInput, "the body broke off");
            return refusal(StatusCode::BAD_REQUEST, vec![error], media_type(&headers).unwrap_or(JSON), &id);
        }
    };
    answer(&gateway, Params::from_body(&body), &headers, false).await
}

async fn answer(gateway: &Gateway, params: Result<Params, GraphqlError>, headers: &HeaderMap, head: bool) -> Response {
    let id = request_id(headers);
    let Some(media_type) = media_type(headers) else {
        let error = GraphqlError::new(ErrorCode::BadUserInput, format!("only {GRAPHQL} and {JSON} are served"));
        return refusal(StatusCode::NOT_ACCEPTABLE, vec![error], JSON, &id);
    };
    let principal = match auth::principal(gateway, headers) {
        Ok(principal) => principal,
        Err(unknown) => {
            let error = GraphqlError::new(ErrorCode::Unauthenticated, unknown.to_string());
            return auth::challenge(refusal(StatusCode::UNAUTHORIZED, vec![error], media_type, &id));
        }
    };
    let params = match params {
        Ok(params) => params,
        // The body is no request at all: whatever the media type, that is the client's mistake.
        Err(error) => return refusal(StatusCode::BAD_REQUEST, vec![error], media_type, &id),
    };
    let read_only = params.read_only;
    let run = async {
        let request_id: Arc<str> = Arc::from(id.as_str());
        let (principal, doubt) = people::recognise(gateway, principal, &request_id).await;
        let headers = gateway.forwarding.take(headers);
        pipeline::run(gateway, params, &Caller { principal, doubt, request_id, headers }).await
    };
    let outcome = tokio::time::timeout(gateway.config.request_timeout, run).await.unwrap_or_else(|_| {
        Err(vec![GraphqlError::new(ErrorCode::Timeout, "the whole request took too long; ask for less at once")])
    });
    match outcome {
        Ok(answer) => {
            let body = if head { Vec::new() } else { write(&answer) };
            respond(StatusCode::OK, body, media_type, &id)
        }
        Err(errors) => {
            // Clients of the older media type read every answer to a well-formed request from a 200.
            let status = errors.first().map_or(500, GraphqlError::status);
            let mutation_by_get =
                read_only && errors.iter().any(|error| error.message.starts_with("GET runs queries only"));
            let status = match (media_type, status) {
                _ if mutation_by_get => StatusCode::METHOD_NOT_ALLOWED,
                (JSON, 400..=499) => StatusCode::OK,
                (_, status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            };
            refusal(status, errors, media_type, &id)
        }
    }
}

fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("a tree of values is JSON")
}

fn refusal(status: StatusCode, errors: Vec<GraphqlError>, media_type: &'static str, id: &str) -> Response {
    #[derive(Serialize)]
    struct Refusal {
        errors: Vec<GraphqlError>,
    }
    respond(status, write(&Refusal { errors }), media_type, id)
}

fn respond(status: StatusCode, body: Vec<u8>, media_type: &'static str, id: &str) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let content_type = if media_type == JSON {
        "application/json; charset=utf-8"
    } else {
        "application/graphql-response+json; charset=utf-8"
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case(JSON));
    json && parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

/// The media type to answer with, by the client's `Accept`; none where it takes neither.
fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(JSON);
    }
    let ranges = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(&'static str, f32)> = None;
    for range in ranges.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let found = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            GRAPHQL => GRAPHQL,
            JSON | "*/*" | "application/*" => JSON,
            _ => continue,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        if quality > 0.0 && best.is_none_or(|(_, known)| quality > known) {
            best = Some((found, quality));
        }
    }
    best.map(|(found, _)| found)
}
