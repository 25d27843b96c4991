//! Somebody who logs in: a browser that goes where it is told, and a real OpenID provider with users of the test
//! (`tests/openid/login-provider.mjs`).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use serde_json::{Value, json};

/// What the provider knows its clients by.
const SECRET: &str = "the-secret-of-a-client-of-the-tests";
/// No way to log in has more steps.
const STEPS: usize = 15;

pub(super) struct Provider {
    child: Child,
    /// Held, since it may not write to a closed one.
    _output: BufReader<ChildStdout>,
    /// `iss` of its tokens, and where it is.
    pub(super) issuer: String,
    /// The file with the clients' secret.
    pub(super) secret_file: PathBuf,
}

impl Provider {
    /// The provider of an installation at `base`, known there as `name`, with these users and their claims.
    pub(super) fn start(base: &str, name: &str, users: &Value, folder: &Path) -> Self {
        let openid = Path::new(env!("CARGO_MANIFEST_DIR")).join("openid");
        assert!(openid.join("node_modules/oidc-provider").is_dir(), "run npm ci in tests/openid, as scripts/test does");
        // It ends when its input does, so that it does not outlive a test that is killed.
        let mut child = Command::new("node")
            .args(["login-provider.mjs", base, &format!("{name}:basic:RS256")])
            .env("OPENID_USERS", users.to_string())
            .current_dir(openid)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed");
        let mut issuer = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        output.read_line(&mut issuer).expect("it says who it is");
        let secret_file = folder.join("client-secret");
        std::fs::write(&secret_file, SECRET).expect("written");
        Self { child, _output: output, issuer: issuer.trim().to_owned(), secret_file }
    }

    /// Does what the control of this name does.
    pub(super) async fn control(&self, name: &str) {
        let request = Client::new().post(format!("{}/control/{name}", self.issuer));
        request.send().await.and_then(Response::error_for_status).expect("it does so");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(super) struct Browser {
    client: Client,
    /// Values by host and name; hosts on this machine differ by their ports.
    jar: BTreeMap<(String, String), String>,
    /// Every address that the installation at `base` sent it to.
    pub(super) sent_to: Vec<String>,
    base: String,
}

impl Browser {
    pub(super) fn new(base: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { client, jar: BTreeMap::new(), sent_to: Vec::new(), base: base.to_owned() }
    }

    /// Asks, with the cookies for that address, and keeps those that are set.
    async fn send(&mut self, url: &Url, request: RequestBuilder) -> Response {
        let host = url.authority().to_owned();
        let own = self.jar.iter().filter(|((of, _), _)| *of == host);
        let cookies: Vec<String> = own.map(|((_, name), value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, cookies.join("; ")).send().await.expect("an answer");
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (pair, _) = cookie.to_str().expect("ASCII").split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.jar.insert((host.clone(), name.to_owned()), value.to_owned());
        }
        response
    }

    async fn get(&mut self, url: &Url) -> Response {
        let request = self.client.get(url.clone());
        let response = self.send(url, request).await;
        if url.as_str().starts_with(&self.base) {
            self.sent_to.extend(location(url, &response).map(String::from));
        }
        response
    }

    /// Begins at an address and goes where it is told, as this user of the provider, until it is told to go nowhere.
    pub(super) async fn follow(&mut self, url: &str, user: &str) -> Response {
        let mut url = Url::parse(url).expect("an address");
        for _ in 0..STEPS {
            let response = self.get(&url).await;
            let Some(next) = location(&url, &response) else { return response };
            // Whoever comes from the installation to the provider has not said yet who they are.
            let arrives = url.as_str().starts_with(&self.base) && !next.as_str().starts_with(&self.base);
            url = next;
            if arrives {
                url.query_pairs_mut().append_pair("login_hint", user);
            }
        }
        panic!("it goes on and on: {url}")
    }

    /// Asks the API, as whoever is logged in.
    pub(super) async fn ask(&mut self, query: &str, variables: Value) -> Value {
        let url = Url::parse(&format!("{}/graphql", self.base)).expect("an address");
        let request = self.client.post(url.clone()).json(&json!({ "query": query, "variables": variables }));
        self.send(&url, request).await.json().await.expect("JSON")
    }
}

fn location(url: &Url, response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().expect("ASCII");
    Some(url.join(location).expect("an address"))
}
