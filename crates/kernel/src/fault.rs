//! An error on its way to a client: a code of the closed list, a sentence that may be shown, and a cause that may not.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::ErrorCode;

/// Why something was not answered.
///
/// `Display` gives the sentence for the client and nothing else. The cause is for the log, once, at the boundary.
#[derive(Clone, Debug)]
pub struct Fault {
    code: ErrorCode,
    message: String,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault that is told as it is: `message` is made from the client's own data.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), cause: None }
    }

    /// The client sent what cannot be used.
    pub fn bad_input(error: &impl fmt::Display) -> Self {
        Self::new(ErrorCode::BadUserInput, error.to_string())
    }

    /// A fault of which the client learns the code and a general sentence only.
    pub fn hidden(code: ErrorCode, cause: impl Error + Send + Sync + 'static) -> Self {
        let message = match code {
            ErrorCode::UpstreamUnavailable => "a service that this answer needs is not available; try again later",
            ErrorCode::Conflict => "the change contradicts the present state",
            _ => "an internal error; the log has more under this request's id",
        };
        Self { code, message: message.to_owned(), cause: Some(Arc::new(cause)) }
    }

    /// Its code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The cause and its causes, for the log.
    pub fn cause_chain(&self) -> Option<String> {
        let mut error: &dyn Error = self.cause.as_deref()?;
        let mut chain = error.to_string();
        while let Some(next) = error.source() {
            chain.push_str(": ");
            chain.push_str(&next.to_string());
            error = next;
        }
        Some(chain)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}
