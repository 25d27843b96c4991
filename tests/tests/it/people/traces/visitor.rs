//! Somebody with a browser, of whom every address is remembered that the installation sent them to.

use serde_json::Value;

use crate::logins::browser::{Browser, Page};

/// No way to log in has more steps.
const STEPS: usize = 15;

pub(super) struct Visitor {
    browser: Browser,
    base: String,
    /// Addresses that the installation sent them to.
    pub(super) sent_to: Vec<String>,
}

impl Visitor {
    /// Somebody who visits the installation at `base`.
    pub(super) fn new(base: &str) -> Self {
        Self { browser: Browser::new(), base: base.to_owned(), sent_to: Vec::new() }
    }

    /// Begins at an address and goes where they are led, as this user of the provider.
    pub(super) async fn follow(&mut self, url: &str, user: &str) -> Page {
        let mut url = url.to_owned();
        for _ in 0..STEPS {
            let page = self.browser.get(&url).await;
            let Some(mut next) = page.location() else { return page };
            if page.url.as_str().starts_with(&self.base) {
                self.sent_to.push(next.to_string());
                // Whoever comes from the installation to the provider has not said yet who they are.
                if !next.as_str().starts_with(&self.base) {
                    next.query_pairs_mut().append_pair("login_hint", user);
                }
            }
            url = next.to_string();
        }
        panic!("it goes on and on: {url}")
    }

    /// Asks the API, as whoever they are logged in as.
    pub(super) async fn ask(&mut self, query: &str, variables: Value) -> Value {
        self.browser.ask_with(&format!("{}/graphql", self.base), query, variables).await
    }
}
