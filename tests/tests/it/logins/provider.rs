//! A real OpenID provider: `tests/openid/login-provider.mjs` in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// What each client shows it.
pub(crate) const SECRET: &str = "the-secret-of-a-client-of-the-tests";

pub(crate) struct LoginProvider {
    child: Child,
    /// Held, since it may not write to a closed one.
    _output: BufReader<ChildStdout>,
    pub(crate) issuer: String,
}

impl LoginProvider {
    /// One for the relying party at `base`, which calls it by these names, with these users.
    pub(crate) fn start(base: &str, clients: &[&str], users: &Value) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("openid");
        assert!(folder.join("node_modules/oidc-provider").is_dir(), "run npm ci in tests/openid, as scripts/test does");
        // It ends when its input does, so that it does not outlive a test that is killed.
        let mut child = Command::new("node")
            .arg("login-provider.mjs")
            .arg(base)
            .args(clients)
            .env("OPENID_USERS", users.to_string())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed");
        let mut issuer = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        output.read_line(&mut issuer).expect("it says who it is");
        Self { child, _output: output, issuer: issuer.trim().to_owned() }
    }

    /// Does what the control of this name does.
    pub(crate) async fn control(&self, name: &str) {
        let request = reqwest::Client::new().post(format!("{}/control/{name}", self.issuer));
        request.send().await.and_then(reqwest::Response::error_for_status).expect("it does so");
    }
}

impl Drop for LoginProvider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
