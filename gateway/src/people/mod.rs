//! Who a person is in this house: learned from the service of people, and carried to the other services in the signed principal.
//!
//! With an access token comes a pseudonym, under which the service knows its own. With a browser comes the cookie of a session, which
//! the service keeps ([`session`]); that it has ended is told to the gateway ([`ended`]). What was learned is [remembered](memory)
//! for a while.

mod ended;
mod memory;
mod question;
mod session;

use std::sync::Arc;

use bytes::Bytes;
use kernel::{ErrorCode, PersonFacts, Principal};

use crate::Gateway;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::telemetry::Account;
use memory::{Learned, Memory};
use question::Asking;
use session::Sessions;

pub(crate) use ended::listen;
pub(crate) use session::{Session, by_session};

/// What is remembered of people.
#[derive(Default)]
pub(crate) struct People {
    /// By client and pseudonym.
    pseudonyms: Memory<(String, String), PersonFacts>,
    sessions: Sessions,
}

impl People {
    /// A session is over, as the service of people says: who asks with it from now on is asked about again.
    pub(crate) fn session_ended(&self, hash: &str) {
        self.sessions.forget(hash);
    }

    /// Some sessions may be over of which nothing was heard.
    fn sessions_may_have_ended(&self) {
        self.sessions.forget_all();
    }
}

/// Who asks, by what was sent to make them known.
pub(crate) struct Identity {
    principal: Principal,
    knowledge: Knowledge,
}

/// How much of it is known.
enum Knowledge {
    /// What a token says. Who its person is here is learned once it is sure that something is done for them.
    Token,
    /// All: it came with the session.
    Session,
    /// Nothing, since it could not be learned just now; the client is told so.
    Doubt(GraphqlError),
}

impl Identity {
    /// Whoever a token names.
    pub(crate) fn of_token(principal: Principal) -> Self {
        Self { principal, knowledge: Knowledge::Token }
    }

    /// Nobody known.
    pub(crate) fn nobody() -> Self {
        Self::of_token(Principal::anonymous())
    }

    /// The person of a session.
    fn of_session(principal: Principal) -> Self {
        Self { principal, knowledge: Knowledge::Session }
    }

    /// Nobody known, though they might be.
    fn in_doubt(error: GraphqlError) -> Self {
        Self { principal: Principal::anonymous(), knowledge: Knowledge::Doubt(error) }
    }

    /// The caller, as far as that is known by now.
    pub(crate) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Whether it is the person of a session.
    pub(crate) fn has_session(&self) -> bool {
        matches!(self.knowledge, Knowledge::Session)
    }

    /// Whether it could not be learned who it is.
    pub(crate) fn is_doubtful(&self) -> bool {
        matches!(self.knowledge, Knowledge::Doubt(_))
    }
}

/// The principal with what the house knows of the person. Where that cannot be learned it is left as it was, which gives it no
/// more than anybody's rights, with the error that tells the client so.
pub(crate) async fn recognise(
    gateway: &Gateway,
    serving: &Serving,
    identity: Identity,
    account: &Arc<Account>,
) -> (Principal, Option<GraphqlError>) {
    let mut principal = match identity.knowledge {
        Knowledge::Token => identity.principal,
        Knowledge::Session => return (identity.principal, None),
        Knowledge::Doubt(error) => return (identity.principal, Some(error)),
    };
    let (Some(person), Some(client)) = (&principal.person, &principal.client) else { return (principal, None) };
    let Some(asking) = Asking::on_behalf_of(gateway, serving, &principal, account) else { return (principal, None) };
    let key = (client.clone(), person.subject.clone());
    let learned = gateway.people.pseudonyms.learn(&key, async {
        let Some(question::Person { calling_person }) = asking.answer(Bytes::from_static(question::PERSON)).await
        else {
            return Learned::Failed;
        };
        // A pseudonym that is nobody's is taken for an answer like any other.
        let facts = calling_person.map(|facts| facts.of(key.1.clone()));
        Learned::Known(Arc::new(
            facts.unwrap_or_else(|| PersonFacts { subject: key.1.clone(), ..PersonFacts::default() }),
        ))
    });
    let (service, learned) = (asking.service(), learned.await);
    match learned {
        Learned::Known(facts) => {
            principal.person = Some((*facts).clone());
            (principal, None)
        }
        Learned::Nobody => (principal, None),
        Learned::Failed => (principal, Some(unavailable(service))),
    }
}

/// What a client is told whose person cannot be learned.
fn unavailable(service: &str) -> GraphqlError {
    let told = format!("the service {service} is not available: only what anybody may see is shown");
    GraphqlError::new(ErrorCode::UpstreamUnavailable, told).of_service(service)
}
