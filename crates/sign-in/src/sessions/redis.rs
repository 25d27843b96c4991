//! Sessions in Redis, for several gateways together.
//!
//! `P:session:HASH` is a session as JSON; `P:list:KEY` its hashes by whom they belong to, in the order in which they began;
//! `P:login:KEY` an attempt; `P:used:KEY` what is good once. All of them end by themselves. A list may name sessions that are no more.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue, RedisError, RedisResult, Script, cmd};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{ATTEMPT, Answer, Attempt, Held, Limits, Session, Sessions, StoreAway, Whose};
use crate::config::SessionsConfig;

static BEGIN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("begin.lua")));
static END_OF: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("end_of.lua")));

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_millis(500);
/// How long an answer may take. Nobody is let in without one.
const ANSWERING: Duration = Duration::from_secs(1);
/// How long it is left alone after it could not be reached: requests meanwhile do not wait for it.
const RESTING: Duration = Duration::from_millis(500);

/// Sessions in Redis.
pub struct RedisSessions {
    client: redis::Client,
    prefix: String,
    limits: Limits,
    link: Mutex<Link>,
    /// Held by who connects; the others wait for the outcome.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Link {
    connection: Option<MultiplexedConnection>,
    failed: Option<Instant>,
    /// Whether the log was told that it is away.
    told: bool,
}

/// What is said to be the address of a Redis server is none.
#[derive(Debug, thiserror::Error)]
#[error("the address of Redis cannot be used: write redis://user:password@host:port or rediss://...")]
pub struct NoAddress(#[source] RedisError);

impl RedisSessions {
    /// The server at `url`, under keys that begin with `prefix`. Nothing is connected yet.
    ///
    /// # Errors
    /// When `url` is no address of a Redis server.
    pub fn new(url: &str, prefix: &str, config: &SessionsConfig) -> Result<Self, NoAddress> {
        Ok(Self {
            client: redis::Client::open(url).map_err(NoAddress)?,
            prefix: prefix.to_owned(),
            limits: Limits::of(config),
            link: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        })
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    async fn ask<T: FromRedisValue>(&self, question: &Cmd) -> Result<T, StoreAway> {
        self.with(async |mut connection| question.query_async(&mut connection).await).await
    }

    async fn with<T, F>(&self, question: impl FnOnce(MultiplexedConnection) -> F) -> Result<T, StoreAway>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connection().await?;
        question(connection).await.map_err(|error| self.failed(&error))
    }

    async fn connection(&self) -> Result<MultiplexedConnection, StoreAway> {
        if let Some(known) = self.known()? {
            return Ok(known);
        }
        let _only_one = self.connecting.lock().await;
        if let Some(known) = self.known()? {
            return Ok(known);
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(ANSWERING));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                self.with_link(|link| {
                    if link.told {
                        tracing::info!("Redis is there again, and sessions with it");
                    }
                    *link = Link { connection: Some(connection.clone()), ..Link::default() };
                });
                Ok(connection)
            }
            Err(error) => {
                self.with_link(|link| link.failed = Some(Instant::now()));
                Err(self.failed(&error))
            }
        }
    }

    /// The connection that is there; an error while it rests.
    fn known(&self) -> Result<Option<MultiplexedConnection>, StoreAway> {
        self.with_link(|link| match link.failed {
            Some(failed) if failed.elapsed() < RESTING => Err(StoreAway),
            _ => Ok(link.connection.clone()),
        })
    }

    fn failed(&self, error: &RedisError) -> StoreAway {
        self.with_link(|link| {
            if !link.told {
                tracing::warn!(%error, "Redis does not answer: nobody is logged in meanwhile");
            }
            // After an error nobody knows what the connection is good for.
            link.connection = None;
            link.told = true;
        });
        StoreAway
    }

    fn with_link<T>(&self, look: impl FnOnce(&mut Link) -> T) -> T {
        look(&mut self.link.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn begun(&self, hash: &str, session: &Session) -> Result<Vec<String>, StoreAway> {
        let mut script = BEGIN.key(self.key("session", hash));
        for whose in Whose::of(session) {
            script.key(self.key("list", &whose.key()));
        }
        let good = self.limits.ends(session) - session.created_at;
        script.arg(json(session)).arg(milliseconds(good)).arg(milliseconds(self.limits.absolute));
        script.arg(session.created_at.timestamp_micros()).arg(hash).arg(self.limits.per_person);
        script.arg(self.key("session", ""));
        self.with(async |mut connection| script.invoke_async(&mut connection).await).await
    }

    async fn found(&self, hash: &str, now: DateTime<Utc>) -> Result<Option<Session>, StoreAway> {
        let key = self.key("session", hash);
        let kept: Option<String> = self.ask(cmd("GET").arg(&key)).await?;
        let Some(session) = read::<Session>(kept) else { return Ok(None) };
        if self.limits.ends(&session) <= now {
            self.ended(hash).await?;
            return Ok(None);
        }
        let Some(touched) = Limits::touched(&session, now) else { return Ok(Some(session)) };
        let good = milliseconds(self.limits.ends(&touched) - now);
        // Only where it still is: what another gateway ended meanwhile does not come back.
        let written: Option<String> =
            self.ask(cmd("SET").arg(&key).arg(json(&touched)).arg("PX").arg(good).arg("XX")).await?;
        Ok(written.map(|_| touched))
    }

    async fn ended(&self, hash: &str) -> Result<bool, StoreAway> {
        let kept: Option<String> = self.ask(cmd("GETDEL").arg(self.key("session", hash))).await?;
        let there = kept.is_some();
        if let Some(session) = read::<Session>(kept) {
            for whose in Whose::of(&session) {
                let _: i64 = self.ask(cmd("ZREM").arg(self.key("list", &whose.key())).arg(hash)).await?;
            }
        }
        Ok(there)
    }

    async fn listed(&self, whose: &Whose, now: DateTime<Utc>) -> Result<Vec<Held>, StoreAway> {
        let hashes: Vec<String> = self.ask(cmd("ZRANGE").arg(self.key("list", &whose.key())).arg(0).arg(-1)).await?;
        if hashes.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<String> = hashes.iter().map(|hash| self.key("session", hash)).collect();
        let kept: Vec<Option<String>> = self.ask(cmd("MGET").arg(keys)).await?;
        let sessions = hashes.into_iter().zip(kept).filter_map(|(hash, kept)| {
            let session = read::<Session>(kept).filter(|session| now < self.limits.ends(session))?;
            Some(Held { hash, session })
        });
        Ok(sessions.collect())
    }

    async fn taken(&self, key: &str, now: DateTime<Utc>) -> Result<Option<Attempt>, StoreAway> {
        let kept = self.ask(cmd("GETDEL").arg(self.key("login", key))).await?;
        Ok(read::<Attempt>(kept).filter(|attempt| now < attempt.created_at + ATTEMPT))
    }
}

impl Sessions for RedisSessions {
    fn begin<'a>(&'a self, hash: &'a str, session: &'a Session) -> Answer<'a, Vec<String>> {
        self.begun(hash, session).boxed()
    }

    fn find<'a>(&'a self, hash: &'a str, now: DateTime<Utc>) -> Answer<'a, Option<Session>> {
        self.found(hash, now).boxed()
    }

    fn end<'a>(&'a self, hash: &'a str) -> Answer<'a, bool> {
        self.ended(hash).boxed()
    }

    fn of<'a>(&'a self, whose: &'a Whose, now: DateTime<Utc>) -> Answer<'a, Vec<Held>> {
        self.listed(whose, now).boxed()
    }

    fn end_of<'a>(&'a self, whose: &'a Whose) -> Answer<'a, Vec<String>> {
        let mut script = END_OF.key(self.key("list", &whose.key()));
        script.arg(self.key("session", ""));
        async move { self.with(async |mut connection| script.invoke_async(&mut connection).await).await }.boxed()
    }

    fn put_attempt<'a>(&'a self, key: &'a str, attempt: &'a Attempt) -> Answer<'a, ()> {
        let mut question = cmd("SET");
        question.arg(self.key("login", key)).arg(json(attempt)).arg("PX").arg(milliseconds(ATTEMPT));
        async move { self.ask(&question).await }.boxed()
    }

    fn take_attempt<'a>(&'a self, key: &'a str, now: DateTime<Utc>) -> Answer<'a, Option<Attempt>> {
        self.taken(key, now).boxed()
    }

    fn use_once<'a>(&'a self, key: &'a str, until: DateTime<Utc>, now: DateTime<Utc>) -> Answer<'a, bool> {
        let mut question = cmd("SET");
        question.arg(self.key("used", key)).arg(1).arg("PX").arg(milliseconds(until - now)).arg("NX");
        async move { Ok(self.ask::<Option<String>>(&question).await?.is_some()) }.boxed()
    }
}

fn milliseconds(span: TimeDelta) -> i64 {
    span.num_milliseconds().max(1)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts and moments can be written")
}

/// What another version wrote is nothing.
fn read<T: DeserializeOwned>(kept: Option<String>) -> Option<T> {
    serde_json::from_str(&kept?).ok()
}
