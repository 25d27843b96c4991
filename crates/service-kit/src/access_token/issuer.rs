//! Making tokens: the half that holds the private key.

use std::fmt;
use std::path::Path;

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::Clock;

use super::claims::{Claims, Grant};
use crate::keys::{self, KeyError};

/// A token lives no longer: it cannot be called back.
pub const LONGEST: TimeDelta = TimeDelta::days(30);

/// The installation's own issuer.
pub struct Issuer {
    key: EncodingKey,
    clock: Clock,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Issuer")
    }
}

impl Issuer {
    /// Reads the private key.
    ///
    /// # Errors
    /// When the file cannot be read or holds no such key.
    pub fn from_file(path: &Path, clock: Clock) -> Result<Self, KeyError> {
        Ok(Self { key: keys::private(path)?, clock })
    }

    /// A token for `grant`, good from now on for `lifetime`, and for [`LONGEST`] at most.
    pub fn issue(&self, grant: &Grant, lifetime: TimeDelta) -> String {
        let now = self.clock.now();
        let expires = now + lifetime.min(LONGEST);
        let id = uuid::Uuid::now_v7().to_string();
        let claims = Claims::of(grant, now.timestamp(), expires.timestamp(), id);
        let header = Header { typ: Some(super::TYPE.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.key)
            .expect("claims of plain types and a key that was read as Ed25519 always sign")
    }
}
