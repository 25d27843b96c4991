//! A request that its route does not answer: refused in GraphQL's words at `/graphql`, by a problem document elsewhere.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::ErrorCode;
use service_kit::problem::problem;

use super::graphql;
use super::request_id::request_id;
use crate::error::GraphqlError;

/// Where GraphQL is served.
pub(super) const GRAPHQL_PATH: &str = "/graphql";

/// How the client of a request wants to be refused.
pub(super) struct Asked {
    id: String,
    /// The media type of GraphQL's answers that it reads; none where it asks for something else.
    graphql: Option<&'static str>,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        let graphql = (request.uri().path() == GRAPHQL_PATH).then(|| graphql::readable(request.headers()));
        Self { id: request_id(request.headers()), graphql }
    }

    /// The answer with this status, code and sentence.
    pub(super) fn refused(&self, status: StatusCode, code: ErrorCode, message: &str) -> Response {
        match self.graphql {
            Some(media_type) => graphql::refusal(status, vec![GraphqlError::new(code, message)], media_type, &self.id),
            None => problem(status, code, message),
        }
    }
}
