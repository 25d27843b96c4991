//! What the gateway answered.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.expect("a body") }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("plain text"))
    }

    /// The code of the first error.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        json["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code in {json}")).to_owned()
    }

    /// The message of the first error.
    pub(crate) fn message(&self) -> String {
        let json = self.json();
        json["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no message in {json}")).to_owned()
    }
}

/// The error of a part that `service` did not answer.
pub(crate) fn failed(service: &str, path: &Value) -> Value {
    let extensions = json!({"code": "UPSTREAM_UNAVAILABLE", "service": service});
    json!({"message": format!("the service {service} is not available"), "path": path, "extensions": extensions})
}
