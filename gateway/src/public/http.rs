//! A service over HTTP: the same one that answers GraphQL, at the same address.

use ::http::uri::PathAndQuery;
use ::http::{Request, Response, Uri};
use axum::body::Body;

use super::Failed;
use crate::subgraph::{BadAddress, Connections, address};

/// A service at an address, with its public routes.
pub(super) struct HttpService {
    /// Where its `/graphql` lies, without that.
    base: Uri,
    connections: Connections<Body>,
}

impl HttpService {
    /// The service whose GraphQL is at `url`.
    pub(super) fn beside(url: &str) -> Result<Self, BadAddress> {
        let (base, secure) = address(url)?;
        Ok(Self { base, connections: Connections::open(secure)? })
    }

    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Failed> {
        let uri = self.uri(request.uri()).map_err(|error| Failed::Unreachable(error.to_string()))?;
        *request.uri_mut() = uri;
        let answered = self.connections.send(request).await;
        answered.map(|response| response.map(Body::new)).map_err(|error| Failed::Unreachable(told(&error)))
    }

    /// The address of a path there.
    fn uri(&self, asked: &Uri) -> Result<Uri, ::http::Error> {
        let path = asked.path_and_query().map_or("/", PathAndQuery::as_str);
        let before = self.base.path().strip_suffix("/graphql").unwrap_or_default();
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(format!("{before}{path}").parse()?);
        Ok(Uri::from_parts(parts)?)
    }
}

/// An error with its causes, for the log.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_routes_lie_beside_graphql() {
        for (url, there) in [
            ("http://h:1", "http://h:1/files/a%20b?c=d"),
            ("http://h:1/graphql", "http://h:1/files/a%20b?c=d"),
            ("https://h/behind/it/graphql", "https://h/behind/it/files/a%20b?c=d"),
            ("http://h:1/api", "http://h:1/files/a%20b?c=d"),
        ] {
            let (base, _) = address(url).expect("an address");
            let service = HttpService { base, connections: Connections::open(false).expect("no roots are needed") };
            let asked = "/files/a%20b?c=d".parse().expect("a path");
            assert_eq!(service.uri(&asked).expect("an address").to_string(), there);
        }
    }
}
