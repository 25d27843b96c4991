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

/// What a signed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signed<'a> {
    pub(crate) production: Uuid,
    pub(crate) version: i64,
    pub(crate) format: &'a str,
    /// How far the production had come: a link ends when that changes, as by a withdrawal.
    pub(crate) status: &'a str,
}

impl Links {
    /// Links under these secrets.
    pub fn new(keys: SecretKeys) -> Self {
        Self { keys }
    }

    /// The path and query of a signed link, good for five minutes.
    pub(crate) fn signed(&self, of: Signed<'_>, now: DateTime<Utc>) -> String {
        let (expires, (generation, _)) = ((now + LIFETIME).timestamp(), self.keys.current());
        let signature =
            self.mac(generation, of, expires).map(|mac| URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
        let Signed { production, version, format, status } = of;
        let path = format!("/files/contents/{production}/{version}/{format}");
        format!("{path}?expires={expires}&status={status}&signature={generation}-{}", signature.unwrap_or_default())
    }

    /// Whether `signature` was made here for this and is still good.
    pub(crate) fn check(&self, of: Signed<'_>, expires: i64, signature: &str, now: DateTime<Utc>) -> bool {
        let Some((generation, signature)) = signature.split_once('-') else { return false };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let mac = generation.parse().ok().and_then(|generation| self.mac(generation, of, expires));
        now.timestamp() < expires && mac.is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    }

    fn mac(&self, generation: i64, of: Signed<'_>, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac =
            <Hmac<Sha256> as Mac>::new_from_slice(self.keys.of(generation)?).expect("HMAC takes keys of any length");
        let Signed { production, version, format, status } = of;
        mac.update(PURPOSE);
        mac.update(format!("{production}/{version}/{format}/{status}/{expires}").as_bytes());
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
        let of = Signed { production: Uuid::now_v7(), version: 2, format: "mm", status: "PUBLISHED" };
        let link = links.signed(of, now);
        let (_, query) = link.split_once('?').expect("a query");
        let (expires, signature) = query.split_once("&status=PUBLISHED&signature=").expect("both");
        let expires: i64 = expires.trim_start_matches("expires=").parse().expect("a number");
        let check = |of: Signed<'_>, expires, signature: &str, minutes| {
            links.check(of, expires, signature, now + TimeDelta::minutes(minutes))
        };
        assert!(check(of, expires, signature, 4));
        assert!(!check(of, expires, signature, 5), "too late");
        assert!(!check(of, expires + 1000, signature, 4), "prolonged");
        for other in [
            Signed { version: 3, ..of },
            Signed { format: "svg", ..of },
            Signed { production: Uuid::now_v7(), ..of },
            Signed { status: "WITHDRAWN", ..of },
        ] {
            assert!(!check(other, expires, signature, 4), "{other:?}");
        }
        for bad in ["", "1-", "1-AAAA", "9-AAAA", "x"] {
            assert!(!check(of, expires, bad, 4), "{bad}");
        }
    }
}
