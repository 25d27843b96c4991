//! A subgraph as its gateway sees it, for the services' tests: through its own router, with a signed principal.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use kernel::{Clock, Principal};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::principal_token::{HEADER, KeyFiles, Signer, Verifier};
use crate::subgraph::Subgraph;

/// A subgraph and a gateway's key for it.
#[derive(Debug)]
pub struct TestSubgraph {
    subgraph: Subgraph,
    signer: Signer,
    principal: Principal,
    _keys: tempfile::TempDir,
}

impl TestSubgraph {
    /// The subgraph that `build` makes for the verifier of a new key; asked anonymously.
    ///
    /// # Panics
    /// When no key can be made.
    pub fn new(build: impl FnOnce(Arc<Verifier>) -> Subgraph) -> Self {
        let keys = tempfile::tempdir().expect("a temporary folder");
        let files = KeyFiles::under(keys.path());
        files.ensure().expect("keys");
        let verifier = Verifier::from_file(&files.public, Clock::System).expect("a verifier");
        let signer = Signer::from_file(&files.private, Clock::System).expect("a signer");
        Self { subgraph: build(Arc::new(verifier)), signer, principal: Principal::anonymous(), _keys: keys }
    }

    /// Asked from now on by `principal`.
    pub fn by(&mut self, principal: Principal) {
        self.principal = principal;
    }

    /// Asks, and gives the whole response.
    ///
    /// # Panics
    /// When the answer is no JSON.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let token = self.signer.token(&self.principal);
        self.post(Some(&token), &json!({ "query": query, "variables": variables }).to_string()).await.1
    }

    /// Asks for entities by their representations.
    pub async fn entities(&self, selection: &str, representations: Value) -> Value {
        let query = format!(
            "query ($representations: [_Any!]!) {{ _entities(representations: $representations) {{ {selection} }} }}"
        );
        self.ask(&query, json!({ "representations": representations })).await
    }

    /// Sends a request to a public route, with the principal's token as the gateway would set it.
    ///
    /// # Panics
    /// When the token is no header.
    pub async fn public(&self, mut request: Request<Body>) -> Response {
        let token = self.signer.token(&self.principal).parse().expect("a token is plain text");
        request.headers_mut().insert(HEADER, token);
        match self.subgraph.public.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Sends a body as it is; returns status and answer.
    ///
    /// # Panics
    /// When the answer is no JSON.
    pub async fn post(&self, token: Option<&str>, body: &str) -> (u16, Value) {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(HEADER, token);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = match self.subgraph.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a whole answer");
        (status, serde_json::from_slice(&body).expect("an answer in JSON"))
    }
}

/// Every type, field, argument and value of an SDL that has no description.
///
/// # Panics
/// When it is no SDL.
pub fn undescribed(sdl: &str) -> Vec<String> {
    use async_graphql::parser::types::{InputValueDefinition, TypeKind, TypeSystemDefinition};

    let document = async_graphql::parser::parse_schema(sdl).expect("an SDL");
    let mut missing = Vec::new();
    let mut check = |described: bool, name: String| {
        if !described {
            missing.push(name);
        }
    };
    let values = |owner: &str,
                  values: &[async_graphql::Positioned<InputValueDefinition>],
                  check: &mut dyn FnMut(bool, String)| {
        for value in values {
            check(value.node.description.is_some(), format!("{owner}.{}", value.node.name.node));
        }
    };
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let (definition, name) = (&definition.node, &definition.node.name.node);
        check(definition.description.is_some(), name.to_string());
        match &definition.kind {
            TypeKind::Object(async_graphql::parser::types::ObjectType { fields, .. })
            | TypeKind::Interface(async_graphql::parser::types::InterfaceType { fields, .. }) => {
                for field in fields {
                    let path = format!("{name}.{}", field.node.name.node);
                    check(field.node.description.is_some(), path.clone());
                    values(&path, &field.node.arguments, &mut check);
                }
            }
            TypeKind::InputObject(object) => values(name, &object.fields, &mut check),
            TypeKind::Enum(enumeration) => {
                for value in &enumeration.values {
                    check(value.node.description.is_some(), format!("{name}.{}", value.node.value.node));
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    missing
}

/// Every field of an SDL's objects for which the access table has no rule, GraphQL's and federation's own left out.
///
/// # Panics
/// When it is no SDL.
pub fn unruled(sdl: &str) -> Vec<String> {
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    let document = async_graphql::parser::parse_schema(sdl).expect("an SDL");
    let mut missing = Vec::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.as_str();
        let TypeKind::Object(object) = &definition.node.kind else { continue };
        let fields =
            object.fields.iter().map(|field| field.node.name.node.as_str()).filter(|name| !name.starts_with('_'));
        let without = fields.filter(|field| crate::access::ACCESS.field(name, field).is_none());
        missing.extend(without.map(|field| format!("{name}.{field}")));
    }
    missing
}
