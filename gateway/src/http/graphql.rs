//! GraphQL over HTTP: GET and POST, media types and statuses.

use std::sync::{Arc, OnceLock};

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use serde::Serialize;

use super::arrival::Arrival;
use super::auth::Credentials;
use super::body::{BadBody, ReadBody};
use super::request_id::{REQUEST_ID, request_id};
use super::{accept, auth, content, events, websocket};
use crate::Gateway;
use crate::budget::Client;
use crate::error::GraphqlError;
use crate::pipeline::{self, Asker, Params};
use crate::telemetry::Outcome;

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// `GET /graphql?query=...`: queries only. Of an answer to HEAD the router sends the head alone.
pub(super) async fn by_get(
    State(gateway): State<Arc<Gateway>>,
    arrival: Arrival,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return websocket::open(gateway, upgrade, &headers, arrival);
    }
    let params = Params::from_query(query.as_deref().unwrap_or_default());
    answer(&gateway, params, arrival, &headers).await
}

/// `POST /graphql` with a JSON body.
pub(super) async fn by_post(
    State(gateway): State<Arc<Gateway>>,
    arrival: Arrival,
    headers: HeaderMap,
    ReadBody(body): ReadBody,
) -> Response {
    let id = request_id(&headers);
    let refused = |status, code, message: String| {
        refusal(status, vec![GraphqlError::new(code, message)], readable(&headers), &id)
    };
    if let Err(unread) = content::check(&headers) {
        let told = refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadUserInput, unread.to_string());
        return ([unread.instead()], told).into_response();
    }
    let body = match body {
        Ok(body) => body,
        Err(BadBody::TooLong) => {
            let message = format!("the body is longer than {} bytes", gateway.config.max_body_bytes);
            return refused(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::LimitExceeded, message);
        }
        Err(BadBody::TooSlow) => {
            let message = "the body did not arrive in time; send it at once".to_owned();
            let mut response = refused(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message);
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            return response;
        }
        Err(BadBody::BrokenOff) => {
            return refused(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, "the body broke off".to_owned());
        }
    };
    answer(&gateway, Params::from_body(&body), arrival, &headers).await
}

async fn answer(
    gateway: &Arc<Gateway>,
    params: Result<Params, GraphqlError>,
    arrival: Arrival,
    headers: &HeaderMap,
) -> Response {
    let id = request_id(headers);
    let Some(wanted) = accept::best(headers, events::offered(headers, &[JSON, GRAPHQL, events::MEDIA_TYPE])) else {
        let told = format!("only {GRAPHQL}, {JSON} and {} are served, in UTF-8", events::MEDIA_TYPE);
        let error = GraphqlError::new(ErrorCode::BadUserInput, told);
        return refusal(StatusCode::NOT_ACCEPTABLE, vec![error], JSON, &id);
    };
    let media_type = if wanted == GRAPHQL { GRAPHQL } else { JSON };
    let credentials = Credentials::of(gateway, headers);
    let identity = match credentials.identity(gateway, &arrival.account).await {
        Ok(identity) => identity,
        Err(unknown) => {
            let error = GraphqlError::new(unknown.code(), unknown.to_string());
            return auth::challenge(refusal(unknown.status(), vec![error], media_type, &id));
        }
    };
    let params = match params {
        Ok(params) => params,
        // The body is no request at all: whatever the media type, that is the client's mistake.
        Err(error) => return refusal(StatusCode::BAD_REQUEST, vec![error], media_type, &id),
    };
    let address = arrival.address(headers, &gateway.config.trusted_proxies);
    let Arrival { account, stopping, .. } = arrival;
    account.comes_from(identity.principal().client.as_deref());
    let (client, standing) = (Client::of(identity.principal(), address), OnceLock::new());
    let headers_taken = gateway.forwarding.take(headers);
    let asker = Asker { identity, account, client, standing: &standing, headers: headers_taken };
    if wanted == events::MEDIA_TYPE {
        let mut response = match events::answer(gateway, params, asker, credentials, stopping).await {
            Ok(events) => events,
            Err(errors) => {
                let status = errors.first().map_or(500, GraphqlError::status);
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                refusal(status, errors, JSON, &id)
            }
        };
        if let Some(standing) = standing.get() {
            standing.tell(response.headers_mut());
        }
        return response;
    }
    let run = pipeline::run(gateway, params, asker);
    let outcome = tokio::time::timeout(gateway.config.request_timeout, run).await.unwrap_or_else(|_| {
        Err(vec![GraphqlError::new(ErrorCode::Timeout, "the whole request took too long; ask for less at once")])
    });
    let mut response = match outcome {
        Ok(answer) => {
            let mut response = respond(StatusCode::OK, write(&answer), media_type, &id);
            response.extensions_mut().insert(Outcome::answered(&answer.errors));
            response
        }
        Err(errors) => {
            // Clients of the older media type read every answer to a well-formed request from a 200.
            let status = errors.first().map_or(500, GraphqlError::status);
            let mutation_by_get = errors.iter().any(|error| error.wrong_method);
            let status = match (media_type, status) {
                _ if mutation_by_get => StatusCode::METHOD_NOT_ALLOWED,
                // What is about the caller and not about the request is said to whatever stands between, too.
                (JSON, 400..=499) if status != 401 && status != 429 => StatusCode::OK,
                (_, status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            };
            refusal(status, errors, media_type, &id)
        }
    };
    if let Some(standing) = standing.get() {
        standing.tell(response.headers_mut());
    }
    response
}

fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("a tree of values is JSON")
}

/// The answer of a request that was not run.
pub(super) fn refusal(status: StatusCode, errors: Vec<GraphqlError>, media_type: &'static str, id: &str) -> Response {
    #[derive(Serialize)]
    struct Refusal {
        errors: Vec<GraphqlError>,
    }
    let outcome = Outcome::refused(&errors);
    let mut response = respond(status, write(&Refusal { errors }), media_type, id);
    response.extensions_mut().insert(outcome);
    response
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
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The media type of a refusal: one that the client reads, and JSON where it reads neither.
pub(super) fn readable(headers: &HeaderMap) -> &'static str {
    media_type(headers).unwrap_or(JSON)
}

/// The media type to answer with, by the client's `Accept`; none where it takes neither.
fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    accept::best(headers, &[JSON, GRAPHQL])
}
