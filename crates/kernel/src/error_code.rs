//! The closed list of codes that reach clients, in `errors[].extensions.code` and in problem documents.

use serde::{Deserialize, Serialize};

/// Why a request, or a part of it, was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// What was asked for does not exist, or may not be seen.
    NotFound,
    /// The change contradicts the present state.
    Conflict,
    /// An argument, a variable or a body is not what the schema or the protocol asks for.
    BadUserInput,
    /// The caller is not known.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// The caller has spent its budget.
    RateLimited,
    /// A subgraph or another server did not answer, or answered nonsense.
    UpstreamUnavailable,
    /// It took longer than it may take.
    Timeout,
    /// A fault of ours; the log line with the same request id tells more.
    Internal,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// The request is larger, deeper or dearer than allowed.
    LimitExceeded,
    /// No document is stored under this hash.
    PersistedQueryNotFound,
    /// Only documents of the manifest are run here, and this is none.
    DocumentNotTrusted,
}

impl ErrorCode {
    /// Every code, in the order of the list.
    pub const ALL: [Self; 14] = [
        Self::NotFound,
        Self::Conflict,
        Self::BadUserInput,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::RateLimited,
        Self::UpstreamUnavailable,
        Self::Timeout,
        Self::Internal,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::LimitExceeded,
        Self::PersistedQueryNotFound,
        Self::DocumentNotTrusted,
    ];

    /// The code as clients see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::UpstreamUnavailable => "UPSTREAM_UNAVAILABLE",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
        }
    }

    /// The code with this name, if the list holds it.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn the_list_is_closed_and_names_round_trip() {
        let names: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(
            names.join(" "),
            "NOT_FOUND CONFLICT BAD_USER_INPUT UNAUTHENTICATED FORBIDDEN RATE_LIMITED UPSTREAM_UNAVAILABLE TIMEOUT \
             INTERNAL GRAPHQL_PARSE_FAILED GRAPHQL_VALIDATION_FAILED LIMIT_EXCEEDED PERSISTED_QUERY_NOT_FOUND \
             DOCUMENT_NOT_TRUSTED"
        );
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), Some(code));
            assert_eq!(serde_json::to_value(code).expect("a string"), code.as_str());
        }
        assert_eq!(ErrorCode::parse("SOMETHING_ELSE"), None);
    }
}
