//! The two cookies: that of the session, and that which binds attempts to log in to the browser that began them.
//!
//! Both have the prefix `__Host-`, so that no other host and no page without TLS can write them.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::secret;

/// The cookie of attempts: a secret for each that is under way, parted by dots.
pub(crate) const LOGIN: &str = "__Host-passerelle-login";

/// Attempts of one browser that may be under way at once.
const TABS: usize = 5;

/// For how many seconds attempts are good.
pub(crate) const ATTEMPT_S: i64 = 600;

/// What is never sent to anybody but us, nor read by scripts. `Lax`, since a browser comes back from its provider by a link.
const KEPT: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The value of a cookie; none where it is empty, or given twice.
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(given, _)| *given == name).map(|(_, value)| value);
    let value = found.next().filter(|value| !value.is_empty())?;
    found.next().is_none().then_some(value)
}

/// The cookie of the session, if the browser sent one of the right form.
pub(crate) fn session<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    find(headers, name).filter(|value| secret::is_one(value))
}

/// The session's cookie; it ends with the browser, or when the server says so.
pub(crate) fn set(name: &str, value: &str) -> HeaderValue {
    line(&format!("{name}={value}; {KEPT}"))
}

/// Takes the session's cookie away.
pub(crate) fn clear(name: &str) -> HeaderValue {
    line(&format!("{name}=; Max-Age=0; {KEPT}"))
}

/// The attempts that a browser has under way.
pub(crate) struct Attempts<'a>(Vec<&'a str>);

impl<'a> Attempts<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let known = find(headers, LOGIN).unwrap_or_default().split('.');
        Self(known.filter(|value| secret::is_one(value)).take(TABS).collect())
    }

    /// The secret among them whose hash this is.
    pub(crate) fn matching(&self, hashed: &str) -> Option<&'a str> {
        self.0.iter().copied().find(|value| secret::same(&browser_hash(value), hashed))
    }

    /// The cookie with one more; the oldest gives way.
    pub(crate) fn with(&self, new: &str) -> HeaderValue {
        let kept = self.0.iter().skip((self.0.len() + 1).saturating_sub(TABS)).copied();
        written(&kept.chain([new]).collect::<Vec<_>>())
    }

    /// The cookie with one less.
    pub(crate) fn without(&self, ended: &str) -> HeaderValue {
        written(&self.0.iter().copied().filter(|value| *value != ended).collect::<Vec<_>>())
    }
}

/// What an attempt keeps of the browser's secret.
pub(crate) fn browser_hash(value: &str) -> String {
    secret::hash("browser", &[value])
}

fn written(values: &[&str]) -> HeaderValue {
    let age = if values.is_empty() { 0 } else { ATTEMPT_S };
    line(&format!("{LOGIN}={}; Max-Age={age}; {KEPT}", values.join(".")))
}

fn line(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("names were checked, and values are base64url")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        [(header::COOKIE, HeaderValue::from_str(cookie).expect("a header"))].into_iter().collect()
    }

    #[test]
    fn a_cookie_is_found_once() {
        assert_eq!(find(&headers("a=1; b=2"), "b"), Some("2"));
        for none in ["", "b", "b=", "b=1; b=2", "bb=1", "B=1"] {
            assert_eq!(find(&headers(none), "b"), None, "{none}");
        }
    }

    #[test]
    fn attempts_come_and_go() {
        let secrets: Vec<String> = (0..=TABS).map(|_| secret::new()).collect();
        let mut cookie = String::new();
        for value in &secrets {
            let header = Attempts::of(&headers(&cookie)).with(value);
            let text = header.to_str().expect("a text");
            assert!(text.ends_with("; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"), "{text}");
            text.split(';').next().expect("the pair").clone_into(&mut cookie);
        }
        let own = headers(&format!("x=y; {cookie}"));
        let known = Attempts::of(&own);
        assert_eq!(known.matching(&browser_hash(&secrets[0])), None, "the oldest gave way");
        assert_eq!(known.matching(&browser_hash(&secrets[1])), Some(&*secrets[1]));
        assert!(!known.without(&secrets[1]).to_str().expect("a text").contains(&secrets[1]));
        let last = headers(&format!("{LOGIN}={}", secrets[1]));
        let gone = Attempts::of(&last).without(&secrets[1]);
        assert!(gone.to_str().expect("a text").starts_with("__Host-passerelle-login=; Max-Age=0;"));
    }
}
