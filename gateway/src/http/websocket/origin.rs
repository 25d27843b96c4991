//! Which pages may open a WebSocket: a browser lets every page do so, with the cookies of the gateway's site, and says whose page
//! it is.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Uri, header};

use crate::config::GatewayConfig;

/// Whether these headers of an upgrade come from a page that may ask here. Who says no origin is no browser.
pub(super) fn is_welcome(headers: &HeaderMap, config: &GatewayConfig) -> bool {
    let mut given = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = given.next() else { return true };
    if given.next().is_some() {
        return false;
    }
    config.cors.names(origin)
        // Every page may ask what anybody may, and speaks for nobody's cookie.
        || (config.cors.any_origin() && !headers.contains_key(header::COOKIE))
        || is_own(origin, headers, config.public_url.as_deref()).unwrap_or_default()
}

fn is_own(origin: &HeaderValue, headers: &HeaderMap, public_url: Option<&str>) -> Option<bool> {
    let origin: Uri = origin.to_str().ok()?.parse().ok()?;
    let (scheme, authority) = (origin.scheme_str()?, origin.authority()?);
    let is_public = || {
        let public: Uri = public_url?.parse().ok()?;
        let public_scheme = public.scheme_str()?;
        Some(scheme == public_scheme && place(scheme, authority) == place(scheme, public.authority()?))
    };
    let is_host = || {
        let host: Authority = headers.get(header::HOST)?.to_str().ok()?.parse().ok()?;
        Some(place(scheme, authority) == place(scheme, &host))
    };
    Some(is_host().unwrap_or_default() || is_public().unwrap_or_default())
}

/// Host and port, with the scheme's own port where none is written.
fn place(scheme: &str, authority: &Authority) -> (String, u16) {
    let usual = if scheme == "https" { 443 } else { 80 };
    (authority.host().to_ascii_lowercase(), authority.port_u16().unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(host: &str, origin: &str, change: impl FnOnce(&mut GatewayConfig)) -> bool {
        let mut config = GatewayConfig::default();
        change(&mut config);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a host"));
        headers.insert(header::ORIGIN, origin.parse().expect("an origin"));
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b"));
        is_welcome(&headers, &config)
    }

    #[test]
    fn pages_of_the_same_place_are_welcome_and_others_are_not() {
        for (host, origin) in [("a.fr", "https://a.fr"), ("A.fr:443", "https://a.fr"), ("[::1]:80", "http://[::1]")] {
            assert!(welcome(host, origin, |_| {}), "{host} {origin}");
        }
        for (host, origin) in
            [("a.fr", "https://b.fr"), ("a.fr:4000", "http://a.fr:5000"), ("a.fr", "null"), ("a.fr", "https://a.fr.b")]
        {
            assert!(!welcome(host, origin, |_| {}), "{host} {origin}");
        }
    }

    #[test]
    fn so_are_those_of_the_configuration() {
        let public = |config: &mut GatewayConfig| config.public_url = Some("https://api.a.fr/graphql".to_owned());
        assert!(welcome("inside:4000", "https://api.a.fr", public));
        assert!(!welcome("inside:4000", "http://api.a.fr", public));
        let named = |config: &mut GatewayConfig| config.cors.origins = vec!["https://b.fr".to_owned()];
        assert!(welcome("a.fr", "https://b.fr", named));
        let every = |config: &mut GatewayConfig| config.cors.origins = vec!["*".to_owned()];
        assert!(!welcome("a.fr", "https://b.fr", every), "not with a cookie");
    }
}
