//! What is kept of a session, and of an attempt to log in.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody is logged in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name, which may be shown: nobody gets in by it.
    pub id: Uuid,
    /// Who it is.
    pub person: Uuid,
    /// Where they logged in.
    pub provider: String,
    /// What the provider calls their account.
    pub subject: String,
    /// What the provider calls the session there.
    pub sid: Option<String>,
    /// The token that they came with, to log out there by.
    pub id_token: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
}

impl fmt::Debug for Session {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither account nor token: these values pass near logs.
        out.debug_struct("Session").field("id", &self.id).field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// A session and the hash that it stands under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The hash.
    pub hash: String,
    /// The session.
    pub session: Session,
}

/// Somebody went to a provider to log in there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Where.
    pub provider: String,
    /// What the token must repeat.
    pub nonce: String,
    /// What the code is worth nothing without (RFC 7636).
    pub verifier: String,
    /// The hash of what their browser keeps.
    pub browser: String,
    /// The path that they go to afterwards.
    pub return_to: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Attempt").field("provider", &self.provider).finish_non_exhaustive()
    }
}
