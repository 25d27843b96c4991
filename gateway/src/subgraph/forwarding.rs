//! Which headers go on to which subgraph, made once of the configuration.

use std::collections::BTreeMap;

use ::http::header::{self, HeaderMap, HeaderName};

use crate::config::headers::{for_all, for_one, value};
use crate::config::{HeadersConfig, SubgraphHeaders};
use crate::public::headers::named_by_connection;

/// The headers that subgraphs get beside the gateway's own.
pub(crate) struct Forwarding {
    /// What any subgraph gets of the client's.
    wanted: Vec<HeaderName>,
    general: Vec<HeaderName>,
    subgraphs: BTreeMap<String, Own>,
}

/// What one subgraph gets beside `general`.
struct Own {
    forward: Vec<HeaderName>,
    set: HeaderMap,
}

impl Forwarding {
    /// What may not be forwarded never is, whether or not somebody looked through the configuration before.
    pub(crate) fn of(config: &HeadersConfig) -> Self {
        let general = each(config.forward.iter().filter_map(|name| for_all(name).ok()));
        let subgraphs: BTreeMap<String, Own> =
            config.subgraph.iter().map(|(name, own)| (name.clone(), Own::of(own))).collect();
        let wanted = each(general.iter().chain(subgraphs.values().flat_map(|own| &own.forward)).cloned());
        Self { wanted, general, subgraphs }
    }

    /// Those of a client's headers that some subgraph gets. Mostly none: then this costs nothing.
    pub(crate) fn take(&self, client: &HeaderMap) -> HeaderMap {
        if self.wanted.is_empty() {
            return HeaderMap::new();
        }
        let of_connection = named_by_connection(client);
        let mut taken = HeaderMap::new();
        copy(client, &mut taken, self.wanted.iter().filter(|name| !of_connection.contains(name)));
        for name in [header::AUTHORIZATION, header::COOKIE] {
            if let header::Entry::Occupied(mut entry) = taken.entry(name) {
                entry.iter_mut().for_each(|value| value.set_sensitive(true));
            }
        }
        taken
    }

    /// What `subgraph` gets: of what was [taken](Self::take), and what is set for it.
    pub(crate) fn to(&self, subgraph: &str, taken: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        copy(taken, &mut headers, self.general.iter());
        let Some(own) = self.subgraphs.get(subgraph) else { return headers };
        copy(taken, &mut headers, own.forward.iter().filter(|name| !self.general.contains(name)));
        for (name, value) in &own.set {
            headers.insert(name, value.clone());
        }
        headers
    }
}

impl Own {
    fn of(config: &SubgraphHeaders) -> Self {
        let forward = each(config.forward.iter().filter_map(|name| for_one(name).ok()));
        let set = config.set.iter().filter_map(|(name, text)| Some((for_one(name).ok()?, value(text)?))).collect();
        Self { forward, set }
    }
}

/// Each name once.
fn each(names: impl Iterator<Item = HeaderName>) -> Vec<HeaderName> {
    let mut names: Vec<HeaderName> = names.collect();
    names.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    names.dedup();
    names
}

/// Copies all values of `names`.
fn copy<'a>(from: &HeaderMap, to: &mut HeaderMap, names: impl Iterator<Item = &'a HeaderName>) {
    for name in names {
        for value in from.get_all(name) {
            to.append(name, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("a value"));
        }
        headers
    }

    fn forwarding() -> Forwarding {
        let reviews = SubgraphHeaders {
            forward: strings(&["authorization", "x-a"]),
            set: [("x-key".to_owned(), "k".to_owned()), ("x-b".to_owned(), "ours".to_owned())].into(),
        };
        Forwarding::of(&HeadersConfig {
            forward: strings(&["X-A", "x-b", "x-a"]),
            subgraph: [("reviews".to_owned(), reviews)].into(),
        })
    }

    #[test]
    fn each_subgraph_gets_what_is_said_of_it() {
        let client = [("x-a", "1"), ("x-a", "2"), ("x-b", "theirs"), ("authorization", "Bearer t"), ("x-c", "3")];
        let taken = forwarding().take(&headers(&client));
        assert_eq!(forwarding().to("people", &taken), headers(&[("x-a", "1"), ("x-a", "2"), ("x-b", "theirs")]));
        let expected = [("x-a", "1"), ("x-a", "2"), ("x-b", "ours"), ("authorization", "Bearer t"), ("x-key", "k")];
        assert_eq!(forwarding().to("reviews", &taken), headers(&expected));
    }

    #[test]
    fn what_the_client_says_of_its_connection_stays_there() {
        let client = [("x-a", "1"), ("connection", "keep-alive, X-A"), ("x-b", "2")];
        assert_eq!(forwarding().take(&headers(&client)), headers(&[("x-b", "2")]));
    }

    #[test]
    fn what_may_not_be_forwarded_never_is() {
        let unchecked = HeadersConfig { forward: strings(&["authorization", "host", "cookie"]), ..Default::default() };
        let client = [("authorization", "Bearer t"), ("host", "h"), ("cookie", "c")];
        assert_eq!(Forwarding::of(&unchecked).take(&headers(&client)), HeaderMap::new());
    }
}
