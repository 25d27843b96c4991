//! All of it together: what the gateway holds.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use kernel::{Clock, ErrorCode, Fault};
use serde::Serialize;
use uuid::Uuid;

use crate::config::SignInConfig;
use crate::ended;
use crate::people::People;
use crate::provider::Provider;
use crate::sessions::{Session, Sessions, StoreAway, Whose};

/// Logging in, and who is logged in.
pub struct SignIn {
    pub(crate) config: SignInConfig,
    pub(crate) providers: Vec<Provider>,
    pub(crate) deps: Deps,
}

/// What logging in needs of others.
#[derive(Clone)]
pub struct Deps {
    /// Who knows people.
    pub people: Arc<dyn People>,
    /// Where sessions are kept.
    pub sessions: Arc<dyn Sessions>,
    /// Called with the hash of each session that is ended. One that ends by its age is not told.
    pub ended: Arc<dyn Fn(&str) + Send + Sync>,
    /// The time.
    pub clock: Clock,
}

/// Logging in cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The configuration makes no sense.
    #[error("{0}")]
    Config(String),
    /// A client's secret cannot be read.
    #[error("client_secret_file: {path} cannot be read")]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What the file holds is no secret.
    #[error("client_secret_file: {path} must hold the secret alone, in one line")]
    Secret {
        /// The file.
        path: PathBuf,
    },
}

/// A provider as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProviderInfo {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Territories that it is offered for; none means all.
    pub territories: Vec<String>,
    /// Where logging in there begins: a path of this installation.
    pub login_url: String,
}

impl SignIn {
    /// Reads the clients' secrets. No provider is asked yet.
    ///
    /// # Errors
    /// When the configuration makes no sense, or a secret cannot be read.
    pub fn new(config: SignInConfig, deps: Deps) -> Result<Arc<Self>, SetupError> {
        config.check().map_err(SetupError::Config)?;
        let open = |provider| Provider::open(provider, config.base(), deps.clock);
        let providers = config.providers.iter().cloned().map(open).collect::<Result<_, _>>()?;
        Ok(Arc::new(Self { config, providers, deps }))
    }

    /// The pages, all under `/auth`.
    pub fn router(self: &Arc<Self>) -> Router {
        crate::routes::router(Arc::clone(self))
    }

    /// The name of the cookie whose value's [`crate::session_hash`] a session is found by.
    pub fn cookie(&self) -> &str {
        &self.config.sessions.cookie
    }

    /// The providers, in the order of the page.
    pub fn providers(&self) -> Vec<ProviderInfo> {
        let info = |provider: &Provider| ProviderInfo {
            id: provider.config.id.clone(),
            name: provider.config.name.clone(),
            territories: provider.config.territories.iter().cloned().collect(),
            login_url: format!("/auth/login?provider={}", provider.config.id),
        };
        self.providers.iter().map(info).collect()
    }

    /// The session under the hash of a cookie, if it is one now. It counts as used.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn session(&self, hash: &str) -> Result<Option<Session>, Fault> {
        self.deps.sessions.find(hash, self.deps.clock.now()).await.map_err(away)
    }

    /// The sessions of a person, from the oldest.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sessions_of(&self, person: Uuid) -> Result<Vec<Session>, Fault> {
        let held = self.deps.sessions.of(&Whose::Person(person), self.deps.clock.now()).await.map_err(away)?;
        Ok(held.into_iter().map(|held| held.session).collect())
    }

    /// Ends one session of a person, by its public name. Whether there was one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn end(&self, person: Uuid, id: Uuid) -> Result<bool, Fault> {
        let held = self.deps.sessions.of(&Whose::Person(person), self.deps.clock.now()).await.map_err(away)?;
        match held.into_iter().find(|held| held.session.id == id) {
            Some(held) => self.end_hash(&held.hash).await.map_err(away),
            None => Ok(false),
        }
    }

    /// Ends all sessions of a person. How many there were.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn end_all(&self, person: Uuid) -> Result<usize, Fault> {
        self.end_of(&Whose::Person(person)).await.map_err(away)
    }

    pub(crate) async fn end_hash(&self, hash: &str) -> Result<bool, StoreAway> {
        let there = self.deps.sessions.end(hash).await?;
        if there {
            self.tell(&[hash.to_owned()]);
        }
        Ok(there)
    }

    pub(crate) async fn end_of(&self, whose: &Whose) -> Result<usize, StoreAway> {
        let ended = self.deps.sessions.end_of(whose).await?;
        self.tell(&ended);
        Ok(ended.len())
    }

    pub(crate) fn tell(&self, hashes: &[String]) {
        for hash in hashes {
            ended::note(hash);
            (self.deps.ended)(hash);
        }
    }

    pub(crate) fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.config.id == id)
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SignIn").field("providers", &self.providers.len()).finish_non_exhaustive()
    }
}

fn away(away: StoreAway) -> Fault {
    Fault::hidden(ErrorCode::UpstreamUnavailable, away)
}
