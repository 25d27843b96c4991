//! A browser, as far as logging in asks for one: it keeps cookies, each for its own host, and goes where it is told one step at a time.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};

pub(crate) struct Browser {
    client: Client,
    /// Values by host and name; hosts on this machine differ by their ports.
    pub(crate) jar: BTreeMap<(String, String), String>,
}

/// What a browser was answered.
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    /// Where it leads on.
    pub(crate) fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().expect("ASCII");
        Some(self.url.join(location).expect("an address"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// Cookies that it sets, as they stand in the header.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().expect("ASCII")).collect()
    }

    /// The value of a field of its form.
    pub(crate) fn field(&self, name: &str) -> String {
        let from = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field of this name");
        from.split('"').next().expect("its end").to_owned()
    }
}

impl Browser {
    pub(crate) fn new() -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { client, jar: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, url: impl AsRef<str>) -> Page {
        self.send(Method::GET, url.as_ref(), &[], None).await
    }

    pub(crate) async fn post(&mut self, url: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Page {
        let body = Url::parse_with_params("http://form", form).expect("a form").query().unwrap_or_default().to_owned();
        self.send(Method::POST, url, headers, Some(body)).await
    }

    async fn send(&mut self, method: Method, url: &str, headers: &[(&str, &str)], form: Option<String>) -> Page {
        let url = Url::parse(url).expect("an address");
        let host = url.authority().to_owned();
        let own = self.jar.iter().filter(|((of, _), _)| *of == host);
        let cookies: Vec<String> = own.map(|((_, name), value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method, url.clone());
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let page = Page { url, status, headers, text: response.text().await.expect("a text") };
        for cookie in page.cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            let key = (host.clone(), name.to_owned());
            let gone = value.is_empty() || attributes.contains("Max-Age=0") || attributes.contains("1970");
            if gone {
                self.jar.remove(&key)
            } else {
                self.jar.insert(key, value.to_owned())
            };
        }
        page
    }

    /// Goes on from a page until an address begins with `end`, which is not asked for any more.
    pub(crate) async fn follow_to(&mut self, page: &Page, end: &str) -> Url {
        let mut next = page.location().unwrap_or_else(|| panic!("{} leads nowhere: {}", page.url, page.text));
        for _ in 0..10 {
            if next.as_str().starts_with(end) {
                return next;
            }
            let page = self.get(next.as_str()).await;
            next = page.location().unwrap_or_else(|| panic!("{} leads nowhere: {}", page.url, page.text));
        }
        panic!("it goes on and on: {next}")
    }

    /// The value of a cookie that it keeps for an address.
    pub(crate) fn cookie(&self, url: &str, name: &str) -> Option<&str> {
        let host = Url::parse(url).expect("an address").authority().to_owned();
        self.jar.get(&(host, name.to_owned())).map(String::as_str)
    }

    pub(crate) fn set_cookie(&mut self, url: &str, name: &str, value: &str) {
        let host = Url::parse(url).expect("an address").authority().to_owned();
        self.jar.insert((host, name.to_owned()), value.to_owned());
    }
}

/// A parameter of an address.
pub(crate) trait Parameter {
    fn parameter(&self, name: &str) -> Option<String>;
    fn with(&self, name: &str, value: Option<&str>) -> Url;
}

impl Parameter for Url {
    fn parameter(&self, name: &str) -> Option<String> {
        self.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The same with another value; none takes it away.
    fn with(&self, name: &str, value: Option<&str>) -> Url {
        let mut url = self.clone();
        let others: Vec<(String, String)> =
            self.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
        url.query_pairs_mut().clear().extend_pairs(others);
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }
}
