use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::get;
use kernel::{Clock, Principal};
use tower::ServiceExt;

use super::Subgraph;
use crate::principal_token::{HEADER, KeyFiles, Signer, Verifier};

/// A service with one public route, which says who asks.
fn service(verifier: Arc<Verifier>) -> Subgraph {
    let who = async |State(verifier): State<Arc<Verifier>>, headers: HeaderMap| {
        verifier.caller(&headers).map(|principal| principal.client.unwrap_or_default()).ok_or(StatusCode::UNAUTHORIZED)
    };
    Subgraph {
        name: "files",
        sdl: Arc::from(""),
        router: Router::new(),
        public: Router::new().route("/files/who", get(who)).with_state(verifier),
        ready: Arc::new(|| Box::pin(async { Ok(()) })),
    }
}

#[tokio::test]
async fn a_service_alone_serves_its_public_routes_and_knows_who_asks_from_its_gateway() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = KeyFiles::under(folder.path());
    files.ensure().expect("keys");
    let verifier = Arc::new(Verifier::from_file(&files.public, Clock::System).expect("a verifier"));
    let server = service(verifier).server();
    let get = async |path: &str, token: &str| {
        let request = Request::get(path).header(HEADER, token).body(Body::empty()).expect("a request");
        let response = server.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        (status, axum::body::to_bytes(response.into_body(), 1_000).await.expect("a body"))
    };
    let signer = Signer::from_file(&files.private, Clock::System).expect("a signer");
    let token = signer.token(&Principal::application("portal"));
    assert_eq!(get("/files/who", &token).await, (200, "portal".into()));
    assert_eq!(get("/files/who", "forged").await.0, 401);
    assert_eq!(get("/livez", "").await.0, 200);
}
