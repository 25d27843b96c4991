//! Logging in: the relying party over this service's people.

use std::sync::Arc;

use feed::FeedPerson;
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::{Clock, ErrorCode};
use sign_in::{Deps, People, SetupError, Unrecognised};
use uuid::Uuid;

use crate::{Secrets, app};

pub use sign_in::{MemorySessions, ProviderConfig, RedisSessions, Sessions, SessionsConfig, SignIn, SignInConfig};

pub use sign_in::config::Store;

/// What whoever logs in reads where their provider says what cannot be taken.
const UNUSABLE: &str = "Votre fournisseur d'identité a transmis des informations inutilisables.";

/// Who knows people: this service.
struct Known {
    store: crate::Store,
    secrets: Secrets,
    clock: Clock,
}

impl People for Known {
    fn recognise(
        &self,
        provider: &str,
        subject: &str,
        person: FeedPerson,
    ) -> BoxFuture<'_, Result<Uuid, Unrecognised>> {
        let (provider, subject) = (provider.to_owned(), subject.to_owned());
        async move {
            let found = app::recognise(&self.store, &self.secrets, &self.clock, &provider, &subject, &person).await;
            found.map_err(|fault| {
                if fault.code() == ErrorCode::BadUserInput {
                    return Unrecognised::Refused(UNUSABLE);
                }
                let cause = fault.cause_chain();
                tracing::error!(provider, cause, "somebody who logged in could not be recognised");
                Unrecognised::Failed
            })
        }
        .boxed()
    }
}

/// Refuses a configuration with which nobody could log in.
///
/// # Errors
/// The first fault, in a sentence.
pub fn check(config: &SignInConfig) -> Result<(), String> {
    config.check()
}

/// Logging in over these people. `ended` is called with the hash of each session that is ended.
///
/// # Errors
/// When a client's secret cannot be read.
pub fn sign_in(
    config: SignInConfig,
    store: crate::Store,
    secrets: Secrets,
    sessions: Arc<dyn Sessions>,
    ended: Arc<dyn Fn(&str) + Send + Sync>,
    clock: Clock,
) -> Result<Arc<SignIn>, SetupError> {
    let people = Arc::new(Known { store, secrets, clock });
    SignIn::new(config, Deps { people, sessions, ended, clock })
}
