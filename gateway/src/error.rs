//! Errors as clients get them.

use apollo_compiler::parser::LineColumn;
use kernel::ErrorCode;
use serde::Serialize;

use crate::json::Step;
use crate::telemetry::shortened;

/// An entry of `errors`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GraphqlError {
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<Vec<Step>>,
    pub(crate) extensions: Extensions,
    /// The operation is good, and HTTP's method is not the one to run it by.
    #[serde(skip)]
    pub(crate) wrong_method: bool,
}

/// A place in the document, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Location {
    line: usize,
    column: usize,
}

/// What programs read of an error.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Extensions {
    /// A code of the closed list.
    pub(crate) code: ErrorCode,
    /// The subgraph that failed, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
}

/// Bytes of a message.
const LONGEST_MESSAGE: usize = 2000;

impl GraphqlError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.len() > LONGEST_MESSAGE {
            // What a client sent may be part of it, of any length.
            message.truncate(shortened(&message, LONGEST_MESSAGE).len());
            message.push('…');
        }
        Self {
            message,
            locations: Vec::new(),
            path: None,
            extensions: Extensions { code, service: None },
            wrong_method: false,
        }
    }

    pub(crate) fn at(mut self, path: Vec<Step>) -> Self {
        self.path = Some(path);
        self
    }

    pub(crate) fn located(mut self, places: impl IntoIterator<Item = LineColumn>) -> Self {
        self.locations = places.into_iter().map(|place| Location { line: place.line, column: place.column }).collect();
        self
    }

    pub(crate) fn of_wrong_method(mut self) -> Self {
        self.wrong_method = true;
        self
    }

    pub(crate) fn of_service(mut self, service: &str) -> Self {
        self.extensions.service = Some(service.to_owned());
        self
    }

    /// The HTTP status of a request that was refused with this error, for a client that reads statuses.
    pub(crate) fn status(&self) -> u16 {
        match self.extensions.code {
            ErrorCode::BadUserInput
            | ErrorCode::GraphqlParseFailed
            | ErrorCode::GraphqlValidationFailed
            | ErrorCode::LimitExceeded
            | ErrorCode::DocumentNotTrusted => 400,
            // It is a step of the protocol: some clients read no other answer before they send the document.
            ErrorCode::PersistedQueryNotFound => 200,
            ErrorCode::Unauthenticated => 401,
            ErrorCode::Forbidden => 403,
            ErrorCode::NotFound => 404,
            ErrorCode::Conflict => 409,
            ErrorCode::RateLimited => 429,
            ErrorCode::Internal => 500,
            ErrorCode::UpstreamUnavailable => 502,
            ErrorCode::Timeout => 504,
        }
    }
}
