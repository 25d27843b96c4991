//! Two sorts of links: a stable one that asks who comes, and the short-lived one that it redirects to, which asks nobody and
//! carries a signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use service_kit::secret::SecretKeys;
use sha2::Sha256;
use uuid::Uuid;

/// How long a signed link is good.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// Separates this use of the secret from any other.
const PURPOSE: &[u8] = b"passerelle content link\0";

/// Signs and checks short-lived links.
#[derive(Clone, Debug)]
pub struct Links {
    keys: SecretKeys,
}

/// The path of the stable link to a production's export.
pub(crate) fn stable_path(production: Uuid, format: &str) -> String {
    format!("/files/productions/{production}/{format}")
}

impl Links {
    /// Links under these secrets.
    pub fn new(keys: SecretKeys) -> Self {
        Self { keys }
    }

    /// The path and query of a signed link to one format of one version, good for five minutes.
    pub(crate) fn signed(&self, production: Uuid, version: i64, format: &str, now: DateTime<Utc>) -> String {
        let (expires, (generation, _)) = ((now + LIFETIME).timestamp(), self.keys.current());
        let signature = self.signature(generation, production, version, format, expires).unwrap_or_default();
        let path = format!("/files/contents/{production}/{version}/{format}");
        format!("{path}?expires={expires}&signature={generation}-{signature}")
    }

    /// Whether `signature` was made here for this content and is still good.
    pub(crate) fn check(
        &self,
        (production, version, format): (Uuid, i64, &str),
        expires: i64,
        signature: &str,
        now: DateTime<Utc>,
    ) -> bool {
        let Some((generation, signature)) = signature.split_once('-') else { return false };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let mac =
            generation.parse().ok().and_then(|generation| self.mac(generation, production, version, format, expires));
        now.timestamp() < expires && mac.is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    }

    fn signature(&self, generation: i64, production: Uuid, version: i64, format: &str, expires: i64) -> Option<String> {
        let mac = self.mac(generation, production, version, format, expires)?;
        Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn mac(&self, generation: i64, production: Uuid, version: i64, format: &str, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac =
            <Hmac<Sha256> as Mac>::new_from_slice(self.keys.of(generation)?).expect("HMAC takes keys of any length");
        mac.update(PURPOSE);
        mac.update(format!("{production}/{version}/{format}/{expires}").as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_for_five_minutes_and_for_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let links = Links::new(SecretKeys::at(&folder.path().join("key")).expect("keys"));
        let now: DateTime<Utc> = "2018-11-20T09:00:00Z".parse().expect("a moment");
        let production = Uuid::now_v7();
        let link = links.signed(production, 2, "mm", now);
        let (_, query) = link.split_once('?').expect("a query");
        let (expires, signature) = query.split_once("&signature=").expect("both");
        let expires: i64 = expires.trim_start_matches("expires=").parse().expect("a number");
        let check = |of: (Uuid, i64, &str), expires, signature: &str, minutes| {
            links.check(of, expires, signature, now + TimeDelta::minutes(minutes))
        };
        assert!(check((production, 2, "mm"), expires, signature, 4));
        assert!(!check((production, 2, "mm"), expires, signature, 5), "too late");
        assert!(!check((production, 2, "mm"), expires + 1000, signature, 4), "prolonged");
        assert!(!check((production, 3, "mm"), expires, signature, 4), "another version");
        assert!(!check((production, 2, "svg"), expires, signature, 4), "another format");
        assert!(!check((Uuid::now_v7(), 2, "mm"), expires, signature, 4), "another production");
        for bad in ["", "1-", "1-AAAA", "9-AAAA", "x"] {
            assert!(!check((production, 2, "mm"), expires, bad, 4), "{bad}");
        }
    }
}
