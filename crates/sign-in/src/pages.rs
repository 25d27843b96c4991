//! The pages, in French: they need no script, nothing from elsewhere, and no account to be read.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openidconnect::url::form_urlencoded::byte_serialize;

use crate::provider::Provider;
use crate::refusal::Refusal;

/// The style sheet of the pages.
pub(crate) const STYLE: &str = include_str!("pages/style.css");

/// Nothing is loaded but the style sheet, and no form is sent.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Seconds after which it is worth asking again.
const RETRY_S: &str = "10";

/// The page on which a provider is chosen.
pub(crate) fn choice(providers: &[Provider], return_to: &str) -> Response {
    let items: String = providers.iter().map(|provider| item(provider, return_to)).collect();
    let list = if items.is_empty() {
        "<p>Aucun service de connexion n’est proposé ici.</p>".to_owned()
    } else {
        format!(
            "<p id=\"how\">Choisissez le service où vous avez un compte.</p>\n<ul aria-labelledby=\"how\">\n{items}</ul>"
        )
    };
    page(StatusCode::OK, "Se connecter", &list)
}

fn item(provider: &Provider, return_to: &str) -> String {
    let config = &provider.config;
    let whom: Vec<&str> = config.offered_to.iter().map(|whom| whom.label()).collect();
    let whom = if whom.is_empty() { String::new() } else { format!(" <span>({})</span>", whom.join(", ")) };
    format!("<li><a href=\"{}\">{}{whom}</a></li>\n", escaped(&login(&config.id, return_to)), escaped(&config.name))
}

fn login(provider: &str, return_to: &str) -> String {
    let return_to: String = byte_serialize(return_to.as_bytes()).collect();
    format!("/auth/login?provider={provider}&return_to={return_to}")
}

/// The page that says why nobody was logged in. `again` names the provider to try again at, and where to go afterwards.
pub(crate) fn refused(refusal: Refusal, again: Option<(&str, &str)>) -> Response {
    let retry = again.filter(|_| refusal.is_passing()).map(|(provider, return_to)| login(provider, return_to));
    let retry = retry.map(|url| format!("<p><a href=\"{}\">Réessayer</a></p>\n", escaped(&url))).unwrap_or_default();
    let body = format!(
        "<p role=\"alert\">{}</p>\n{retry}<p><a href=\"/auth/\">Choisir un service de connexion</a></p>",
        escaped(refusal.sentence())
    );
    let mut response = page(refusal.status(), "Connexion impossible", &body);
    if refusal.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_S));
    }
    response
}

/// The page with the button that logs out. Browsers look at `form-action` also where the answer to a form leads on, which is to the
/// provider, and there wherever it leads: to any host by TLS, or to `beyond` on this machine.
pub(crate) fn leave(token: &str, beyond: &str) -> Response {
    let body = format!(
        "<form method=\"post\" action=\"/auth/logout\">\n<input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
        <p>Voulez-vous vous déconnecter&#8239;?</p>\n<button type=\"submit\">Se déconnecter</button>\n</form>"
    );
    let mut response = page(StatusCode::OK, "Se déconnecter", &body);
    let policy = POLICY.replace("form-action 'none'", &format!("form-action 'self' {beyond}"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).expect("an origin is ASCII"));
    // Without a referrer, browsers do not say either which origin a form comes from.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The page for who is not logged in, or not any more.
pub(crate) fn left() -> Response {
    page(
        StatusCode::OK,
        "Déconnexion",
        "<p role=\"status\">Vous n’êtes pas ou plus connecté ici.</p>\n<p><a href=\"/auth/\">Se connecter</a></p>",
    )
}

/// The page that says why nobody was logged out.
pub(crate) fn still_there(status: StatusCode, sentence: &str) -> Response {
    let body =
        format!("<p role=\"alert\">{}</p>\n<p><a href=\"/auth/logout\">Se déconnecter</a></p>", escaped(sentence));
    page(status, "Déconnexion impossible", &body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} – Passerelle</title>\n\
        <link rel=\"stylesheet\" href=\"/auth/style.css\">\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// What every answer says, where it says nothing else of it.
pub(crate) async fn guarded(mut response: Response) -> Response {
    const GUARDS: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in GUARDS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A text as HTML shows it, between tags and in quotes.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_page() {
        assert_eq!(escaped("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
        assert_eq!(login("ent", "/a?b=c&d=\"<"), "/auth/login?provider=ent&return_to=%2Fa%3Fb%3Dc%26d%3D%22%3C");
    }
}
