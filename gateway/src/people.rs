//! Who a person is in this house: learned from the service of people, which knows its own by their pseudonym, and carried to the
//! other services in the signed principal.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use ::http::HeaderMap;
use bytes::Bytes;
use kernel::{ErrorCode, PersonFacts, Principal, Profile};
use quick_cache::sync::Cache;
use serde::Deserialize;
use tokio::time::Instant;

use crate::Gateway;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::subgraph::{CallError, Intent, SubgraphRequest};
use crate::telemetry::Account;

/// What the service of people is asked, on behalf of the person.
const QUESTION: &[u8] = br#"{"query":"{ callingPerson { personId profiles establishments workplaces classes } }"}"#;
/// How long an answer is taken for true: a right that ended is gone after this.
const REMEMBERED: Duration = Duration::from_secs(30);
/// How long a failure is: who asks meanwhile is not made to wait for it again.
const FAILED: Duration = Duration::from_secs(1);
/// People remembered at most.
const PEOPLE: usize = 4096;

/// People who asked lately, by client and pseudonym.
pub(crate) struct People(Cache<(String, String), Learned>);

impl Default for People {
    fn default() -> Self {
        Self(Cache::new(PEOPLE))
    }
}

/// What was learned of a person, and when; none where that failed.
#[derive(Clone)]
struct Learned {
    at: Instant,
    facts: Option<Arc<PersonFacts>>,
}

impl Learned {
    fn is_good(&self) -> bool {
        self.at.elapsed() < if self.facts.is_some() { REMEMBERED } else { FAILED }
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    calling_person: Option<CallingPerson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallingPerson {
    person_id: Option<String>,
    profiles: Vec<Profile>,
    establishments: Vec<String>,
    workplaces: Vec<String>,
    classes: Vec<String>,
}

/// The principal with what the house knows of the person. Where that cannot be learned it is left as it was, which gives it no
/// more than anybody's rights, with the error that tells the client so.
pub(crate) async fn recognise(
    gateway: &Gateway,
    serving: &Serving,
    mut principal: Principal,
    account: &Arc<Account>,
) -> (Principal, Option<GraphqlError>) {
    let service = gateway.config.person_service.as_str();
    let (Some(person), Some(client)) = (&principal.person, &principal.client) else { return (principal, None) };
    // A graph of others has nobody to ask, or has a service of that name for which no principal is signed.
    if !serving.supergraph.subgraphs.contains_key(service) {
        return (principal, None);
    }
    let Some(token) = gateway.principal_token(service, &principal) else { return (principal, None) };
    let key = (client.clone(), person.subject.clone());
    if gateway.people.0.get(&key).is_some_and(|learned| !learned.is_good()) {
        gateway.people.0.remove(&key);
    }
    // Whoever asks for the same person at the same time waits for one answer.
    let learning = async {
        let facts = match ask(gateway, serving, service, token, &principal, account).await {
            Ok(found) => Some(Arc::new(PersonFacts { subject: key.1.clone(), ..found.unwrap_or_default() })),
            Err(error) => {
                if matches!(error, CallError::Unreadable(_)) {
                    gateway.metrics.unusable(service);
                }
                tracing::warn!(request_id = &*account.request_id, subgraph = service, %error, "who asks cannot be learned");
                None
            }
        };
        Ok::<_, Infallible>(Learned { at: Instant::now(), facts })
    };
    let Ok(learned) = gateway.people.0.get_or_insert_async(&key, learning).await;
    if let Some(facts) = learned.facts {
        principal.person = Some((*facts).clone());
        return (principal, None);
    }
    let told = format!("the service {service} is not available: only what anybody may see is shown");
    (principal, Some(GraphqlError::new(ErrorCode::UpstreamUnavailable, told).of_service(service)))
}

async fn ask(
    gateway: &Gateway,
    serving: &Serving,
    service: &str,
    token: String,
    principal: &Principal,
    account: &Arc<Account>,
) -> Result<Option<PersonFacts>, CallError> {
    let client = serving.clients.get(service);
    let client = client.ok_or_else(|| CallError::Unreachable("it has no address that can be used".to_owned()))?;
    let request = SubgraphRequest {
        body: Bytes::from_static(QUESTION),
        principal: Some(token),
        caller: Arc::new(principal.clone()),
        // The answer is remembered for whatever request comes next: it must not depend on the headers of this one.
        headers: gateway.forwarding.to(service, &HeaderMap::new()),
        request_id: Arc::clone(&account.request_id),
        account: Arc::clone(account),
        intent: Intent::Query,
    };
    let bytes = client.call(request).await?;
    let read = serde_json::from_slice::<Answer>(&bytes).map_err(|error| CallError::Unreadable(error.to_string()))?;
    // An answer without data has errors alone: that is no "nobody".
    let data = read.data.ok_or_else(|| CallError::Unreadable("it has no data".to_owned()))?;
    Ok(data.calling_person.map(|found| PersonFacts {
        subject: String::new(),
        person_id: found.person_id,
        profiles: found.profiles.into_iter().collect(),
        establishments: found.establishments.into_iter().collect(),
        workplaces: found.workplaces.into_iter().collect(),
        classes: found.classes.into_iter().collect(),
    }))
}
