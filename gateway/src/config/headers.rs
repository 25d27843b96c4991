//! The section `[gateway.headers]`: which headers subgraphs get beside those of the gateway's own. None, unless it says so.

use std::collections::BTreeMap;

use http::header::{self, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize, Serializer};
use service_kit::principal_token;

use crate::public::headers::HOP_BY_HOP;

/// What the gateway writes itself, or what is true of the client's message alone.
const OWN: [HeaderName; 11] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::EXPECT,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static(principal_token::HEADER),
];
/// What proves who asks: for the subgraph that is named for it, and for no other.
const CREDENTIALS: [HeaderName; 2] = [header::AUTHORIZATION, header::COOKIE];

/// Headers for subgraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeadersConfig {
    /// Headers of the client's request that every subgraph gets.
    pub forward: Vec<String>,
    /// What one subgraph gets beside these, by its name.
    pub subgraph: BTreeMap<String, SubgraphHeaders>,
}

/// Headers for one subgraph.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubgraphHeaders {
    /// Headers of the client's request that it gets.
    pub forward: Vec<String>,
    /// Headers that it always gets, with their values; they win over the client's. A value may be a key, and is shown nowhere.
    #[serde(serialize_with = "names")]
    pub set: BTreeMap<String, String>,
}

impl std::fmt::Debug for SubgraphHeaders {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.set.keys().collect();
        out.debug_struct("SubgraphHeaders").field("forward", &self.forward).field("set", &names).finish()
    }
}

fn names<S: Serializer>(set: &BTreeMap<String, String>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(set.keys().map(|name| (name, "(hidden)")))
}

impl HeadersConfig {
    /// Whether any subgraph gets the client's cookies.
    pub(crate) fn forwards_cookies(&self) -> bool {
        let is_cookie = |name: &String| name.eq_ignore_ascii_case("cookie");
        self.subgraph.values().any(|own| own.forward.iter().any(is_cookie))
    }

    /// Refuses names and values that no subgraph can get.
    ///
    /// # Errors
    /// The first of them, in a sentence; never a value.
    pub(crate) fn check(&self) -> Result<(), String> {
        for name in &self.forward {
            for_all(name).map_err(|told| format!("gateway.headers.forward: {name:?} {told}"))?;
        }
        for (subgraph, own) in &self.subgraph {
            let key = format!("gateway.headers.subgraph.{subgraph}");
            for name in &own.forward {
                for_one(name).map_err(|told| format!("{key}.forward: {name:?} {told}"))?;
            }
            for (name, text) in &own.set {
                for_one(name).map_err(|told| format!("{key}.set: {name:?} {told}"))?;
                value(text)
                    .ok_or_else(|| format!("{key}.set: the value of {name:?} is no header's: write plain text"))?;
            }
        }
        Ok(())
    }
}

/// The name of a header that every subgraph may get.
pub(crate) fn for_all(name: &str) -> Result<HeaderName, &'static str> {
    let name = for_one(name)?;
    if CREDENTIALS.contains(&name) {
        return Err("proves who asks: name the subgraph that gets it, in gateway.headers.subgraph");
    }
    Ok(name)
}

/// The name of a header that a subgraph may get which is named for it.
pub(crate) fn for_one(name: &str) -> Result<HeaderName, &'static str> {
    let name: HeaderName = name.parse().map_err(|_| "is no header's name")?;
    if HOP_BY_HOP.contains(&name.as_str()) {
        return Err("is about one connection, and means nothing on the next");
    }
    if OWN.contains(&name) || name.as_str().starts_with("sec-websocket-") {
        return Err("is written by the gateway");
    }
    Ok(name)
}

/// The value of a header that is set; it is written to no log.
pub(crate) fn value(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_reviews(forward: &[&str], set: &[(&str, &str)]) -> HeadersConfig {
        let own = SubgraphHeaders {
            forward: forward.iter().map(|&name| name.to_owned()).collect(),
            set: set.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
        };
        HeadersConfig { subgraph: [("reviews".to_owned(), own)].into(), ..HeadersConfig::default() }
    }

    fn of_all(forward: &[&str]) -> HeadersConfig {
        let forward = forward.iter().map(|&name| name.to_owned()).collect();
        HeadersConfig { forward, ..HeadersConfig::default() }
    }

    #[test]
    fn plain_names_are_taken_whatever_their_case() {
        assert_eq!(of_all(&["Accept-Language", "x-tenant"]).check(), Ok(()));
        assert_eq!(of_reviews(&["Authorization", "cookie"], &[("Authorization", "Bearer k")]).check(), Ok(()));
    }

    #[test]
    fn what_no_subgraph_may_get_is_refused_by_its_key() {
        for name in [
            "Connection",
            "te",
            "Transfer-Encoding",
            "content-length",
            "Host",
            "accept-encoding",
            "traceparent",
            "sec-websocket-key",
            "a b",
            "",
        ] {
            for (config, key) in [
                (of_all(&[name]), "gateway.headers.forward: "),
                (of_reviews(&[name], &[]), "gateway.headers.subgraph.reviews.forward: "),
                (of_reviews(&[], &[(name, "v")]), "gateway.headers.subgraph.reviews.set: "),
            ] {
                let told = config.check().expect_err("it is refused");
                assert!(told.starts_with(key), "{told}");
            }
        }
        for name in ["authorization", "Cookie", principal_token::HEADER] {
            assert!(of_all(&[name]).check().is_err(), "{name}");
        }
        assert!(of_reviews(&[principal_token::HEADER], &[]).check().is_err());
    }

    #[test]
    fn a_value_is_never_told() {
        let config = of_reviews(&[], &[("x-key", "sec\nret")]);
        let told = config.check().expect_err("it is refused");
        assert!(told.starts_with("gateway.headers.subgraph.reviews.set: ") && !told.contains("sec"), "{told}");
        assert!(!format!("{config:?}").contains("sec"));
        let written = serde_json::to_string(&config).expect("JSON");
        assert!(written.contains(r#""x-key":"(hidden)""#), "{written}");
    }
}
