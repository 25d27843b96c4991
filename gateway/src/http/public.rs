//! The public routes of services: what no route of the gateway's own answers is handed on by its first segment.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{ErrorCode, Principal};
use service_kit::principal_token;
use service_kit::problem::{nothing_here, problem};
use tracing::Span;

use super::auth::{self, Credentials};
use crate::Gateway;
use crate::people;
use crate::public::{Failed, PublicRoute, headers};
use crate::telemetry::Account;

/// Hands a request on to the service that its path belongs to.
pub(super) async fn forward(
    State(gateway): State<Arc<Gateway>>,
    Extension(account): Extension<Arc<Account>>,
    request: Request<Body>,
) -> Response {
    let serving = gateway.serving();
    let Some(route) = serving.public.find(request.uri().path()) else {
        return nothing_here().await;
    };
    let person_service = gateway.config.person_service.as_str();
    if route.service() == person_service && has_client_secret(request.headers()) {
        return hand_on(&gateway, route, request, &Principal::anonymous(), &account).await;
    }
    match Credentials::of(&gateway, request.headers()).identity(&gateway, &account).await {
        Ok(identity) => match people::recognise(&gateway, &serving, identity, &account).await {
            // A person who is not recognised would be told that nothing is there for them; but logging in and out must go on.
            (_, Some(_)) if route.service() != person_service => {
                refusal(&Failed::Unreachable("who asks cannot be learned".to_owned()), person_service)
            }
            (principal, _) => hand_on(&gateway, route, request, &principal, &account).await,
        },
        Err(unknown) => auth::challenge(problem(unknown.status(), unknown.code(), &unknown.to_string())),
    }
}

/// Whether a client shows its name and secret, as it does where tokens are made (RFC 6749, 2.3.1): that is for the service to look at,
/// and makes nobody known here.
fn has_client_secret(headers: &HeaderMap) -> bool {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (given.next(), given.next()) else { return false };
    let scheme = only.as_bytes().split(|&byte| byte == b' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"basic")
}

async fn hand_on(
    gateway: &Gateway,
    route: &PublicRoute,
    request: Request<Body>,
    principal: &Principal,
    account: &Account,
) -> Response {
    account.comes_from(principal.client.as_deref());
    let (parts, body) = request.into_parts();
    // A new request: what the gateway's own layers left in the old one, such as limits, is not the service's.
    let mut onward = Request::new(body);
    *onward.method_mut() = parts.method;
    *onward.uri_mut() = parts.uri;
    *onward.headers_mut() = parts.headers;
    // Whose service people are knows them by its own cookies, too.
    let keeps_sessions = route.service() == gateway.config.person_service;
    let secret = onward.headers().get(header::AUTHORIZATION).cloned();
    let secret = secret.filter(|_| keeps_sessions && has_client_secret(onward.headers()));
    headers::of_request(onward.headers_mut(), keeps_sessions.then_some(&gateway.config.csrf.cookie));
    if let Some(mut secret) = secret {
        secret.set_sensitive(true);
        onward.headers_mut().insert(header::AUTHORIZATION, secret);
    }
    account.trace.hand_on(&Span::current(), onward.headers_mut());
    let token = gateway.principal_token(route.service(), principal);
    if let Some(Ok(mut value)) = token.map(|token| HeaderValue::from_str(&token)) {
        value.set_sensitive(true);
        onward.headers_mut().insert(principal_token::HEADER, value);
    }
    // Who sends a body may take as long as it needs; who sends none waits for the head of the answer alone, never its body.
    let limit = onward.body().is_end_stream().then_some(gateway.config.request_timeout);
    let answered = match limit {
        None => route.send(onward).await,
        Some(limit) => tokio::time::timeout(limit, route.send(onward)).await.unwrap_or_else(|_| Err(Failed::TimedOut)),
    };
    match answered {
        Ok(mut response) => {
            if keeps_sessions {
                headers::sessions_ended(response.headers()).for_each(|hash| gateway.people.session_ended(hash));
            }
            headers::of_response(response.headers_mut());
            response
        }
        Err(failed) => {
            let service = route.service();
            tracing::warn!(request_id = &*account.request_id, service, error = %failed, "a public route was not answered");
            refusal(&failed, service).into_response()
        }
    }
}

fn refusal(failed: &Failed, service: &str) -> Response {
    match failed {
        Failed::TimedOut => problem(
            StatusCode::GATEWAY_TIMEOUT,
            ErrorCode::Timeout,
            &format!("the service {service} did not answer in time"),
        ),
        Failed::Unreachable(_) => problem(
            StatusCode::BAD_GATEWAY,
            ErrorCode::UpstreamUnavailable,
            &format!("the service {service} is not available"),
        ),
    }
}
