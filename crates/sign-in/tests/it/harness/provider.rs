//! A real OpenID provider: `tests/openid/login-provider.mjs` in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What the provider knows its clients by.
const SECRET: &str = "the-secret-of-a-client-of-the-tests";

pub(crate) struct Provider {
    child: Child,
    /// Held, since it may not write to a closed one.
    _output: BufReader<ChildStdout>,
    _secret: tempfile::TempDir,
    /// `iss` of its tokens, and where it is.
    pub(crate) issuer: String,
    /// The file with the clients' secret.
    pub(crate) secret_file: std::path::PathBuf,
}

impl Provider {
    /// The provider of an installation at `base`, known there by these names.
    pub(crate) fn start(base: &str, names: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/openid");
        assert!(folder.join("node_modules/oidc-provider").is_dir(), "run npm ci in tests/openid, as scripts/test does");
        // It ends when its input does, so that it does not outlive a test that is killed.
        let mut child = Command::new("node")
            .arg("login-provider.mjs")
            .arg(base)
            .args(names)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed");
        let mut issuer = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        output.read_line(&mut issuer).expect("it says who it is");
        let secret = tempfile::tempdir().expect("a folder");
        let secret_file = secret.path().join("secret");
        std::fs::write(&secret_file, format!("{SECRET}\n")).expect("written");
        Self { child, _output: output, _secret: secret, issuer: issuer.trim().to_owned(), secret_file }
    }

    /// Does what the control of this name does.
    pub(crate) async fn control(&self, name: &str) -> String {
        let request = reqwest::Client::new().post(format!("{}/control/{name}", self.issuer));
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
