//! GraphQL over HTTP: GET and POST, media types and statuses.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use serde::Serialize;

use super::request_id::{REQUEST_ID, request_id};
use super::{accept, auth, content};
use crate::Gateway;
use crate::error::GraphqlError;
use crate::people;
use crate::pipeline::{self, Caller, Params};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// `GET /graphql?query=...`: queries only. Of an answer to HEAD the router sends the head alone.
pub(super) async fn by_get(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::from_query(query.as_deref().unwrap_or_default());
    answer(&gateway, params, &headers).await
}

/// `POST /graphql` with a JSON body.
pub(super) async fn by_post(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let id = request_id(&headers);
    if let Err(unread) = content::check(&headers) {
        let error = GraphqlError::new(ErrorCode::BadUserInput, unread.to_string());
        let told = refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, vec![error], media_type(&headers).unwrap_or(JSON), &id);
        return ([unread.instead()], told).into_response();
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
    answer(&gateway, Params::from_body(&body), &headers).await
}

async fn answer(gateway: &Gateway, params: Result<Params, GraphqlError>, headers: &HeaderMap) -> Response {
    let id = request_id(headers);
    let Some(media_type) = media_type(headers) else {
        let error =
            GraphqlError::new(ErrorCode::BadUserInput, format!("only {GRAPHQL} and {JSON} are served, in UTF-8"));
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
    let run = async {
        let request_id: Arc<str> = Arc::from(id.as_str());
        let (principal, doubt) = people::recognise(gateway, principal, &request_id).await;
        pipeline::run(gateway, params, &Caller { principal, doubt, request_id }).await
    };
    let outcome = tokio::time::timeout(gateway.config.request_timeout, run).await.unwrap_or_else(|_| {
        Err(vec![GraphqlError::new(ErrorCode::Timeout, "the whole request took too long; ask for less at once")])
    });
    match outcome {
        Ok(answer) => respond(StatusCode::OK, write(&answer), media_type, &id),
        Err(errors) => {
            // Clients of the older media type read every answer to a well-formed request from a 200.
            let status = errors.first().map_or(500, GraphqlError::status);
            let mutation_by_get = errors.iter().any(|error| error.wrong_method);
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

/// The media type to answer with, by the client's `Accept`; none where it takes neither.
fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    accept::best(headers, &[JSON, GRAPHQL])
}
