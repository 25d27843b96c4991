//! What the service of people is asked, and how its answers read.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::http::HeaderMap;
use bytes::Bytes;
use kernel::{PersonFacts, Principal, Profile};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::Gateway;
use crate::engine::Serving;
use crate::subgraph::{CallError, Intent, SubgraphRequest};
use crate::telemetry::Account;

/// The fields of [`Facts`].
macro_rules! facts {
    () => {
        "personId profiles establishments workplaces classes inspects administrator"
    };
}

/// Asked on behalf of the person of a token.
pub(super) const PERSON: &[u8] = concat!(r#"{"query":"{ callingPerson { "#, facts!(), r#" } }"}"#).as_bytes();

/// Asked on nobody's behalf, with the hash of a session.
pub(super) const SESSION: &str =
    concat!("query($session: String!) { callingSession(session: $session) { client subject session ", facts!(), " } }");

/// The answer to [`PERSON`].
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) calling_person: Option<Facts>,
}

/// The answer to [`SESSION`].
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) calling_session: Option<SessionFacts>,
}

/// Of a session that is there.
#[derive(Deserialize)]
pub(super) struct SessionFacts {
    pub(super) client: String,
    pub(super) subject: String,
    /// Its public id.
    pub(super) session: String,
    #[serde(flatten)]
    pub(super) facts: Facts,
}

/// What the house knows of a person.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    person_id: Option<String>,
    profiles: BTreeSet<Profile>,
    establishments: BTreeSet<String>,
    workplaces: BTreeSet<String>,
    classes: BTreeSet<String>,
    inspects: BTreeSet<String>,
    administrator: bool,
}

impl Facts {
    /// That of the person whom the client knows as `subject`.
    pub(super) fn of(self, subject: String) -> PersonFacts {
        let Self { person_id, profiles, establishments, workplaces, classes, inspects, administrator } = self;
        PersonFacts {
            subject,
            person_id,
            profiles,
            establishments,
            workplaces,
            classes,
            inspects,
            administrator,
            session: None,
        }
    }
}

#[derive(Deserialize)]
struct Answer<D> {
    data: Option<D>,
    errors: Option<Vec<IgnoredAny>>,
}

/// A question for the service of people.
pub(super) struct Asking<'a> {
    gateway: &'a Gateway,
    serving: &'a Serving,
    account: &'a Arc<Account>,
    caller: Arc<Principal>,
    /// The principal, signed.
    token: String,
}

impl<'a> Asking<'a> {
    /// One on behalf of `principal`. A graph of others has nobody to ask, or has a service of that name for which no principal is
    /// signed.
    pub(super) fn on_behalf_of(
        gateway: &'a Gateway,
        serving: &'a Serving,
        principal: &Principal,
        account: &'a Arc<Account>,
    ) -> Option<Self> {
        let service = gateway.config.person_service.as_str();
        if !serving.supergraph.subgraphs.contains_key(service) {
            return None;
        }
        let token = gateway.principal_token(service, principal)?;
        Some(Self { gateway, serving, account, caller: Arc::new(principal.clone()), token })
    }

    /// The name of the service.
    pub(super) fn service(&self) -> &'a str {
        &self.gateway.config.person_service
    }

    /// What it answers to `body`; none where it gives no answer that can be used, which is told in the log.
    pub(super) async fn answer<D: DeserializeOwned>(&self, body: Bytes) -> Option<D> {
        match self.call(body).await {
            Ok(data) => Some(data),
            Err(error) => {
                let (service, request_id) = (self.service(), &*self.account.request_id);
                if matches!(error, CallError::Unreadable(_)) {
                    self.gateway.metrics.unusable(service);
                }
                tracing::warn!(request_id, subgraph = service, %error, "who asks cannot be learned");
                None
            }
        }
    }

    async fn call<D: DeserializeOwned>(&self, body: Bytes) -> Result<D, CallError> {
        let service = self.service();
        let client = self.serving.clients.get(service);
        let client = client.ok_or_else(|| CallError::Unreachable("it has no address that can be used".to_owned()))?;
        let request = SubgraphRequest {
            body,
            principal: Some(self.token.clone()),
            caller: Arc::clone(&self.caller),
            // The answer is remembered for whatever request comes next: it must not depend on the headers of this one.
            headers: self.gateway.forwarding.to(service, &HeaderMap::new()),
            request_id: Arc::clone(&self.account.request_id),
            account: Arc::clone(self.account),
            // Whoever asks after a session has ended must not get the answer of somebody who asked before.
            intent: Intent::FollowUp,
        };
        read(&client.call(request).await?)
    }
}

/// The data of an answer. Where there are errors a null is no "nobody".
fn read<D: DeserializeOwned>(bytes: &[u8]) -> Result<D, CallError> {
    let unreadable = |told: String| CallError::Unreadable(told);
    let answer: Answer<D> = serde_json::from_slice(bytes).map_err(|error| {
        // Not the error's own words, which may quote what is known of somebody.
        unreadable(format!("it is not what was asked for, at its line {}, column {}", error.line(), error.column()))
    })?;
    if answer.errors.is_some_and(|errors| !errors.is_empty()) {
        return Err(unreadable("it has errors".to_owned()));
    }
    answer.data.ok_or_else(|| unreadable("it has no data".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match read::<Session>(text.as_bytes()) {
            Ok(_) => panic!("it is not refused: {text}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn nobody_is_an_answer_and_an_error_is_none() {
        let nobody: Session = read(br#"{"data":{"callingSession":null}}"#).expect("an answer");
        assert!(nobody.calling_session.is_none());
        let failed = r#"{"data":{"callingSession":null},"errors":[{"message":"no database"}]}"#;
        assert_eq!(told(failed), "its answer cannot be used: it has errors");
        assert_eq!(told(r#"{"data":null}"#), "its answer cannot be used: it has no data");
    }

    #[test]
    fn what_it_says_of_somebody_is_in_no_message() {
        let told = told(r#"{"data":{"callingSession":{"client":"c","subject":"s","profiles":"Zola"}}}"#);
        assert!(told.contains("line 1") && !told.contains("Zola"), "{told}");
    }
}
