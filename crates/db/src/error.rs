//! One place where a database's error becomes one of ours.

/// Why a statement gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists already.
    #[error("a row with this key exists already")]
    Conflict(#[source] sqlx::Error),
    /// The database did not answer in time, or not at all.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// Anything else: a fault of ours.
    #[error("the database refused a statement")]
    Internal(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Conflict(error),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(error)
            }
            _ => Self::Internal(error),
        }
    }
}

impl From<StoreError> for kernel::Fault {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Conflict(_) => kernel::ErrorCode::Conflict,
            StoreError::Unavailable(_) => kernel::ErrorCode::UpstreamUnavailable,
            StoreError::Internal(_) => kernel::ErrorCode::Internal,
        };
        Self::hidden(code, error)
    }
}
