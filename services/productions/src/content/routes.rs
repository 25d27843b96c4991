//! `/files/...`: downloads. The stable link asks who comes and redirects; the signed one streams.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::{Clock, ErrorCode, Fault, Principal};
use serde::Deserialize;
use service_kit::principal_token::Verifier;
use service_kit::problem::problem;
use uuid::Uuid;

use super::{Content, Links, Signed};
use crate::Store;
use crate::app::{self, Export};
use crate::store::ContentRow;

/// What downloads need.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) store: Store,
    pub(crate) content: Content,
    pub(crate) links: Links,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) clock: Clock,
    /// What links begin with.
    pub(crate) public_url: String,
}

/// The routes under `/files`.
pub(crate) fn routes(served: Served) -> Router {
    Router::new()
        .route("/files/productions/{production}/{format}", get(stable))
        .route("/files/contents/{production}/{version}/{format}", get(signed))
        .with_state(Arc::new(served))
}

/// Redirects who may see the production to a link of five minutes.
async fn stable(
    State(served): State<Arc<Served>>,
    Path((production, format)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    // The gateway says who comes; without its word it is nobody known.
    let principal = served.verifier.caller(&headers).unwrap_or_else(Principal::anonymous);
    let found = match production.parse::<Uuid>() {
        Err(_) => Ok(Export::Unseen),
        Ok(id) => app::export(&served.store, &principal, id, &format).await,
    };
    match found {
        Err(fault) => unavailable(&fault),
        Ok(Export::Unseen) if !principal.is_authenticated() => unknown(),
        Ok(Export::Unseen | Export::NoFormat) => {
            problem(StatusCode::NOT_FOUND, ErrorCode::NotFound, "no such export, or none for this caller")
        }
        Ok(Export::Found(row, status)) => {
            let ContentRow { production_id: production, version, format, .. } = &row;
            let of = Signed { production: *production, version: *version, format, status: status.as_str() };
            let link = format!("{}{}", served.public_url, served.links.signed(of, served.clock.now()));
            let headers = [(header::LOCATION, link), (header::CACHE_CONTROL, "no-store".to_owned())];
            (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
        }
    }
}

#[derive(Deserialize)]
struct Query {
    expires: i64,
    status: String,
    signature: String,
}

/// Streams what the signature is for.
async fn signed(
    State(served): State<Arc<Served>>,
    Path((production, version, format)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let expired = || {
        problem(
            StatusCode::FORBIDDEN,
            ErrorCode::Forbidden,
            "this link is not good any more: ask for the stable one again",
        )
    };
    let given: Option<Query> = query.and_then(|query| serde_urlencoded::from_str(&query).ok());
    let (Some(Query { expires, status, signature }), Ok(production), Ok(version)) =
        (given, production.parse::<Uuid>(), version.parse::<i64>())
    else {
        return expired();
    };
    let of = Signed { production, version, format: &format, status: &status };
    if !served.links.check(of, expires, &signature, served.clock.now()) {
        return expired();
    }
    let row = match served.store.content(of).await {
        Ok(Some(row)) => row,
        // Discarded since, published or withdrawn: a link outlives none of it.
        Ok(None) => return expired(),
        Err(error) => return unavailable(&error.into()),
    };
    match served.content.get(&row.sha256).await {
        Ok(Some(bytes)) => file(&row, Body::from_stream(bytes)),
        Ok(None) => {
            tracing::error!(sha256 = row.sha256, "content that a version names is not in the object store");
            problem(StatusCode::NOT_FOUND, ErrorCode::NotFound, "the content is missing; its keeper has been told")
        }
        Err(error) => unavailable(&Fault::hidden(ErrorCode::UpstreamUnavailable, error)),
    }
}

/// A file that a browser saves and never shows as a page of ours.
fn file(row: &ContentRow, body: Body) -> Response {
    let mut response = Response::new(body);
    let name = format!("attachment; filename=\"production-{}.{}\"", row.production_id, row.format);
    let etag = format!("\"{}\"", row.sha256);
    let values = [
        (header::CONTENT_TYPE, row.media_type.as_str()),
        (header::CONTENT_LENGTH, &row.size.to_string()),
        (header::CONTENT_DISPOSITION, &name),
        (header::ETAG, &etag),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    for (header, value) in values {
        // Media types and formats are checked when they are saved: each is a header's value.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(header, value);
        }
    }
    response
}

fn unavailable(fault: &Fault) -> Response {
    tracing::error!(cause = fault.cause_chain(), "a download failed");
    problem(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::UpstreamUnavailable,
        "the files cannot be reached now; try again later",
    )
}

/// Nobody known may have this; somebody known might.
fn unknown() -> Response {
    let told = "a known caller may find something here: send a token in the header Authorization";
    let mut response = problem(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, told);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}
