//! A browser, as far as logging in asks for one: cookies, redirections and forms.

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};

/// Redirections in a row at most.
const MOST: usize = 12;

pub(crate) struct Browser {
    client: Client,
    /// Values by host and name; a cookie is a host's, whatever its port.
    jar: BTreeMap<(String, String), String>,
}

/// What a browser was answered.
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    /// Where it leads on.
    pub(crate) fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().expect("ASCII");
        Some(self.url.join(location).expect("an address"))
    }
}

impl Browser {
    pub(crate) fn new() -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { client, jar: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Page {
        let url = Url::parse(url).expect("an address");
        self.send(self.client.get(url.clone()).header(ACCEPT, "text/html"), url).await
    }

    /// Goes wherever it is led.
    pub(crate) async fn follow(&mut self, url: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..MOST {
            let Some(next) = page.location() else { return page };
            page = self.get(next.as_str()).await;
        }
        panic!("it leads in circles: {}", page.url);
    }

    pub(crate) async fn post(&mut self, url: &Url, form: &[(String, String)]) -> Page {
        let body = Url::parse_with_params("http://form", form).expect("a form").query().unwrap_or_default().to_owned();
        let request = self.client.post(url.clone()).header(ACCEPT, "text/html");
        self.send(request.header("content-type", "application/x-www-form-urlencoded").body(body), url.clone()).await
    }

    /// Asks the API as a page of ours does.
    pub(crate) async fn ask(&mut self, url: &str, query: &str) -> Value {
        self.ask_with(url, query, json!({})).await
    }

    /// The same with variables.
    pub(crate) async fn ask_with(&mut self, url: &str, query: &str, variables: Value) -> Value {
        let url = Url::parse(url).expect("an address");
        let request = self.client.post(url.clone()).header("sec-fetch-site", "same-origin");
        let page = self.send(request.json(&json!({ "query": query, "variables": variables })), url).await;
        serde_json::from_str(&page.text).unwrap_or_else(|_| panic!("{}: {}", page.status, page.text))
    }

    async fn send(&mut self, mut request: RequestBuilder, url: Url) -> Page {
        let host = url.host_str().expect("a host").to_owned();
        let own = self.jar.iter().filter(|((of, _), _)| *of == host);
        let cookies: Vec<String> = own.map(|((_, name), value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            let pair = cookie.split(';').next().expect("a first part");
            let (name, value) = pair.split_once('=').expect("a name and a value");
            self.jar.insert((host.clone(), name.trim().to_owned()), value.to_owned());
        }
        Page { url, status, headers, text: response.text().await.expect("a text") }
    }
}
