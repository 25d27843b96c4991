//! Sessions and attempts to log in, wherever they are kept.
//!
//! Nothing is kept under a value that a browser sends: a session stands under the hash of its cookie, an attempt under that of its
//! state. The moment is the caller's, so that limits of time are a matter of what was written down and not of a store's own clock.

mod expiring;
mod memory;
mod redis;
mod session;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::config::SessionsConfig;
use crate::secret;

pub use memory::MemorySessions;
pub use redis::{NoAddress, RedisSessions};
pub use session::{Attempt, Held, Session};

/// The store does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store of sessions does not answer")]
pub struct StoreAway;

/// What a store answers, some time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreAway>>;

/// A store of sessions. Hashes are those of [`crate::session_hash`].
pub trait Sessions: Send + Sync {
    /// Begins a session under a hash; of the same person, the oldest above the limit end. Gives the hashes of those that ended.
    fn begin<'a>(&'a self, hash: &'a str, session: &'a Session) -> Answer<'a, Vec<String>>;

    /// The session under a hash, if it is one at this moment. That it is used is written down once a minute at most.
    fn find<'a>(&'a self, hash: &'a str, now: DateTime<Utc>) -> Answer<'a, Option<Session>>;

    /// Ends a session. Whether there was one.
    fn end<'a>(&'a self, hash: &'a str) -> Answer<'a, bool>;

    /// The sessions of somebody at this moment, from the oldest.
    fn of<'a>(&'a self, whose: &'a Whose, now: DateTime<Utc>) -> Answer<'a, Vec<Held>>;

    /// Ends all sessions of somebody. Gives their hashes.
    fn end_of<'a>(&'a self, whose: &'a Whose) -> Answer<'a, Vec<String>>;

    /// Keeps an attempt under a key, for ten minutes.
    fn put_attempt<'a>(&'a self, key: &'a str, attempt: &'a Attempt) -> Answer<'a, ()>;

    /// Takes an attempt out: of two who come with the same key, one gets it.
    fn take_attempt<'a>(&'a self, key: &'a str, now: DateTime<Utc>) -> Answer<'a, Option<Attempt>>;

    /// Whether a key is used for the first time; remembered until `until`.
    fn use_once<'a>(&'a self, key: &'a str, until: DateTime<Utc>, now: DateTime<Utc>) -> Answer<'a, bool>;
}

/// Whose sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A person's, wherever they logged in.
    Person(Uuid),
    /// Those of an account at a provider.
    Subject {
        /// The provider.
        provider: String,
        /// What it calls the account.
        subject: String,
    },
    /// Those of one session at a provider.
    Sid {
        /// The provider.
        provider: String,
        /// What it calls the session there.
        sid: String,
    },
}

impl Whose {
    /// Under what their hashes are listed: nothing that a provider calls somebody.
    fn key(&self) -> String {
        match self {
            Self::Person(id) => secret::hash("person", &[&id.to_string()]),
            Self::Subject { provider, subject } => secret::hash("subject", &[provider, subject]),
            Self::Sid { provider, sid } => secret::hash("sid", &[provider, sid]),
        }
    }

    /// All to whom a session belongs; the person first.
    fn of(session: &Session) -> Vec<Self> {
        let provider = &session.provider;
        let mut all = vec![
            Self::Person(session.person),
            Self::Subject { provider: provider.clone(), subject: session.subject.clone() },
        ];
        all.extend(session.sid.iter().map(|sid| Self::Sid { provider: provider.clone(), sid: sid.clone() }));
        all
    }
}

/// How long an attempt is good.
pub(crate) const ATTEMPT: TimeDelta = TimeDelta::seconds(crate::cookies::ATTEMPT_S);
/// The use of a session is not written down more often.
const BETWEEN_TOUCHES: TimeDelta = TimeDelta::minutes(1);

/// How long sessions last, and how many there may be.
#[derive(Clone, Copy, Debug)]
struct Limits {
    idle: TimeDelta,
    absolute: TimeDelta,
    per_person: usize,
    in_memory: usize,
}

impl Limits {
    fn of(config: &SessionsConfig) -> Self {
        let span = |of| TimeDelta::from_std(of).unwrap_or(TimeDelta::MAX);
        Self {
            idle: span(config.idle),
            absolute: span(config.absolute),
            per_person: config.max_per_person,
            in_memory: config.max_in_memory,
        }
    }

    /// The moment from which on it is no session any more.
    fn ends(&self, session: &Session) -> DateTime<Utc> {
        (session.last_seen_at + self.idle).min(session.created_at + self.absolute)
    }

    /// The session as used now, if that is to be written down.
    fn touched(session: &Session, now: DateTime<Utc>) -> Option<Session> {
        (now - session.last_seen_at >= BETWEEN_TOUCHES).then(|| Session { last_seen_at: now, ..session.clone() })
    }
}
