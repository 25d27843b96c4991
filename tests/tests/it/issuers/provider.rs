//! A real OpenID provider: `tests/openid/provider.mjs` in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::{Client, Method};
use serde_json::Value;

/// The audience of its tokens.
pub(super) const AUDIENCE: &str = "https://api.example/";

pub(super) struct Provider {
    child: Child,
    /// Held, since it may not write to a closed one.
    _output: BufReader<ChildStdout>,
    /// `iss` of its tokens, and where it is.
    pub(super) issuer: String,
    client: Client,
}

impl Provider {
    pub(super) fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("openid");
        assert!(folder.join("node_modules/oidc-provider").is_dir(), "run npm ci in tests/openid, as scripts/test does");
        // It ends when its input does, so that it does not outlive a test that is killed.
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed");
        let mut issuer = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        output.read_line(&mut issuer).expect("it says who it is");
        Self { child, _output: output, issuer: issuer.trim().to_owned(), client: Client::new() }
    }

    /// A token of the client `vendor`, for itself.
    pub(super) async fn token(&self, algorithm: &str, scope: &str) -> String {
        let asked = format!("grant_type=client_credentials&resource={AUDIENCE}{algorithm}&scope={scope}");
        let request = self.client.post(format!("{}/token", self.issuer));
        let request = request.basic_auth("vendor", Some("the-secret-of-a-client-of-the-tests")).body(asked);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        answer["access_token"].as_str().unwrap_or_else(|| panic!("no token in {answer}")).to_owned()
    }

    /// A token of a person who uses that client.
    pub(super) async fn person(&self, subject: &str) -> String {
        self.control(&format!("person?sub={subject}")).await
    }

    /// Does what the control of this name does.
    pub(super) async fn control(&self, name: &str) -> String {
        let request = self.client.request(Method::POST, format!("{}/control/{name}", self.issuer));
        let answer = request.send().await.and_then(reqwest::Response::error_for_status).expect("it does so");
        answer.text().await.expect("a text")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
